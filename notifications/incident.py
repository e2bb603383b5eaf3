"""`incident.json`: the figures for a breach notification (GDPR Art. 33(3)), without personal data.

Customers appear by their id alone; nothing that was recorded is quoted. The same findings make the
same bytes. `docs/incident.md` says what each key counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final

import orjson
import polars as pl

from notifications import incident_words as words
from notifications.content import MigrationFacts
from notifications.entries import label
from notifications.language import Language, time_zone
from notifications.sections import reading_order
from notifications.visible import visible
from transforms.asking import ASKING
from transforms.catalogue import Catalogue
from transforms.data_subjects import data_subjects, personal_kinds

NAME: Final = "incident.json"

# Lost, and made again by the customer: nothing is asked for any more, but it did happen.
RESTORED: Final = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many persons and records are concerned; all are approximate.

    `records` are findings that ask for something, `personal_records` those of them that are
    personal data, `unidentified` those of which nobody says what they are. `data_subjects` are
    distinct persons of a customer; `records_of_unknown_persons` personal records that could not
    be given to one of them. `restored_records` were lost and have been made again by the customer
    already; they are in no other figure but `data_subjects_with_restored`.
    """

    data_subjects: int
    records: int
    personal_records: int
    unidentified: int
    records_of_unknown_persons: int
    restored_records: int
    data_subjects_with_restored: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """The records of one kind, by verdict; `data` names what is recorded of each."""

    kind: str
    label: str
    is_personal_data: bool
    data: tuple[str, ...]
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
    to_add: tuple[str, ...]
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
    subjects = data_subjects(findings, catalogue, (*ASKING, RESTORED))
    per_confidence = dict(asking.group_by("confidence").len().iter_rows())
    return Incident(
        language=language.tag,
        migration_id=facts.id,
        title=visible(facts.title),
        nature=words.nature(language),
        snapshot_at=facts.snapshot_at.astimezone(zone).isoformat(),
        live_at=facts.live_at.astimezone(zone).isoformat(),
        live_at_uncertainty_s=facts.live_at_uncertainty.total_seconds(),
        timezone=zone.key,
        total=_figures(subjects),
        data_subject_categories=words.data_subject_categories(subjects, language),
        categories=tuple(_categories(subjects, catalogue, language)),
        customers=tuple(
            CustomerFigures(customer_id=str(customer_id), figures=_figures(part))
            for (customer_id,), part in sorted(
                subjects.partition_by("customer_id", as_dict=True).items()
            )
        ),
        consequences=tuple(words.consequences(subjects, catalogue, language)),
        measures_taken=words.measures_taken(notices, language),
        measures_proposed=words.measures_proposed(language),
        to_add=words.to_add(language),
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
    restored = pl.col("verdict") == RESTORED
    is_known = pl.col("subject").is_not_null()
    person = pl.struct("customer_id", "subject")
    counts = subjects.select(
        data_subjects=person.filter(is_known & ~restored).n_unique(),
        records=(~restored).sum(),
        personal_records=(pl.col("is_personal") & ~restored).sum(),
        unidentified=(pl.col("verdict") == "unidentified").sum(),
        records_of_unknown_persons=(pl.col("is_personal") & ~is_known & ~restored).sum(),
        restored_records=restored.sum(),
        data_subjects_with_restored=person.filter(is_known).n_unique(),
    )
    return Figures(**counts.row(0, named=True))


def _categories(
    subjects: pl.DataFrame, catalogue: Catalogue, language: Language
) -> Iterator[Category]:
    personal = personal_kinds(catalogue)
    for name in reading_order(catalogue):
        part = subjects.filter(pl.col("kind") == name)
        if part.is_empty():
            continue
        kind = catalogue.kinds[name]
        per_verdict = dict(part.group_by("verdict").len().iter_rows())
        yield Category(
            kind=name,
            label=label(catalogue, name, language),
            is_personal_data=name in personal,
            data=tuple(
                language.pick(kind.field_labels.get(field, {}), field) for field in kind.fields
            ),
            figures=_figures(part),
            verdicts={one: per_verdict[one] for one in (*ASKING, RESTORED) if one in per_verdict},
        )
