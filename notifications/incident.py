"""`incident.json`: the figures for a breach notification (GDPR Art. 33(3)), without personal data.

Customers appear by their id alone; nothing that was recorded is quoted. The same findings make the
same bytes. `docs/incident.md` says what each key counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final

import orjson
import polars as pl

from notifications.content import MigrationFacts
from notifications.language import Language, time_zone
from notifications.sections import reading_order
from notifications.visible import visible
from transforms.asking import ASKING
from transforms.catalogue import Catalogue
from transforms.data_subjects import data_subjects, personal_kinds

NAME: Final = "incident.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many persons and records are concerned; all are approximate.

    `records` are findings that ask for something, `unidentified` those of them of which nobody
    says what they are. `data_subjects` are distinct persons of a customer;
    `records_of_unknown_persons` personal records that could not be given to one of them.
    """

    data_subjects: int
    records: int
    unidentified: int
    records_of_unknown_persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """The records of one kind, by verdict."""

    kind: str
    label: str
    is_personal_data: bool
    figures: Figures
    verdicts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFigures:
    """One customer's share."""

    customer_id: str
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentLog:
    """A time for which a log is missing. Times are ISO 8601 with their offset."""

    source: str
    from_at: str
    to_at: str
    is_accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How complete the evidence is, and what could not be counted above."""

    is_complete: bool
    gaps: tuple[SilentLog, ...]
    confirmed: int
    probable: int
    malformed_lines: int
    unattributed_writes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """All that a notification needs, worded in the migration's default language."""

    language: str
    migration_id: str
    title: str
    nature: str
    snapshot_at: str
    live_at: str
    live_at_uncertainty_s: float
    timezone: str
    total: Figures
    data_subject_categories: tuple[str, ...]
    categories: tuple[Category, ...]
    customers: tuple[CustomerFigures, ...]
    consequences: tuple[str, ...]
    measures_taken: tuple[str, ...]
    measures_proposed: tuple[str, ...]
    evidence: Evidence
    contact: tuple[str, ...]


def incident(
    facts: MigrationFacts,
    catalogue: Catalogue,
    findings: pl.DataFrame,
    *,
    malformed_lines: int,
    unattributed_writes: int,
    notices: int,
) -> Incident:
    """Count what `findings` (FINDINGS of all customers) ask for; `notices` have been prepared."""
    language = Language.of(facts.default_locale)
    zone = time_zone(facts.timezone)
    asking = findings.filter(pl.col("verdict").is_in(ASKING))
    subjects = data_subjects(findings, catalogue)
    known = personal_kinds(catalogue)
    per_confidence = dict(asking.group_by("confidence").len().iter_rows())
    return Incident(
        language=language.tag,
        migration_id=facts.id,
        title=visible(facts.title),
        nature=language.say(
            "Loss of availability and integrity: what was written between the snapshot of the "
            "database and the start of the new site is not in the new database. These figures "
            "say nothing about access by strangers."
        ),
        snapshot_at=facts.snapshot_at.astimezone(zone).isoformat(),
        live_at=facts.live_at.astimezone(zone).isoformat(),
        live_at_uncertainty_s=facts.live_at_uncertainty.total_seconds(),
        timezone=zone.key,
        total=_figures(subjects),
        data_subject_categories=_data_subject_categories(subjects, language),
        categories=tuple(_categories(subjects, catalogue, known, language)),
        customers=tuple(
            CustomerFigures(customer_id=str(customer_id), figures=_figures(part))
            for (customer_id,), part in sorted(
                subjects.partition_by("customer_id", as_dict=True).items()
            )
        ),
        consequences=tuple(_consequences(subjects, language)),
        measures_taken=_measures_taken(notices, language),
        measures_proposed=_measures_proposed(language),
        evidence=Evidence(
            is_complete=facts.coverage.is_complete,
            gaps=tuple(
                SilentLog(
                    source=visible(gap.source),
                    from_at=gap.from_at.astimezone(zone).isoformat(),
                    to_at=gap.to_at.astimezone(zone).isoformat(),
                    is_accepted=gap.is_accepted,
                )
                for gap in facts.coverage.gaps
            ),
            confirmed=per_confidence.get("confirmed", 0),
            probable=per_confidence.get("probable", 0),
            malformed_lines=malformed_lines,
            unattributed_writes=unattributed_writes,
        ),
        contact=tuple(
            visible(way) for way in (facts.sender_name, facts.sender_email, facts.contact) if way
        ),
    )


def incident_json(told: Incident) -> bytes:
    """Write the figures as JSON with the names of the fields as keys."""
    return orjson.dumps(asdict(told), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _figures(subjects: pl.DataFrame) -> Figures:
    is_unknown = pl.col("is_personal") & pl.col("subject").is_null()
    persons, unidentified, unknown = subjects.select(
        pl.struct("customer_id", "subject").filter(pl.col("subject").is_not_null()).n_unique(),
        unidentified=(pl.col("verdict") == "unidentified").sum(),
        unknown=is_unknown.sum(),
    ).row(0)
    return Figures(
        data_subjects=persons,
        records=subjects.height,
        unidentified=unidentified,
        records_of_unknown_persons=unknown,
    )


def _categories(
    subjects: pl.DataFrame, catalogue: Catalogue, personal: frozenset[str], language: Language
) -> Iterator[Category]:
    for name in reading_order(catalogue):
        part = subjects.filter(pl.col("kind") == name)
        if part.is_empty():
            continue
        kind = catalogue.kinds[name]
        per_verdict = dict(part.group_by("verdict").len().iter_rows())
        yield Category(
            kind=name,
            label=language.pick(kind.label_plural, language.pick(kind.label, name)),
            is_personal_data=name in personal,
            figures=_figures(part),
            verdicts={one: per_verdict[one] for one in ASKING if one in per_verdict},
        )


def _data_subject_categories(subjects: pl.DataFrame, language: Language) -> tuple[str, ...]:
    if not subjects.get_column("is_personal").any():
        return ()
    return (
        language.say("Persons whom the customers keep in the service, and owners of their phones"),
    )


def _consequences(subjects: pl.DataFrame, language: Language) -> Iterator[str]:
    verdicts = set(subjects.get_column("verdict"))
    if verdicts & {"lost", "unidentified", "unconfirmed", "review"}:
        yield language.say(
            "Persons and settings that are missing are missing for the service as well: whoever is "
            "not in the new database may not be reached until the entry has been made again."
        )
    if "stale" in verdicts:
        yield language.say("Changes were not carried over: the new database holds old values.")
    if "resurrected" in verdicts:
        yield language.say("Data that had been deleted is in the new database again.")


def _measures_taken(notices: int, language: Language) -> tuple[str, ...]:
    return (
        language.say(
            "The logs of the proxies and what clients recorded were compared with the new database."
        ),
        language.count(
            "A notice with the exact list and what to do was prepared for {n} customer.",
            "Notices with the exact list and what to do were prepared for {n} customers.",
            notices,
        ),
    )


def _measures_proposed(language: Language) -> tuple[str, ...]:
    return (
        language.say("Send the notices to the customers, the most urgent ones first."),
        language.say("The customers make the missing entries again, persons first."),
        language.say("Compare again when further logs arrive, and send supplements."),
    )
