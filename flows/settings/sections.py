"""The sections of a migration file, key by key.

Each key's description says what would be right; a message about a mistake ends with it.
"""

import ipaddress
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    Strict,
    ValidationInfo,
    field_validator,
    model_validator,
)

from flows.settings.values import Duration, Gap, OffsetDatetime, Zone, understood

WITH_LOG_FORMAT = ("nginx", "apache")
WITH_FIELDS = ("caddy", "traefik", "json")
LOG_COLUMNS = (
    "at",
    "client_ip",
    "method",
    "path",
    "request",
    "status",
    "bytes",
    "user_agent",
    "request_id",
    "location",
    "upstream",
)

_DATABASES = ("sqlite", "postgresql", "mysql", "mariadb")
_SHIPPED_LANGUAGES = ("de", "en")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")


def _one_line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("is no text on one line")
    return text


def _email(text: str) -> str:
    if not text.isprintable() or not _EMAIL.fullmatch(text):
        raise ValueError("is no e-mail address; write it as support@example.org")
    return text


def _database_url(url: SecretStr) -> SecretStr:
    match = re.match(r"([a-z][a-z0-9_]*)(\+[a-z0-9_]+)?://", url.get_secret_value())
    if match is None:
        raise ValueError(
            "is no database URL; write it such as sqlite:///new.db (relative to this file) or "
            "postgresql://host/name"
        )
    if match[1] not in _DATABASES:
        raise ValueError(f"is for a database that can't be used; known are {', '.join(_DATABASES)}")
    return url


def _version(text: str) -> str:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", text):
        raise ValueError("is no version; write numbers with dots between them, such as 2.22.160")
    return text


def _worded(locale: str) -> str:
    """Refuse a language without wording: the notices would be in English, and nobody would know."""
    language = locale[:2]
    if language not in _SHIPPED_LANGUAGES:
        # Costs a moment, so only where somebody has added a language.
        from notifications.language import languages  # noqa: PLC0415

        if language not in (known := languages()):
            raise ValueError(
                f"is no language that there is wording in; known are {', '.join(sorted(known))}"
            )
    return locale


OneLine = Annotated[str, AfterValidator(_one_line)]
Email = Annotated[str, AfterValidator(_email)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
Switch = Annotated[bool, Strict()]
Patterns = Annotated[tuple[OneLine, ...], Field(min_length=1)]


class Section(BaseModel):
    """What all sections have in common: nothing is changed later, nothing unknown is let in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def _understand_the_environment(cls, value: object, info: ValidationInfo) -> object:
        return understood(value, cls.model_fields[str(info.field_name)].annotation)


class Migration(Section):
    """`[migration]`: what was moved, and when."""

    id: str = Field(
        pattern=r"^[a-z0-9-]+$", max_length=100, description="a name of a-z, 0-9 and - only"
    )
    title: OneLine = Field(default_factory=lambda given: given["id"], description="a text")
    snapshot_at: OffsetDatetime = Field(
        description="the time of the copy, such as 2021-05-18T20:00:00+02:00"
    )
    live_at: OffsetDatetime = Field(
        description="the time the new site went live, such as 2021-05-18T23:18:00+02:00"
    )
    live_at_uncertainty: Duration = timedelta(0)
    margin: Duration = timedelta(minutes=30)
    clock_skew: Duration = timedelta(minutes=5)
    server_skew: Duration = timedelta(seconds=10)
    timezone: Zone = "UTC"
    country: str = Field("DE", description="a country's two letters, such as DE")
    minimum_versions: dict[str, Annotated[str, AfterValidator(_version)]] = Field(
        {}, description='versions by product, such as { FE2 = "2.22.160" }'
    )
    contacts: OneLine | None = None

    @field_validator("country")
    @classmethod
    def _is_a_country(cls, value: str) -> str:
        # Costs a moment, so only where a country is given.
        from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415

        if value not in SUPPORTED_REGIONS:
            raise ValueError('is no country; write its two letters, such as "DE"')
        return value

    @model_validator(mode="after")
    def _goes_live_after_the_snapshot(self) -> Self:
        if self.live_at <= self.snapshot_at:
            raise ValueError(
                f"live_at ({self.live_at.isoformat()}) is not after snapshot_at "
                f"({self.snapshot_at.isoformat()}); the snapshot is taken first"
            )
        return self


class AcceptedGap(Section):
    """A gap known to be lost for good: it no longer keeps notices preliminary."""

    from_at: OffsetDatetime = Field(alias="from", description="the gap's beginning")
    to_at: OffsetDatetime = Field(alias="to", description="the gap's end")
    reason: OneLine = Field(description="why nothing more is to be had")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.to_at <= self.from_at:
            raise ValueError(f"to ({self.to_at.isoformat()}) is not after from")
        return self


class AccessLog(Section):
    """`[[access_logs]]`: the logs of one proxy instance."""

    name: OneLine = Field(description="the name of one proxy")
    role: Literal["old", "new"] = "old"
    new_upstreams: tuple[OneLine, ...] = Field((), description='a list such as ["10.2.*"]')
    paths: Patterns = Field(
        description='a list such as ["logs/proxy-a/*.log*"] or ["s3://bucket/*.log.gz"]'
    )
    format: Literal["nginx", "apache", "haproxy", "alb", "caddy", "traefik", "json"] = "nginx"
    log_format: str | None = Field(None, description="the proxy's own log_format, verbatim")
    fields: dict[str, OneLine] = Field({}, description='a table such as { at = "time" }')
    timezone: Zone | None = None
    gap: Gap = timedelta(minutes=2)
    accepted_gaps: tuple[AcceptedGap, ...] = Field(
        (), description="a list of { from = …, to = …, reason = … }"
    )
    max_malformed: float = Field(0.01, strict=True, ge=0, le=1, description="a share from 0 to 1")

    @field_validator("fields")
    @classmethod
    def _names_known_columns(cls, value: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(value) - set(LOG_COLUMNS)):
            raise ValueError(
                f"names {', '.join(unknown)}, which is no column of a request; "
                f"known are {', '.join(LOG_COLUMNS)}"
            )
        return value

    @model_validator(mode="after")
    def _has_only_what_its_format_needs(self) -> Self:
        if self.log_format is not None and self.format not in WITH_LOG_FORMAT:
            raise _is_for("log_format", WITH_LOG_FORMAT, self.format)
        if self.fields and self.format not in WITH_FIELDS:
            raise _is_for("fields", WITH_FIELDS, self.format)
        if self.format == "haproxy" and self.timezone is None:
            raise ValueError(
                "haproxy logs local times without an offset; add the timezone of the proxy, such "
                'as timezone = "Europe/Berlin"'
            )
        return self


def _is_for(key: str, formats: Sequence[str], found: str) -> ValueError:
    known = ", ".join(f'"{name}"' for name in formats)
    return ValueError(f'{key} is for format = {known}, not for "{found}"')


class ClientEvents(Section):
    """`[[client_events]]`: what clients recorded themselves."""

    name: OneLine = Field(description="the name of one collector")
    paths: Patterns = Field(
        description='a list such as ["events/*.jsonl*"] or ["s3://bucket/*.jsonl"]'
    )
    # Whoever doesn't say that the collector checked who sends what gets the careful answer.
    trusted: Switch = Field(False, description="true or false")


class Database(Section):
    """`[database]`: the new database, only ever read."""

    url: DatabaseUrl = Field(
        description="a database URL such as sqlite:///new.db, here or in CUTOVER_DATABASE__URL"
    )
    statement_timeout: Duration = Field(
        timedelta(minutes=10), gt=timedelta(0), description='a duration such as "10m"'
    )


class Ledger(Section):
    """`[ledger]`: the product's own memory from run to run."""

    url: DatabaseUrl = SecretStr("sqlite:///ledger.db")


class CatalogueFile(Section):
    """`[catalogue]`: another product's catalogue instead of FE2's."""

    path: OneLine | None = None


class Sender(Section):
    """Who writes the notices."""

    name: OneLine
    email: Email


class Notices(Section):
    """`[notices]`: what is written for the customers, and where."""

    output: OneLine = "out"
    default_locale: Annotated[str, AfterValidator(_worded)] = Field(
        "de", pattern=r"^[a-z]{2}(_[A-Z]{2})?$", description='a language such as "de" or "en"'
    )
    formats: tuple[Literal["html", "txt", "eml", "pdf", "xlsx", "csv"], ...] = Field(
        ("html", "txt", "eml", "pdf", "xlsx", "csv"),
        min_length=1,
        description='a list such as ["html", "txt"]',
    )
    sender: Sender | None = Field(None, description="{ name = …, email = … }")
    contact: OneLine | None = None
    announce_final: Switch = False


class Smtp(Section):
    """`[smtp]`: the server that takes the notices; without it nothing is sent."""

    host: OneLine = Field(description="a host name")
    port: int = Field(587, strict=True, ge=1, le=65535, description="a number from 1 to 65535")
    security: Literal["tls", "starttls", "none"] = "starttls"
    username: OneLine | None = None
    password: SecretStr | None = None
    only_to: tuple[Email, ...] = Field((), description='a list such as ["me@example.org"]')
    # What large providers take from one mailbox.
    per_minute: int = Field(30, strict=True, ge=1, le=6000, description="a number from 1 to 6000")

    @model_validator(mode="after")
    def _is_encrypted_on_the_way(self) -> Self:
        if self.security == "none" and not _is_loopback(self.host):
            raise ValueError(
                f'security = "none" is for this machine only, not for {self.host}; '
                'write "starttls" or "tls"'
            )
        return self


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
