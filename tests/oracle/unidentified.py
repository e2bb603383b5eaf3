"""Section 4.3: lines that do not say of what they are."""

from collections.abc import Sequence
from dataclasses import replace

from tests.oracle.attribution import is_another_entity
from tests.oracle.duplicates import agree
from tests.oracle.model import Finding, Row, World, Write


def explain(world: World, writes: Sequence[Write]) -> list[Write]:
    """ "A line without an id is `consistent` where a row of that customer and kind, created within
    `server_skew` of it, is explained by nothing else (one row explains one line)." Closest first;
    before anything is folded, so that later evidence of the row belongs to the same finding.
    """
    rows = [row for row in world.rows if not _is_explained(world, row, writes)]
    candidates = sorted(
        (abs(row.created_at - write.at), write.order(), row.created_at, row.id, i, j)
        for i, write in enumerate(writes)
        for j, row in enumerate(rows)
        if row.created_at is not None
        and _may_have_made(write, row)
        and abs(row.created_at - write.at) <= world.window.server_skew
    )
    explained: dict[int, Row] = {}
    used: set[int] = set()
    for *_, i, j in candidates:
        if i not in explained and j not in used:
            explained[i] = rows[j]
            used.add(j)
    return [
        replace(write, explained_by=explained[i].id if i in explained else None)
        for i, write in enumerate(writes)
    ]


def unidentified(writes: Sequence[Write]) -> list[Finding]:
    """ "Every unidentified line is a finding of its own." """
    return [_finding(write) for write in writes if write.entity_id is None and write.customer_id]


def _may_have_made(write: Write, row: Row) -> bool:
    return (
        write.entity_id is None
        and write.action == "create"
        and (row.kind, row.customer_id) == (write.kind, write.customer_id)
        and all(
            agree(given.value, row.fields.get(field))
            for field, given in write.fields.items()
            if given.from_path
        )
    )


def _is_explained(world: World, row: Row, writes: Sequence[Write]) -> bool:
    """Whether the row's creation has a witness that names it (and not its id's earlier owner)."""
    return any(
        (write.customer_id, write.kind, write.entity_id, write.action)
        == (row.customer_id, row.kind, row.id, "create")
        and not is_another_entity(row, write, world.window)
        for write in writes
    )


def _finding(write: Write) -> Finding:
    return Finding(
        customer_id=write.customer_id or "",
        kind=write.kind,
        entity_id=None,
        action="created",
        verdict="unidentified",
        confidence="confirmed",
        reason=None,
        first_at=write.at,
        last_at=write.at,
        lines=1,
        events=0,
        matched_id=None,
        match_score=None,
        fields={name: value.value for name, value in sorted(write.fields.items())},
    )
