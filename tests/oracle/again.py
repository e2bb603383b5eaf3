"""Section 4.3: created again by hand?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tests.oracle.attribution import is_another_entity
from tests.oracle.effects import Entity
from tests.oracle.model import Row, World, Write
from tests.oracle.people import (
    CERTAIN,
    DIFFERENT,
    POSSIBLE,
    compare_persons,
    is_same_person,
    likeness,
)
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
    is_doubtful: Callable[[Entity], bool],
    writes: Sequence[Write],
) -> list[Match]:
    """One verdict for each missing entity of one kind. `is_doubtful`: what it refers to may have
    become something else, which is not certain.

    "Certain → `restored`, possible → `review`, else `lost`"; "where two different people have the
    same claim to one row, both are `review`"; what was retried claims a row together.
    """
    groups = retry_groups(kind, missing, values_of)
    candidates = [row for row in world.rows if may_be_again(world, kind, row, writes)]
    levels: dict[int, dict[str, int]] = {}
    for group in dict.fromkeys(groups):
        members = [one for one, its in zip(missing, groups, strict=True) if its == group]
        at_best = POSSIBLE if any(map(is_doubtful, members)) else CERTAIN
        written = max(one.writes[-1].at for one in members)
        levels[group] = {
            row.id: min(alike(kind, values_of(members[0]), row), _at_best(world, row), at_best)
            for row in candidates
            if (row.kind, row.customer_id) == (members[0].kind, members[0].customer_id)
            and row.created_at is not None
            and row.created_at > written
        }
    claims = {group: _at_level(CERTAIN, of_group) for group, of_group in levels.items()}
    contested = _contested(claims)
    restored_by = {
        group: _oldest(world, kind, claimed)
        for group, claimed in claims.items()
        if claimed and not claimed & contested
    }
    taken = contested | set(restored_by.values())
    verdicts = []
    for entity, group in zip(missing, groups, strict=True):
        values = values_of(entity)
        possible = _at_level(POSSIBLE, levels[group]) - taken
        twins = _twins(world, kind, entity, values)
        if group in restored_by:
            verdicts.append(Match("restored", restored_by[group]))
        elif claims[group]:
            verdicts.append(Match("review", _oldest(world, kind, claims[group])))
        elif possible:
            verdicts.append(Match("review", _most_alike(world, kind, possible, values)))
        elif twins:
            verdicts.append(Match("review", _oldest(world, kind, twins)))
        else:
            verdicts.append(Match("lost"))
    return verdicts


def _at_level(level: int, levels: Mapping[str, int]) -> set[str]:
    return {row_id for row_id, found in levels.items() if found == level}


def _contested(claims: Mapping[int, set[str]]) -> set[str]:
    """All rows that somebody claims who shares one of them with another."""
    shared = {
        row_id
        for group, claimed in claims.items()
        for row_id in claimed
        if any(row_id in others for other, others in claims.items() if other != group)
    }
    return {row_id for claimed in claims.values() if claimed & shared for row_id in claimed}


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


def may_be_again(world: World, kind: Kind, row: Row, writes: Sequence[Write]) -> bool:
    """ "Only rows with `created_at` after `snapshot_at`, whose own id no evidence from before
    `live_at` (less its uncertainty) names (a reissued id's own row excepted)": evidence of who had
    the id before does not name the row.
    """
    window = world.window
    if world.catalogue.kinds[row.kind] is not kind or row.created_at is None:
        return False
    is_named = any(
        (write.kind, write.entity_id) == (row.kind, row.id)
        and write.at < window.live_at - window.live_at_uncertainty
        and not is_another_entity(row, write, window)
        for write in writes
    )
    return row.created_at > window.snapshot_at and not is_named


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
    if kind.identity.is_personal:
        return is_same_person(kind.identity, mine, theirs)
    as_row = Row(other.kind, other.entity_id, other.customer_id, None, None, theirs)
    return alike(kind, mine, as_row) == CERTAIN


def _at_best(world: World, row: Row) -> int:
    """ "A row created within `live_at_uncertainty` of `live_at` makes `review` at best." """
    window = world.window
    if row.created_at is None:
        return DIFFERENT
    is_near = abs(row.created_at - window.live_at) <= window.live_at_uncertainty
    return POSSIBLE if is_near else CERTAIN


def _oldest(world: World, kind: Kind, row_ids: set[str]) -> str:
    """Of rows with an equal claim the oldest, then by id."""
    return min((str(row.created_at), row.id) for row in _rows(world, kind, row_ids))[1]


def _most_alike(
    world: World, kind: Kind, row_ids: set[str], values: Mapping[str, str | None]
) -> str:
    def order(row: Row) -> tuple[float, str, str]:
        alikeness = likeness(kind.identity, values, row.fields) if kind.identity.is_personal else 1
        return (-alikeness, str(row.created_at), row.id)

    return min(_rows(world, kind, row_ids), key=order).id


def _rows(world: World, kind: Kind, row_ids: set[str]) -> list[Row]:
    return [
        row for row in world.rows if world.catalogue.kinds[row.kind] is kind and row.id in row_ids
    ]
