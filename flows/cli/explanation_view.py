"""An explanation on a terminal of any width.

All that comes from logs, events and the database goes through `printable`: no escape of theirs
reaches the terminal.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from notifications.explanation.content import (
    Candidate,
    Event,
    Explanation,
    Line,
    Pairing,
    Relative,
    Row,
    Side,
    Values,
    Write,
)
from notifications.explanation.words import RULES, Clock, done, part
from transforms.printable import printable

_LONGEST_VALUE: Final = 500
_LONGEST_LINE: Final = 2_000
_UNKNOWN: Final = "–"
_COLOURS: Final = {"lost": "red", "stale": "red", "resurrected": "red", "restored": "green"}
_COLOURS_OF_NOTHING_TO_DO: Final = {"cancelled": "green", "consistent": "green"}
_RELATIONS: Final = {
    "refers_to": "what it belongs to",
    "same_id": "bears the same id",
    "same_row": "has a claim to the row {row}",
}


def show(explanation: Explanation, console: Console) -> None:
    """Write the explanation to the console."""
    clock = Clock(explanation.timezone)
    console.print(_title(explanation))
    console.print(Text(f"finding {explanation.finding_id}; times in {clock.timezone}", "dim"))
    console.print()
    console.print(_plain(explanation.because))
    for heading, blocks in _sections(explanation, clock):
        console.print()
        console.print(Text(heading, "bold underline"))
        for block in blocks:
            console.print(Padding(block, (0, 0, 0, 2), expand=False))


def _title(explanation: Explanation) -> Text:
    colour = (_COLOURS | _COLOURS_OF_NOTHING_TO_DO).get(explanation.verdict, "yellow")
    entity = explanation.entity_id
    what = f"{explanation.kind_label} {_shown(entity)}" if entity else explanation.kind_label
    name = f" ({_shown(explanation.title)})" if explanation.title else ""
    sure = ", ".join(filter(None, (explanation.confidence, explanation.reason)))
    return Text.assemble(
        (explanation.verdict.upper(), f"bold {colour}"),
        f" ({sure}): {what}{name} of customer {_shown(explanation.customer_id)}",
    )


def _sections(
    explanation: Explanation, clock: Clock
) -> Iterator[tuple[str, Iterable[RenderableType]]]:
    yield "Evidence", _evidence(explanation, clock)
    yield "In the new database", _in_database(explanation, clock)
    if explanation.candidates:
        yield (
            "Rows it was compared with: created again by hand?",
            [_candidates(explanation.candidates, clock)],
        )
    if explanation.relatives:
        yield "Other findings of this customer", map(_relative, explanation.relatives)
    yield "What would have changed the verdict", map(_point, explanation.would_change)


def _evidence(explanation: Explanation, clock: Clock) -> Iterator[RenderableType]:
    several = len(explanation.evidence) > 1
    for number, write in enumerate(explanation.evidence, 1):
        judged = several and write.at == explanation.judged_at
        grid = Table.grid(padding=(0, 2), expand=False)
        grid.add_column(no_wrap=True, style="dim")
        grid.add_column(overflow="fold")
        for name, value in _of_write(write, clock):
            grid.add_row(name, _plain(value, _LONGEST_LINE + 2))
        yield Group(
            Text.assemble(
                (f"{number}. {done(write.action)} at {clock.at(write.at)}", "bold"),
                " (the verdict is about this)" if judged else "",
            ),
            Padding(grid, (0, 0, 0, 3), expand=False),
        )


def _of_write(write: Write, clock: Clock) -> Iterator[tuple[str, str]]:
    if write.line:
        yield from _of_line(write.line, clock)
    if write.event:
        yield "event", _event(write.event, clock)
    if write.pairing:
        yield "paired", _pairing(write.pairing, write.event)
    elif not write.line:
        yield "line", "none was found"
    if write.fields:
        yield "says", _fields(write.fields)
    if by := _by_whom(write):
        yield "by", by
    yield "logs", _coverage(write, clock)


def _of_line(line: Line, clock: Clock) -> Iterator[tuple[str, str]]:
    yield "line", f"{line.file}:{line.line} ({line.source}), at {clock.at(line.at)}"
    yield "", line.text if line.text is not None else "the line itself was not kept"


def _event(event: Event, clock: Clock) -> str:
    where = f"{event.file}:{event.line}, id {event.id}, at {clock.at(event.at)} by its own clock"
    if event.corrected_at is None:
        return where
    return f"{where}; corrected {clock.at(event.corrected_at)}"


def _pairing(pairing: Pairing, event: Event | None) -> str:
    said = f"{RULES[pairing.rule]}; {_seconds(pairing.distance_s)} s apart"
    offset = event.clock_offset_s if event else None
    if offset is None:
        return f"{said}; the device's clock offset is not known"
    return f"{said} after the device's clock was corrected by {_seconds(offset, '+')} s"


def _seconds(seconds: float, sign: str = "") -> str:
    return f"{seconds:{sign}.3f}".rstrip("0").rstrip(".")


def _fields(values: Values) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in values.items())


def _by_whom(write: Write) -> str:
    known = {
        "address": write.client_ip,
        "client": write.user_agent,
        "device": write.device_id,
        "request id": write.request_id,
    }
    return ", ".join(f"{name} {value}" for name, value in known.items() if value)


def _coverage(write: Write, clock: Clock) -> str:
    if not write.silences:
        return "cover this moment: no source was silent"
    silent = (
        f"{each.source} was silent from {clock.between(each.from_at, each.to_at)}"
        f"{' (accepted)' if each.is_accepted else ''}"
        for each in write.silences
    )
    return f"do not cover this moment: {'; '.join(silent)}"


def _in_database(explanation: Explanation, clock: Clock) -> Iterator[RenderableType]:
    row = explanation.row
    if row is None:
        yield _plain(_absent(explanation, clock))
        return
    whose = "its own row" if row.is_own else "a row that it may have become"
    times = (
        f"{name} {clock.at(at)}"
        for name, at in (("created_at", row.created_at), ("updated_at", row.updated_at))
        if at
    )
    yield _plain(", ".join((f"row {row.row_id} ({whose})", *times)))
    yield _beside(row)


def _absent(explanation: Explanation, clock: Clock) -> str:
    if explanation.entity_id is None:
        return "nobody knows which it is, so there is no row to look at"
    if explanation.reissued_at:
        since = clock.at(explanation.reissued_at)
        return f"another row has its id, created_at {since}; no row that it may have become"
    return "nothing under this id, and no other row that it may have become"


def _beside(row: Row) -> Table:
    table = _table()
    for heading in ("field", "evidence", "new database", ""):
        table.add_column(heading, overflow="fold")
    for side in row.sides:
        table.add_row(
            *map(_plain, (side.field, _recorded(side), _value(side.row), _agreement(side, row)))
        )
    return table


def _recorded(side: Side) -> str:
    if side.agrees is None:
        return "not known"
    if side.compared_as == side.evidence:
        return _value(side.evidence)
    return f"{_value(side.evidence)} (now {_value(side.compared_as)})"


def _agreement(side: Side, row: Row) -> str:
    # Rows that it may have become are compared in a normal form.
    differs = "differs" if row.is_own else "written otherwise"
    said = {True: "agrees", False: differs, None: ""}[side.agrees]
    return f"{said}, was changed" if said and side.is_changed else said


def _candidates(candidates: tuple[Candidate, ...], clock: Clock) -> Table:
    table = _table()
    table.add_column("row", overflow="fold")
    table.add_column("score", justify="right")
    table.add_column("how alike, and what the row holds", overflow="fold", ratio=1)
    for each in candidates:
        created = f"created {clock.at(each.created_at)}" if each.created_at else "of unknown age"
        told = Text("\n").join(
            [_plain(each.said), _plain(created), _plain(_alike(each.agreement, each.fields))]
        )
        table.add_row(_plain(each.row_id), _score(each.score), told)
    return table


def _alike(agreement: Mapping[str, float | None], fields: Values) -> str:
    parts = ", ".join(f"{part(name)} {_score(value)}" for name, value in agreement.items())
    return f"{parts}; holds {_fields(fields)}" if parts else f"holds {_fields(fields)}"


def _score(score: float | None) -> str:
    return _UNKNOWN if score is None else f"{score:.2f}"


def _relative(relative: Relative) -> Text:
    relation = _RELATIONS[relative.relation].format(row=relative.matched_id)
    return _plain(
        f"{relation}: {relative.kind} {relative.entity_id or _UNKNOWN}, {done(relative.action)}, "
        f"{relative.verdict} (finding {relative.finding_id})"
    )


def _point(sentence: str) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_row("•", _plain(sentence))
    return grid


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, show_edge=False, header_style="dim", pad_edge=False)


def _value(value: str | None) -> str:
    return "(empty)" if value is None or value == "" else _shown(value)


def _shown(text: str) -> str:
    return printable(text, _LONGEST_VALUE)


def _plain(text: str, limit: int = 10 * _LONGEST_VALUE) -> Text:
    """Text with nothing in it that a terminal, or rich's markup, would act upon."""
    return Text(printable(text, limit))
