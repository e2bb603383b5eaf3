"""Section 4.3: lines that do not say of what they are."""

from collections.abc import Sequence

from tests.oracle.attribution import is_another_entity
from tests.oracle.model import Finding, Row, World, Write


def judge_lines_without_id(world: World, writes: Sequence[Write]) -> list[Finding]:
    """ "Every unidentified line is a finding of its own. A line that a row explains is a finding
    `consistent` with the row's id." Closest pairs of line and row first.
    """
    nameless = [write for write in writes if write.entity_id is None and write.customer_id]
    rows = [row for row in world.rows if not _is_explained(world, row, writes)]
    candidates = sorted(
        (abs(row.created_at - write.at), write.order(), row.created_at, row.id, i, j)
        for i, write in enumerate(nameless)
        for j, row in enumerate(rows)
        if row.created_at is not None
        and (row.kind, row.customer_id) == (write.kind, write.customer_id)
        and abs(row.created_at - write.at) <= world.window.server_skew
    )
    explained: dict[int, Row] = {}
    used: set[int] = set()
    for *_, i, j in candidates:
        if i not in explained and j not in used:
            explained[i] = rows[j]
            used.add(j)
    return [_finding(write, explained.get(i)) for i, write in enumerate(nameless)]


def _is_explained(world: World, row: Row, writes: Sequence[Write]) -> bool:
    """Whether the row's creation has a witness that names it (and not its id's earlier owner)."""
    return any(
        (write.kind, write.entity_id, write.action) == (row.kind, row.id, "create")
        and not is_another_entity(row, write, world.window)
        for write in writes
    )


def _finding(write: Write, row: Row | None) -> Finding:
    return Finding(
        customer_id=write.customer_id or "",
        kind=write.kind,
        entity_id=row.id if row else None,
        action="created",
        verdict="consistent" if row else "unidentified",
        confidence="confirmed",
        reason=None,
        first_at=write.at,
        last_at=write.at,
        lines=1,
        events=0,
        matched_id=row.id if row else None,
        fields={name: value.value for name, value in sorted(write.fields.items())},
    )
