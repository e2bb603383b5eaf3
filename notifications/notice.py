"""One customer's notice, from its findings."""

from collections.abc import Mapping

import polars as pl

from notifications.advice import advice
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
from notifications.findings import Finding, Names, read_findings
from notifications.language import Language, time_zone
from notifications.lists import import_file
from notifications.prose import completeness, contact, happened, link, span, title, words
from notifications.rows import Writer
from notifications.sections import Lists, reading_order, rows_by_list, sections
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
    revision: int = 1,
) -> Notice | None:
    """Word all that there is to say to one customer; None where nothing asks for a notice.

    `findings` (FINDINGS) and `evidence` (EVIDENCE) hold this customer's rows, all verdicts: what
    is consistent gives names to what refers to it. Raises `ValueError` if a row is another's.
    """
    _refuse_strangers(customer, findings, evidence)
    known = read_findings(findings, evidence, catalogue)
    asking = [finding for finding in known if finding.asks]
    if all(finding.is_counted for finding in asking):
        return None
    language = Language.of(customer.locale, facts.default_locale)
    zone = time_zone(customer.timezone, facts.timezone)
    writer = Writer(
        language=language, zone=zone, catalogue=catalogue, names=Names(known, catalogue)
    )
    lists = rows_by_list(known, writer)
    imports = _imports(lists, facts, catalogue)
    parts = sections(lists, known, imports, catalogue, language)
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
        happened=happened(facts, zone, language),
        completeness=completeness(facts, zone, language),
        checklist=checklist(parts, catalogue, language, title=visible(facts.title), when=when),
        sections=parts,
        advice=advice(known, evidence, facts, catalogue, language),
        contact=contact(facts, reference, language),
        contact_link=link(facts.contact),
        imports=tuple(imports.values()),
        words=words(language),
        fields=_field_columns(catalogue, language),
        counts=_counts(asking, parts),
    )


def _refuse_strangers(customer: Customer, *frames: pl.DataFrame) -> None:
    """Stop before a byte of one customer's data can reach another's notice."""
    for frame in frames:
        if frame.filter(pl.col("customer_id").ne_missing(customer.id)).height:
            raise ValueError("rows of another customer were given for a notice")


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
                language.pick(kind.field_labels.get(field, {}), field),
                field in kind.refers_to,
            )
            for field in kind.fields
        )
        for name in reading_order(catalogue)
        for kind in (catalogue.kinds[name],)
    }


def _counts(asking: list[Finding], parts: tuple[Section, ...]) -> NoticeRowCounts:
    """Count each in its own way, so that `read_back` can see whether the sum agrees."""
    return NoticeRowCounts(
        asking=len(asking),
        rows=sum(len(part.rows) for part in parts if part.purpose != "done"),
        retries=sum(
            not finding.is_counted and finding.finding_id != finding.group_id for finding in asking
        ),
        acknowledgements=sum(finding.is_counted for finding in asking),
    )
