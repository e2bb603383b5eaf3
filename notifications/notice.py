"""One customer's notice, worded from its case."""

from collections.abc import Mapping, Sequence

import polars as pl

from notifications.advice import advice
from notifications.cases import Case, read_cases
from notifications.checklist import checklist
from notifications.content import (
    Customer,
    FieldColumn,
    ImportFile,
    MigrationFacts,
    Notice,
    Section,
)
from notifications.envelope import envelope
from notifications.findings import Finding, Names
from notifications.kind_words import field_label, kind_words, value_labels
from notifications.language import Language, time_zone
from notifications.lists import import_file
from notifications.personal_data import personal_data
from notifications.prose import completeness, contact, happened, link, span, title, words
from notifications.rows import Writer
from notifications.sections import Lists, reading_order, rows_by_list, sections
from notifications.supplement import Supplement, changes
from notifications.visible import visible
from transforms.balance import NoticeRowCounts
from transforms.catalogue import Catalogue


def build_notice(
    customer: Customer,
    findings: pl.DataFrame,
    evidence: pl.DataFrame,
    facts: MigrationFacts,
    catalogue: Catalogue,
    *,
    rows: Mapping[str, pl.DataFrame] | None = None,
    revision: int = 1,
) -> Notice | None:
    """Word the notice of one customer whose frames hold nobody else's rows; see `word_notice`.

    `findings` (FINDINGS) has all verdicts: what is consistent gives names to what refers to it.
    Raises `ValueError` if a row is another's.
    """
    for frame in (findings, evidence):
        if frame.filter(pl.col("customer_id").ne_missing(customer.id)).height:
            raise ValueError("rows of another customer were given for a notice")
    cases = read_cases(findings, evidence, rows or {}, catalogue, old_sources=facts.old_sources)
    case = cases.get(customer.id)
    return word_notice(case, customer, facts, catalogue, revision=revision) if case else None


def word_notice(
    case: Case,
    customer: Customer,
    facts: MigrationFacts,
    catalogue: Catalogue,
    *,
    revision: int = 1,
    supplement: Supplement | None = None,
) -> Notice | None:
    """Word all that there is to say to one customer; None where nothing asks for a notice.

    A supplement is a notice even where all that it says is that something was withdrawn. Raises
    `ValueError` if the case is another customer's.
    """
    if case.customer_id != customer.id:
        raise ValueError("the case of another customer was given for a notice")
    asking = [finding for finding in case.findings if finding.asks]
    if all(finding.is_counted for finding in asking) and not supplement:
        return None
    language = Language.of(customer.locale, facts.default_locale)
    zone = time_zone(customer.timezone, facts.timezone)
    names = Names(case.findings, case.referred, catalogue)
    writer = Writer(
        language=language,
        zone=zone,
        catalogue=catalogue,
        names=names,
        words=kind_words(catalogue, language),
    )
    lists = rows_by_list(case.findings, writer)
    imports = _imports(lists, facts, catalogue)
    parts = sections(lists, case.findings, imports, catalogue, language)
    reference = visible(f"{facts.id} / {customer.id} / {revision}")
    when = span(facts, zone, language)
    heading = title(facts, revision, language)
    return Notice(
        language=language.tag,
        migration_id=facts.id,
        customer_id=customer.id,
        revision=revision,
        state="final" if facts.coverage.is_complete else "preliminary",
        title=heading,
        addressee=visible(customer.name or customer.id),
        reference=reference,
        envelope=envelope(customer, facts, heading, reference, language),
        changes=changes(
            supplement,
            parts,
            is_final=facts.coverage.is_complete,
            catalogue=catalogue,
            language=language,
            zone=zone,
        )
        if supplement
        else None,
        happened=happened(facts, zone, language),
        completeness=completeness(facts, zone, language),
        checklist=checklist(parts, catalogue, language, title=visible(facts.title), when=when),
        sections=parts,
        advice=advice(case, facts, catalogue, language),
        personal_data=personal_data(case, catalogue, language),
        contact=contact(facts, reference, language),
        contact_link=link(facts.contact),
        imports=tuple(imports.values()),
        words=words(language),
        fields=_field_columns(catalogue, language),
        counts=_counts(asking, parts),
    )


def _imports(lists: Lists, facts: MigrationFacts, catalogue: Catalogue) -> dict[str, ImportFile]:
    return {
        name: import_file(export, lists.get(name, ()), facts.country)
        for name in reading_order(catalogue)
        if (export := catalogue.kinds[name].export)
    }


def _field_columns(
    catalogue: Catalogue, language: Language
) -> Mapping[str, tuple[FieldColumn, ...]]:
    return {
        name: tuple(
            FieldColumn(
                field,
                field_label(kind, field, language),
                field in kind.refers_to,
                value_labels(kind, field, language),
            )
            for field in kind.fields
        )
        for name in reading_order(catalogue)
        for kind in (catalogue.kinds[name],)
    }


def _counts(asking: Sequence[Finding], parts: tuple[Section, ...]) -> NoticeRowCounts:
    """Count each in its own way, so that `read_back` can see whether the sum agrees."""
    return NoticeRowCounts(
        asking=len(asking),
        rows=sum(len(part.rows) for part in parts if part.purpose != "done"),
        retries=sum(
            not finding.is_counted and finding.finding_id != finding.group_id for finding in asking
        ),
        acknowledgements=sum(finding.is_counted for finding in asking),
    )
