"""Section 4.3: created again by hand?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tests.oracle.attribution import is_another_entity
from tests.oracle.claims import Claim, claimed
from tests.oracle.effects import Entity
from tests.oracle.likeness import NOT_ALIKE, Level, Likeness, alike, is_same
from tests.oracle.model import Row, World, Write
from tests.oracle.people import Person, person
from transforms.catalogue import Kind

RETRIED_WITHIN = timedelta(minutes=1)

Values = Mapping[str, str | None]
# An entity's field values with references under their new ids; a field whose value can't be
# compared is left out.
ValuesOf = Callable[[Entity], Values]
# Whose likeness to what: a group of retries (by number) and a row (by id).
Likenesses = dict[int, dict[str, Likeness]]


@dataclass(frozen=True)
class Match:
    """What became of a missing entity: lost, restored or review, and the row beside it."""

    verdict: str
    matched_id: str | None = None
    score: float | None = None
    traits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Party:
    """Somebody whom the customer knows: who is lost, or has a row."""

    customer_id: str
    person: Person
    is_lost: bool


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
    """
    groups = retry_groups(kind, missing, values_of)
    members = {
        group: [one for one, its in zip(missing, groups, strict=True) if its == group]
        for group in groups
    }
    firsts = {group: min(its, key=lambda one: one.decisive.at) for group, its in members.items()}
    rows = [row for row in world.rows if world.catalogue.kinds[row.kind] is kind]
    found = likenesses(world, kind, missing, firsts, values_of)
    candidates = [row for row in rows if may_be_again(world, row, writes)]
    open_to = {
        group: {
            row.id: found[group][row.id]._replace(
                level=min(found[group][row.id].level, _at_best(world, row, its, is_doubtful))
            )
            for row in candidates
            if row.customer_id == its[0].customer_id
            and row.created_at is not None
            and row.created_at > max(one.writes[-1].at for one in its)
        }
        for group, its in members.items()
    }
    ages = {row.id: row.created_at for row in rows if row.created_at is not None}
    claims = claimed(open_to, ages)
    from_before = [row for row in rows if kind.twins == "review" and _is_from_before(world, row)]
    twins = {
        group: _twin(found[group], [row for row in from_before if row.id in found[group]])
        for group in members
    }
    return [_match(claims.get(group) or twins[group]) for group in groups]


def _match(claim: Claim | None) -> Match:
    """ "Certain → `restored`, possible → `review`, else `lost`."""
    if claim is None:
        return Match("lost")
    verdict = "restored" if claim.is_certain else "review"
    return Match(verdict, claim.row_id, claim.like.score, (claim.how, *claim.like.traits))


def likenesses(
    world: World,
    kind: Kind,
    missing: Sequence[Entity],
    firsts: Mapping[int, Entity],
    values_of: ValuesOf,
) -> Likenesses:
    """Each group of retries, by its first, held against all rows of its customer."""
    rows = [row for row in world.rows if world.catalogue.kinds[row.kind] is kind]
    known = _known(world, kind, missing, rows, values_of) if kind.identity.is_personal else []

    def alike_to(one: Entity, row: Row) -> Likeness:
        if kind.identity.is_personal:
            return _alike_persons(kind, one.customer_id, values_of(one), row, known)
        return _alike_exactly(kind, values_of(one), row.fields)

    return {
        group: {row.id: alike_to(one, row) for row in rows if row.customer_id == one.customer_id}
        for group, one in firsts.items()
    }


def _known(
    world: World,
    kind: Kind,
    missing: Sequence[Entity],
    rows: Sequence[Row],
    values_of: ValuesOf,
) -> list[Party]:
    """ "Another person: lost, or created since the snapshot, or sharing a contact with these." """
    met = [
        Party(one.customer_id, person(kind.identity, values_of(one)), is_lost=True)
        for one in missing
    ]
    before = []
    for row in rows:
        party = Party(row.customer_id, person(kind.identity, row.fields), is_lost=False)
        is_since = row.created_at is not None and not _is_from_before(world, row)
        (met if is_since else before).append(party)
    return met + [party for party in before if any(_share_a_contact(party, one) for one in met)]


def _share_a_contact(one: Party, other: Party) -> bool:
    if one.customer_id != other.customer_id:
        return False
    mine, theirs = one.person, other.person
    is_email = mine.email is not None and mine.email == theirs.email
    return is_email or (mine.phone is not None and mine.phone == theirs.phone)


def _alike_persons(
    kind: Kind, customer_id: str, values: Values, row: Row, known: Sequence[Party]
) -> Likeness:
    """Among all others: "no other lost person and no other row than these two (one with the very
    same values is the same)".
    """
    lost, there = person(kind.identity, values), person(kind.identity, row.fields)
    others = [
        party.person
        for party in known
        if party.customer_id == customer_id
        and not is_same(party.person, lost if party.is_lost else there)
    ]
    return alike(lost, there, others)


def _alike_exactly(kind: Kind, mine: Values, theirs: Values) -> Likeness:
    """ "Other kinds compare exactly on their `identity` fields", and null is no value."""
    keys = [(mine.get(field), theirs.get(field)) for field in kind.identity.exact]
    is_equal = bool(keys) and all(one is not None and one == other for one, other in keys)
    return Likeness(Level.ALL_OVER_THE_SAME, 1.0) if is_equal else NOT_ALIKE


def _twin(found: Mapping[str, Likeness], from_before: Sequence[Row]) -> Claim | None:
    """ "Who then has no row but certainly was there before the window is for review with that row
    (highest score, then oldest)."
    """
    certain = [row for row in from_before if found[row.id].level >= Level.CERTAIN]
    if not certain:
        return None
    best = min(certain, key=lambda row: (-found[row.id].score, str(row.created_at), row.id))
    return Claim(best.id, found[best.id], "twin")


def _is_from_before(world: World, row: Row) -> bool:
    return row.created_at is not None and row.created_at <= world.window.snapshot_at


def may_be_again(world: World, row: Row, writes: Sequence[Write]) -> bool:
    """ "Only rows with `created_at` after `snapshot_at`, whose own id no evidence from before
    `live_at` (less its uncertainty) names (a reissued id's own row excepted)": evidence of who had
    the id before does not name the row.
    """
    window = world.window
    is_named = any(
        (write.kind, write.entity_id) == (row.kind, row.id)
        and write.at < window.live_at - window.live_at_uncertainty
        and not is_another_entity(row, write, window)
        for write in writes
    )
    return row.created_at is not None and row.created_at > window.snapshot_at and not is_named


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
        me, they = person(kind.identity, mine), person(kind.identity, theirs)
        return is_same(me, they) and bool(me.names or me.contacts)
    return _alike_exactly(kind, mine, theirs) != NOT_ALIKE


def _at_best(
    world: World, row: Row, members: Sequence[Entity], is_doubtful: Callable[[Entity], bool]
) -> Level:
    """ "A row created within `live_at_uncertainty` of `live_at` makes `review` at best"; so does
    what refers to something that is for review.
    """
    window = world.window
    is_near = (
        row.created_at is not None
        and abs(row.created_at - window.live_at) <= window.live_at_uncertainty
    )
    is_unsure = is_near or any(map(is_doubtful, members))
    return Level.POSSIBLE if is_unsure else Level.ALL_OVER_THE_SAME
