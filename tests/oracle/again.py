"""Section 4.3: created again by hand?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tests.oracle.effects import Entity
from tests.oracle.model import Row, World, Write
from tests.oracle.people import CERTAIN, DIFFERENT, POSSIBLE, compare_persons
from transforms.catalogue import Kind

RETRIED_WITHIN = timedelta(minutes=1)

# An entity's field values with references under their new ids; a field whose value can't be
# compared is left out.
ValuesOf = Callable[[Entity], Mapping[str, str | None]]


@dataclass(frozen=True)
class Match:
    """What became of a missing entity: lost, restored or review, and the row beside it."""

    verdict: str
    matched_id: str | None = None


def match(
    missing: Sequence[Entity],
    *,
    world: World,
    kind: Kind,
    values_of: ValuesOf,
    writes: Sequence[Write],
    reissued: frozenset[tuple[str, str]],
) -> list[Match]:
    """One verdict for each missing entity of one kind. `reissued` are rows' (kind, id).

    "Certain → `restored`, possible → `review`, else `lost`"; "where two different people have the
    same claim to one row, both are `review`".
    """
    levels = [
        {
            row.id: min(alike(kind, values_of(entity), row), _at_best(world, row))
            for row in world.rows
            if may_be_again(world, entity, row, writes, reissued)
        }
        for entity in missing
    ]
    claims = [_at_level(CERTAIN, of_entity) for of_entity in levels]
    contested = _contested(claims, retry_groups(kind, missing, values_of))
    restored_by = [
        _best(world, entity.kind, claimed) if claimed and not claimed & contested else None
        for entity, claimed in zip(missing, claims, strict=True)
    ]
    verdicts = []
    for entity, claimed, of_entity, row_id in zip(
        missing, claims, levels, restored_by, strict=True
    ):
        possible = _at_level(POSSIBLE, of_entity) - set(restored_by)
        twins = _twins(world, kind, entity, values_of(entity))
        if row_id is not None:
            verdicts.append(Match("restored", row_id))
        elif beside := claimed or possible or twins:
            verdicts.append(Match("review", _best(world, entity.kind, beside)))
        else:
            verdicts.append(Match("lost"))
    return verdicts


def _at_level(level: int, levels: Mapping[str, int]) -> set[str]:
    return {row_id for row_id, found in levels.items() if found == level}


def _contested(claims: Sequence[set[str]], groups: Sequence[int]) -> set[str]:
    """Rows that more than one has an equal claim to; what was retried claims as one."""
    claimants: dict[str, set[int]] = {}
    for claimed, group in zip(claims, groups, strict=True):
        for row_id in claimed:
            claimants.setdefault(row_id, set()).add(group)
    return {row_id for row_id, of_row in claimants.items() if len(of_row) > 1}


def _twins(world: World, kind: Kind, entity: Entity, values: Mapping[str, str | None]) -> set[str]:
    """ "For kinds whose catalogue entry says `twins = "review"`, a row from before the window has
    the same identity."
    """
    return {
        row.id
        for row in world.rows
        if kind.twins == "review"
        and (row.kind, row.customer_id) == (entity.kind, entity.customer_id)
        and row.created_at is not None
        and row.created_at <= world.window.snapshot_at
        and alike(kind, values, row) == CERTAIN
    }


def may_be_again(
    world: World,
    entity: Entity,
    row: Row,
    writes: Sequence[Write],
    reissued: frozenset[tuple[str, str]],
) -> bool:
    """ "Only rows of the same customer with `created_at` after `snapshot_at` and after the write,
    whose own id no evidence from before `live_at` (less its uncertainty) names (a reissued id's
    own row excepted)."
    """
    window = world.window
    if (row.kind, row.customer_id) != (entity.kind, entity.customer_id) or row.created_at is None:
        return False
    is_named = (row.kind, row.id) not in reissued and any(
        (write.kind, write.entity_id) == (row.kind, row.id)
        and write.at < window.live_at - window.live_at_uncertainty
        for write in writes
    )
    last_at = entity.writes[-1].at
    return row.created_at > window.snapshot_at and row.created_at > last_at and not is_named


def alike(kind: Kind, values: Mapping[str, str | None], row: Row) -> int:
    """Persons by name, e-mail address and phone number; others exactly, and null is no value."""
    if kind.identity.is_personal:
        known = any(values.get(field) for field in kind.identity.fields)
        return compare_persons(kind.identity, values, row.fields) if known else DIFFERENT
    mine = [values.get(field) for field in kind.identity.exact]
    theirs = [row.fields.get(field) for field in kind.identity.exact]
    return CERTAIN if mine and None not in mine and mine == theirs else DIFFERENT


def retry_groups(kind: Kind, missing: Sequence[Entity], values_of: ValuesOf) -> list[int]:
    """ "Two ids, same identity, within a minute": one number for what a client's retry created.

    Such entities claim a row together.
    """
    groups = list(range(len(missing)))
    for i, one in enumerate(missing):
        for j, other in enumerate(missing[:i]):
            if _is_retry(kind, one, other, values_of):
                old, new = groups[i], groups[j]
                groups = [new if group == old else group for group in groups]
    return groups


def _is_retry(kind: Kind, one: Entity, other: Entity, values_of: ValuesOf) -> bool:
    if one.customer_id != other.customer_id:
        return False
    if abs(one.decisive.at - other.decisive.at) > RETRIED_WITHIN:
        return False
    mine, theirs = values_of(one), values_of(other)
    as_row = Row(other.kind, other.entity_id, other.customer_id, None, None, theirs)
    known = any(mine.get(field) for field in kind.identity.fields)
    return known and alike(kind, mine, as_row) == CERTAIN


def _at_best(world: World, row: Row) -> int:
    """ "A row created within `live_at_uncertainty` of `live_at` makes `review` at best." """
    window = world.window
    if row.created_at is None:
        return DIFFERENT
    is_near = abs(row.created_at - window.live_at) <= window.live_at_uncertainty
    return POSSIBLE if is_near else CERTAIN


def _best(world: World, kind_name: str, row_ids: set[str]) -> str:
    """Of rows with an equal claim the oldest, then by id."""
    rows = [row for row in world.rows if row.kind == kind_name and row.id in row_ids]
    return min((str(row.created_at), row.id) for row in rows)[1]
