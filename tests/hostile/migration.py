"""A migration in which everything that strangers can write says something hostile.

Each word has a customer of its own, in whose name it stands, in their ids, persons, devices,
alarms, addresses and programs, as lines, as events and in the new database.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from tests.flows.migrations import TABLES, quiet_evening

SNAPSHOT = datetime(2021, 5, 18, 20)  # noqa: DTZ001 - local, as the log has it
TOML = """
[migration]
id = "hostile"
title = {title}
snapshot_at = 2021-05-18T20:00:00+02:00
live_at = 2021-05-18T23:18:00+02:00
timezone = "Europe/Berlin"
minimum_versions = {{ FE2 = "2.22.160" }}
[[access_logs]]
name = {source}
paths = ["logs/*.log*"]
max_malformed = 0.5
[[access_logs]]
name = "edge"
paths = ["logs/*.jsonl"]
format = "json"
max_malformed = 0.5
[access_logs.fields]
at = "at"
client_ip = "ip"
method = "method"
path = "path"
status = "status"
user_agent = "agent"
[[client_events]]
name = "fe2"
paths = ["events/*.jsonl*"]
trusted = true
[database]
url = "sqlite:///new.db"
[notices]
sender = {{ name = {sender}, email = "support@example.org" }}
contact = {contact}
"""


def write_migration(folder: Path, words: Sequence[str], said: str, file_name: str) -> Path:
    """Write it, a customer for each word; `said` is what the operator's own texts say."""
    evenings = [_Evening(number, word) for number, word in enumerate(words)]
    (folder / "logs").mkdir()
    (folder / "events").mkdir()
    lines = [line for _, line in quiet_evening()] + [
        line for evening in evenings for line in evening.lines()
    ]
    garbage = [f"{word}\n".encode() for word in words] + [
        b"\xff\xfe\x00 POST /x\n",
        b"\x16\x03\x01\n",
    ]
    (folder / f"logs/{file_name}.log").write_bytes("".join(lines).encode() + b"".join(garbage))
    requests = [request for evening in evenings for request in evening.requests()]
    _write_json(folder / "logs/edge.jsonl", [*_polls(), *requests])
    events = [event for evening in evenings for event in evening.events()]
    nameless = events[0] | {"id": "nameless", "customerid": "", "subject": ""}
    _write_json(folder / f"events/{file_name}.jsonl", [*events, nameless, *words])
    _write_database(folder / "new.db", evenings)
    file = folder / "migration.toml"
    told = {name: json.dumps(said, ensure_ascii=False) for name in ("title", "source", "sender")}
    file.write_text(TOML.format(**told, contact=told["title"]), encoding="utf-8")
    return file


def _write_json(path: Path, entries: Sequence[object]) -> None:
    path.write_text("".join(f"{json.dumps(entry)}\n" for entry in entries), encoding="utf-8")


def _polls() -> list[dict[str, object]]:
    return [
        _request(SNAPSHOT + timedelta(seconds=30 * n - 1800), "GET", "/alarms", "192.0.2.1", "x")
        for n in range(520)
    ]


def _request(at: datetime, method: str, path: str, ip: str, agent: str) -> dict[str, object]:
    return {
        "at": f"{at.isoformat()}+02:00",
        "ip": ip,
        "method": method,
        "path": path,
        "status": 201,
        "agent": agent,
    }


def _as_nginx_writes(text: str) -> str:
    """What nginx itself makes of a variable in a log, by `escape=default`."""
    return "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\x{byte:02X}"
        for byte in text.encode()
    )


class _Evening:
    """What one customer wrote: all with the same word in it."""

    def __init__(self, number: int, word: str) -> None:
        self.word = word
        self.at = SNAPSHOT + timedelta(minutes=5, seconds=120 * number)
        self.number = number
        self.api = f"/api/v1/customers/{quote(word, safe='')}"
        self.twin = f"twin-{number}@x.example"
        self.person = {"first_name": word, "last_name": word, "email": word, "mobile": word}

    def lines(self) -> Iterator[str]:
        """The lines of the old proxy; some writes have none, and one request comes after all."""
        word, known = quote(self.word, safe=""), quote(f"{self.word}-known", safe="")
        yield self._line(0, "POST", f"{self.api}/persons", 201)
        yield self._line(10, "POST", f"{self.api}/persons", 201)
        yield self._line(20, "POST", f"{self.api}/persons", 201)
        yield self._line(30, "PUT", f"{self.api}/persons/{known}", 200)
        yield self._line(40, "DELETE", f"{self.api}/persons/{known}-gone", 200)
        yield self._line(70, "POST", f"{self.api}/provisionings", 201)
        yield self._line(71, "POST", f"{self.api}/alarms/{word}/feedback", 201)
        yield self._line(72, "POST", f"{self.api}/online-services", 201)
        yield self._line(73, "POST", f"{self.api}/availability-rules", 201)
        yield self._line(75, "POST", f"{self.api}/ringtone-profiles", 201)
        yield self._line(12_000, "GET", f"{self.api}/persons", 200)

    def _line(self, seconds: int, method: str, path: str, status: int) -> str:
        at = self.at + timedelta(seconds=seconds)
        return (
            f'192.0.2.1 - - [{at:%d/%b/%Y:%H:%M:%S} +0200] "{method} {path} HTTP/1.1" {status} 5 '
            f'"{_as_nginx_writes(self.word)}" "FE2/2.22.158 {_as_nginx_writes(self.word)}"\n'
        )

    def requests(self) -> Iterator[dict[str, object]]:
        """The lines of the other proxy, which believes whatever address it is told."""
        devices = f"/app/v1/devices/{quote(self.word, safe='')}"
        alarm = quote(self.word, safe="")
        for seconds, path in (
            (60, f"{self.api}/persons"),
            (62, f"{self.api}/online-services"),
            (64, f"{devices}-nobodys/alarms/{alarm}/feedback"),
        ):
            at = self.at + timedelta(seconds=seconds)
            yield _request(at, "POST", path, self.word, self.word)

    def events(self) -> Iterator[dict[str, object]]:
        word, person = self.word, f"{self.word}-new"
        yield self._event(0, "person.created", person, self.person)
        yield self._event(10, "person.created", f"{person}-1", {
            "first_name": "Bernd", "last_name": f"Beispiel {self.number}", "email": None,
            "mobile": f"+49 (0)151/{2_000_000 + self.number}",
        })  # fmt: skip
        yield self._event(20, "person.created", f"{person}-2", {
            "first_name": "Anna", "last_name": f"Muster {self.number}", "email": self.twin,
            "mobile": f"0151 {1_000_000 + self.number}",
        })  # fmt: skip
        yield self._event(30, "person.updated", f"{word}-known", {"last_name": word})
        yield self._event(40, "person.deleted", f"{word}-known-gone", {})
        if len(word) > 1_000:
            # A table of such words takes seconds to set, and says no more than these.
            return
        yield self._event(70, "provisioning.sent", word, {
            "person_id": person, "app": word, "state": word,
        })  # fmt: skip
        for number, status in enumerate(("YES", "READ", word)):
            yield self._event(71, "feedback.given", f"{word}-{number}", {
                "alarm_id": word, "person_id": person, "status": status,
            })  # fmt: skip
        yield self._event(72, "online_service.created", word, {"name": word, "type": word})
        yield self._event(73, "availability_rule.created", word, {
            "person_id": person, "name": word, "rule": word,
        })  # fmt: skip
        yield self._event(74, "availability.changed", person, {"state": word})
        yield self._event(75, "ringtone_profile.created", word, {"device_id": word, "name": word})
        yield self._event(76, "app.registered", word, {
            "person_id": person, "device_id": word, "platform": word,
        })  # fmt: skip
        yield self._event(77, word, word, {word: word})

    def _event(self, seconds: int, kind: str, subject: str, data: object) -> dict[str, object]:
        return {
            "specversion": "1.0",
            "id": f"{self.word}-{kind}-{subject}",
            "source": f"/fe2/{self.word}",
            "type": kind,
            "time": f"{(self.at + timedelta(seconds=seconds)).isoformat()}+02:00",
            "subject": subject,
            "customerid": self.word,
            "deviceid": self.word,
            "appversion": self.word,
            "data": data,
        }

    def rows(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        before, after = "2021-05-01 10:00:00", "2021-05-19 08:00:00"
        yield "customers", (self.word, self.word, self.word, self.word, self.word)
        # None of them can be the new person, who has to reach the file for the import.
        yield "persons", (f"{self.word}-known", self.word, before, before, *self._other("before"))
        gone = f"{self.word}-known-gone"
        yield "persons", (gone, self.word, before, before, *self._other("gone"))
        # Somebody has entered the third person again, or it is a namesake.
        twin = ("Anna", self.word, self.twin, f"{self.word} {9_000_000 + self.number}")
        yield "persons", (f"{self.word}-twin", self.word, after, after, *twin)

    def _other(self, name: str) -> tuple[str, str, str, str]:
        """Values of somebody else, with another number: nothing but digits counts of a phone."""
        named = f"{self.word} {name}"
        return named, named, named, f"{named} {8_000_000 + self.number}"


def _write_database(path: Path, evenings: Sequence[_Evening]) -> None:
    database = sqlite3.connect(path)
    for table, columns in TABLES.items():
        database.execute(f"CREATE TABLE {table} ({', '.join(columns.split())})")
    for table, row in (row for evening in evenings for row in evening.rows()):
        database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    database.commit()
    database.close()
