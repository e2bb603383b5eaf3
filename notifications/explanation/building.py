"""From what a run kept of a finding to its explanation."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
import polars as pl

from notifications.explanation.case import Case
from notifications.explanation.content import (
    Candidate,
    Event,
    Explanation,
    Line,
    Pairing,
    Relative,
    Row,
    Side,
    Silence,
    Write,
)
from notifications.explanation.grounds import Found, Grounds, Held, values
from notifications.explanation.otherwise import what_would_change
from notifications.explanation.reasons import because
from notifications.explanation.words import Clock, outcome
from notifications.findings import fill, title_of
from transforms.catalogue import Kind
from transforms.window import Window


def explain(grounds: Grounds) -> Explanation:
    """Say why a finding got its verdict, and what would have changed it."""
    own = pl.col("finding_id") == grounds.finding_id
    found = Found.of(grounds.findings.row(by_predicate=own, named=True))
    held = Held.of(grounds.held.row(0, named=True)) if grounds.held.height else None
    label = grounds.kind.label.get("en", found.kind.replace("_", " "))
    case = Case(
        found=found,
        held=held,
        kind=grounds.kind,
        thing=label.lower(),
        writes=tuple(_writes(grounds)),
        row=_row(found, held, grounds.kind),
        candidates=tuple(_candidates(grounds.comparisons)),
        relatives=tuple(_relatives(found, grounds)),
        window=grounds.window,
        clock=Clock(grounds.timezone),
    )
    return Explanation(
        finding_id=found.finding_id,
        customer_id=found.customer_id,
        kind=found.kind,
        kind_label=label,
        entity_id=found.entity_id,
        title=_title(found, held, grounds.kind),
        action=found.action,
        verdict=found.verdict,
        confidence=found.confidence,
        reason=found.reason,
        judged_at=case.judged_at,
        because=because(case),
        evidence=case.writes,
        reissued_at=held.reissued_at if held else None,
        row=case.row,
        candidates=case.candidates,
        relatives=case.relatives,
        would_change=tuple(what_would_change(case)),
        timezone=grounds.timezone,
    )


def _title(found: Found, held: Held | None, kind: Kind) -> str:
    """As the evidence calls it, else as its own row does."""
    template = title_of(kind)
    own = found.current if held and held.has_row else {}
    return fill(template, found.fields) or fill(template, own)


def _writes(grounds: Grounds) -> Iterator[Write]:
    key = ["source", "file", "line"]
    shown = grounds.evidence.join(grounds.lines, on=key, how="left", maintain_order="left")
    for row in shown.iter_rows(named=True):
        line, event = _line(row), _event(row)
        yield Write(
            action=row["action"],
            at=row["at"],
            line=line,
            event=event,
            pairing=_pairing(row["paired_by"], line, event),
            **{name: row[name] for name in ("client_ip", "user_agent", "device_id", "request_id")},
            fields=values(row["fields"]),
            silences=tuple(_silences(grounds.silences, row["at"], grounds.window)),
        )


def _line(row: Mapping[str, Any]) -> Line | None:
    if row["line_at"] is None:
        return None
    return Line(
        at=row["line_at"],
        source=row["source"],
        file=row["file"],
        line=row["line"],
        text=row["text"],
    )


def _event(row: Mapping[str, Any]) -> Event | None:
    if row["event_at"] is None:
        return None
    offset = row["clock_offset_s"]
    return Event(
        at=row["event_at"],
        corrected_at=None if offset is None else row["event_at"] + timedelta(seconds=offset),
        clock_offset_s=offset,
        file=row["event_file"],
        line=row["event_line"],
        id=row["event_id"],
    )


def _pairing(rule: str | None, line: Line | None, event: Event | None) -> Pairing | None:
    if rule is None or line is None or event is None:
        return None
    distance = line.at - (event.corrected_at or event.at)
    return Pairing(rule=rule, distance_s=abs(distance.total_seconds()))


def _silences(silences: pl.DataFrame, at: datetime, window: Window) -> Iterator[Silence]:
    """Those because of which the logs do not cover the moment."""
    skew = window.clock_skew
    for source, begin, end, accepted in silences.iter_rows():
        if begin - skew <= at <= end + skew:
            yield Silence(source=source, from_at=begin, to_at=end, is_accepted=accepted)


def _row(found: Found, held: Held | None, kind: Kind) -> Row | None:
    """The finding's own row or, without one, that which it may have become."""
    if held is None:
        return None
    if held.has_row and held.row_id is not None:
        return Row(
            row_id=held.row_id,
            is_own=True,
            created_at=held.row_created_at,
            updated_at=held.row_updated_at,
            sides=tuple(_sides(found, held, kind)),
        )
    if found.matched_id is None:
        return None
    return Row(
        row_id=found.matched_id,
        is_own=False,
        created_at=held.matched_created_at,
        updated_at=held.matched_updated_at,
        sides=tuple(_sides(found, held, kind)),
    )


def _sides(found: Found, held: Held, kind: Kind) -> Iterator[Side]:
    for field in kind.fields:
        row, compared_as = found.current.get(field), held.present.get(field)
        yield Side(
            field=field,
            evidence=found.fields.get(field),
            compared_as=compared_as,
            row=row,
            agrees=compared_as == row if field in found.fields else None,
            is_changed=field in held.changes,
        )


def _candidates(comparisons: pl.DataFrame) -> Iterator[Candidate]:
    ordered = comparisons.sort("score", "created_at", "row_id", descending=[True, False, False])
    for row in ordered.iter_rows(named=True):
        yield Candidate(
            row_id=row["row_id"],
            created_at=row["created_at"],
            score=row["score"],
            outcome=row["outcome"],
            said=": ".join(outcome(row["outcome"])),
            agreement=orjson.loads(row["agreement"] or b"{}"),
            fields=values(row["fields"]),
        )


def _relatives(found: Found, grounds: Grounds) -> Iterator[Relative]:
    """What it refers to, what else had its id, and what else has a claim to the same row."""
    others = grounds.findings.filter(pl.col("finding_id") != found.finding_id)
    # No comparison is true of a null id: a finding without one has no namesake.
    named = pl.col("entity_id") == pl.lit(found.entity_id, pl.String())
    for field, parent in grounds.kind.refers_to.items():
        id_ = (
            found.entity_id if field == "id" else found.fields.get(field, found.current.get(field))
        )
        is_parent = (pl.col("kind") == parent) & (pl.col("entity_id") == pl.lit(id_, pl.String()))
        yield from _related("refers_to", others.filter(is_parent))
    own_kind = others.filter(pl.col("kind") == found.kind)
    yield from _related("same_id", own_kind.filter(named))
    compared = grounds.comparisons.get_column("row_id").to_list()
    rows = [id_ for id_ in (found.matched_id, *compared) if id_ is not None]
    claims = own_kind.filter(pl.col("matched_id").is_in(rows) & ~named.fill_null(value=False))
    yield from _related("same_row", claims)


def _related(relation: str, findings: pl.DataFrame) -> Iterator[Relative]:
    columns = ("finding_id", "kind", "entity_id", "action", "verdict", "matched_id")
    for row in findings.sort("finding_id").select(columns).iter_rows(named=True):
        yield Relative(relation=relation, **row)
