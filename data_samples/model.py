"""What a simulated migration consists of: customers, rows, what witnesses saw, and the truth."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from data_samples.schema import Kind

FE2_FILE, PHONES_FILE, MIXED_FILE, PERSONS_FILE, OPEN_FILE = (
    "fe2",
    "phones",
    "mixed",
    "persons",
    "open",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What one simulation is made from; the same settings give the same migration."""

    seed: int = 2021
    customers: int = 40
    lines: int = 24_000
    uncertainty_minutes: int = 0
    batches: bool = True


@dataclass(frozen=True, slots=True)
class Device:
    """Something that writes: the FE2 server of a customer, or a phone. Its clock may be wrong."""

    id: str
    platform: str
    agent: str
    version: str
    address: str
    clock: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the customers table and the contacts file know it."""

    id: str
    name: str
    email: str | None
    locale: str | None
    timezone: str | None
    domain: str
    server: Device
    contact: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """One entity of one customer, with its values and the device that is used to write it."""

    kind: Kind
    customer: str
    id: str
    values: Mapping[str, str]
    device: Device


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the new database."""

    table: str
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Write:
    """One state-changing request, as it truly happened."""

    thing: Thing
    action: str
    at: datetime
    request_id: str
    fields: Mapping[str, str]
    by_device: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One request in one proxy's log."""

    proxy: str
    at: datetime
    method: str
    target: str
    status: int
    client_ip: str
    user_agent: str
    request_id: str | None = None
    location: str | None = None
    upstream: str = "10.10.0.5:8080"
    referer: str = "-"
    forwarded_for: str = "-"
    size: int = 312
    late: bool = False
    # Whether it shows a write; failures, reads and look-alikes do not.
    writes: bool = True
    # Spelled unlike most lines of its log, but meaning the same.
    unusual: bool = False
    # The agent as raw bytes on disk, where they are no UTF-8.
    raw_agent: bytes | None = None


@dataclass(frozen=True, slots=True)
class RawLine:
    """Bytes in a log that are no proper line of it.

    `disputed`: the log format fits although the request is none, so that it may be counted as
    malformed or as no write.
    """

    proxy: str
    at: datetime
    text: bytes
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One CloudEvent, with the time that the device's clock showed."""

    file: str
    id: str
    source: str
    type: str
    time: datetime
    subject: str
    customer: str | None
    device: str | None
    request_id: str | None
    version: str | None
    data: Mapping[str, str] | None
    late: bool = False


@dataclass(frozen=True, slots=True)
class RawEvent:
    """Text in an event file that is no CloudEvent."""

    file: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reconciliation has to say of an entity."""

    verdict: str
    confidence: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """What must be found out about one entity, after the first batch and after everything."""

    customer: str
    kind: str
    entity: str | None
    at: datetime
    final: Opinion | None
    first: Opinion | None
    matched: str | None = None
    fields: Mapping[str, str] | None = None
    # Where the specification leaves room: other verdicts and reasons ("" is none) that are right.
    also_verdicts: tuple[str, ...] = ()
    also_reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many inputs of a case come to nothing, in the first batch and in all."""

    unattributed_lines: int = 0
    unattributed_events: int = 0
    outside_lines: int = 0
    outside_events: int = 0
    duplicate_events: int = 0
    late_duplicate_events: int = 0
    unknown_events: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Add up two tallies."""
        return Tally(**{name: count + getattr(other, name) for name, count in asdict(self).items()})


@dataclass(frozen=True, slots=True)
class Planted:
    """One case as it was planted: its rows, its witnesses and its truth."""

    case: str
    customer: str
    kind: str
    rows: tuple[Row, ...] = ()
    lines: tuple[Line, ...] = ()
    raw_lines: tuple[RawLine, ...] = ()
    events: tuple[Event, ...] = ()
    raw_events: tuple[RawEvent, ...] = ()
    truths: tuple[Truth, ...] = ()
    tally: Tally = field(default_factory=Tally)


@dataclass(frozen=True, slots=True)
class Migration:
    """A whole simulated migration, ready to be written."""

    settings: Settings
    customers: tuple[Customer, ...]
    background: tuple[Row, ...]
    planted: tuple[Planted, ...]
