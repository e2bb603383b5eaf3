"""Section 4.3: each entity's net effect held against the new database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.oracle.again import Match, match
from tests.oracle.attribution import is_another_entity
from tests.oracle.effects import Entity
from tests.oracle.model import Row, World, Write

REASONS = (
    "parent_gone", "id_reused", "update_of_missing", "changed_since", "before_snapshot",
    "after_live",
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What is said of one entity. `reasons` are all that apply; the first of `REASONS` stands."""

    verdict: str
    reasons: frozenset[str] = frozenset()
    matched_id: str | None = None
    score: float | None = None
    traits: tuple[str, ...] = ()

    @property
    def reason(self) -> str | None:
        return next((reason for reason in REASONS if reason in self.reasons), None)


@dataclass(frozen=True)
class Judged:
    """An entity with its verdict, as what refers to it needs it."""

    entity: Entity
    verdict: Verdict


class Court:
    """ "Kinds are judged in the order of their references": knows what has been judged so far."""

    def __init__(self, world: World, writes: Sequence[Write], entities: Sequence[Entity]) -> None:
        self.world = world
        self.writes = writes
        self.entities = entities
        self.judged: list[Judged] = []

    def judge_all(self) -> list[Judged]:
        for kind in self.world.catalogue.in_order_of_reference():
            self._judge_kind(kind)
        return self.judged

    def _judge_kind(self, kind: str) -> None:
        of_kind = [entity for entity in self.entities if entity.kind == kind]
        first = [self._before_claims(entity) for entity in of_kind]
        missing = [entity for entity, verdict in zip(of_kind, first, strict=True) if not verdict]
        matches = match(
            missing,
            world=self.world,
            kind=self.world.catalogue.kinds[kind],
            values_of=self._values,
            is_doubtful=self._has_doubtful_parent,
            writes=self.writes,
        )
        found = iter(matches)
        # Judged together, so that nothing of a kind depends on its own kind.
        self.judged += [
            Judged(entity, self._final(entity, verdict or self._again(entity, next(found))))
            for entity, verdict in zip(of_kind, first, strict=True)
        ]

    def _before_claims(self, entity: Entity) -> Verdict | None:
        """The verdict of all but what was created, is missing, and somebody may want back."""
        row = self._row(entity)
        if entity.net == "cancelled":
            return Verdict("cancelled")
        if entity.net == "deleted":
            return self._deleted(entity, row)
        if row is not None:
            return self._unless_parent_gone(entity, self._compared(entity, row))
        if entity.net == "updated":
            return self._unless_parent_gone(entity, self._update_of_missing(entity))
        gone = self._unless_parent_gone(entity, Verdict("lost"))
        return gone if gone.verdict == "cancelled" else None

    def _final(self, entity: Entity, verdict: Verdict) -> Verdict:
        """What holds whatever the verdict: an id that was given out again, a row elsewhere."""
        row = self._row(entity)
        elsewhere = row is not None and row.id != entity.entity_id
        made_by_line = any(write.explained_by for write in entity.writes)
        found_as = row.id if row is not None and (elsewhere or made_by_line) else None
        reused = frozenset({"id_reused"} if entity.is_reused else ())
        return self._believed(
            entity,
            replace(
                verdict,
                reasons=verdict.reasons | reused,
                matched_id=verdict.matched_id or found_as,
            ),
        )

    def _deleted(self, entity: Entity, row: Row | None) -> Verdict:
        """ "Deleted, and the row is back"; "or a resurrected row was touched after `live_at`"."""
        if row is None:
            return Verdict("consistent")
        touched = _touched_at(row)
        if touched is not None and touched > self.world.window.live_at:
            return Verdict("review", self._when(entity.decisive))
        return Verdict("resurrected", self._when(entity.decisive))

    def _again(self, entity: Entity, found: Match) -> Verdict:
        return Verdict(
            found.verdict, self._when(entity.decisive), found.matched_id, found.score, found.traits
        )

    def _compared(self, entity: Entity, row: Row) -> Verdict:
        """The row is there: has it the updates (or the second creation after a delete)?"""
        verdict = self._has_changes(entity, row)
        if verdict.verdict == "consistent" and self._is_guess(entity):
            return Verdict("review", self._when(entity.last_change))
        return verdict

    def _has_changes(self, entity: Entity, row: Row) -> Verdict:
        if not entity.updates and not (entity.is_recreated and self._is_from_before(entity, row)):
            return Verdict("consistent")
        last = entity.last_change
        if self._all_known_and_equal(entity, row) or self._written_then(row, last):
            return Verdict("consistent")
        if _touched_at(row) is None:
            return Verdict("review", self._when(last))
        if self._touched_since(row, last):
            last_wins = self.world.catalogue.kinds[entity.kind].last_wins
            if last_wins or self.was_made_on_new_site(last):
                return Verdict("consistent")
            return Verdict("review", frozenset({"changed_since"}) | self._when(last))
        return Verdict("stale", self._when(last))

    def _is_from_before(self, entity: Entity, row: Row) -> bool:
        """Whether the row is the one that was deleted, and not what was created again."""
        made = entity.decisive
        skew = self._later(made)
        return row.created_at is None or row.created_at < made.at - skew

    def _all_known_and_equal(self, entity: Entity, row: Row) -> bool:
        """ "Equal in all known fields, yes"; but a write of which nothing is known is not vouched
        for by the others, and a reference to what is not surely somewhere else now is no proof.
        """
        told = [
            {name for name, value in write.fields.items() if not value.from_path}
            for write in entity.changes
        ]
        if not all(told):
            return False
        names = set().union(*told)
        expected = self._under_new_ids(entity, names)
        refers = names & set(self.world.catalogue.kinds[entity.kind].refers_to)
        if refers and self._has_doubtful_parent(entity):
            return False
        return expected.keys() == names and all(
            row.fields.get(name) == value for name, value in expected.items()
        )

    def _written_then(self, row: Row, write: Write) -> bool:
        """ "Within `server_skew` of the write, yes; a row untouched since `snapshot_at` never has a
        later write"; where only an event gives the time, later by up to `clock_skew` is no later.
        """
        window, touched = self.world.window, _touched_at(row)
        if touched is None:
            return False
        if touched <= window.snapshot_at < write.at:
            return False
        return -window.server_skew <= touched - write.at <= self._later(write)

    def _touched_since(self, row: Row, write: Write) -> bool:
        """ "Later (by more than `server_skew`, or `clock_skew` where only an event gives it)." """
        touched = _touched_at(row)
        return touched is not None and touched - write.at > self._later(write)

    def _later(self, write: Write) -> timedelta:
        return self.world.window.server_skew if write.line else self.world.window.clock_skew

    def _update_of_missing(self, entity: Entity) -> Verdict:
        """ "`review`, and `lost` where what it refers to is `lost`"."""
        reasons = frozenset({"update_of_missing"}) | self._when(entity.decisive)
        parents = self._parents(entity)
        is_lost = any(parent.verdict.verdict == "lost" for parent in parents)
        return Verdict("lost" if is_lost else "review", reasons)

    def _unless_parent_gone(self, entity: Entity, verdict: Verdict) -> Verdict:
        """ "What would be `lost` or `stale` but belongs to something cancelled or deleted in the
        window is `cancelled`, reason `parent_gone`. Feedback stays, for the record."
        """
        would_ask = verdict.verdict in {"lost", "stale"} or "update_of_missing" in verdict.reasons
        kind = self.world.catalogue.kinds[entity.kind]
        if not would_ask or kind.record_only:
            return verdict
        if any(_is_gone(parent) for parent in self._parents(entity)):
            return Verdict("cancelled", frozenset({"parent_gone"}))
        return verdict

    def _believed(self, entity: Entity, verdict: Verdict) -> Verdict:
        """ "Of which no line bears witness: if the logs do not cover the moment, the event is taken
        at its word; if they do, and the database does not have it, it is `unconfirmed`."
        """
        if any(write.line for write in entity.writes):
            return verdict
        if not all(self.is_covered(write.at) for write in entity.writes):
            return verdict
        denied = verdict.verdict in {"lost", "stale", "resurrected"}
        if denied or (verdict.verdict == "review" and "update_of_missing" in verdict.reasons):
            return replace(verdict, verdict="unconfirmed")
        return verdict

    def is_covered(self, at: datetime) -> bool:
        """ "Some source has a gap, accepted or not, within `clock_skew` of it": then not."""
        skew = self.world.window.clock_skew
        return not any(gap.from_at - skew <= at <= gap.to_at + skew for gap in self.world.gaps)

    def was_made_on_new_site(self, write: Write) -> bool:
        """ "At or after `live_at` plus its uncertainty, or answered by one of `new_upstreams`." """
        window = self.world.window
        by_time = write.at >= window.live_at + window.live_at_uncertainty
        return by_time or (write.line is not None and write.line.made_on_new_site)

    def _when(self, write: Write) -> frozenset[str]:
        """ "Before `snapshot_at`, with reason `before_snapshot`"; on the new site, `after_live`."""
        reasons = set()
        if write.at < self.world.window.snapshot_at:
            reasons.add("before_snapshot")
        if self.was_made_on_new_site(write):
            reasons.add("after_live")
        return frozenset(reasons)

    def _row(self, entity: Entity) -> Row | None:
        """Its own row; where its id is a reference, the row under the id that this now has."""
        referred = self.world.catalogue.kinds[entity.kind].refers_to.get("id")
        if referred is None:
            return entity.row
        new_id = self._id_now(entity, referred, entity.entity_id)
        row = self.world.row(entity.kind, new_id) if new_id is not None else None
        return row if row is not None and row.customer_id == entity.customer_id else None

    def _is_guess(self, entity: Entity) -> bool:
        """Whether it is not certain that its row is the one to look at."""
        referred = self.world.catalogue.kinds[entity.kind].refers_to.get("id")
        parent = self._referred(entity, referred, entity.entity_id) if referred else None
        return parent is not None and _is_doubtful(parent)

    def _values(self, entity: Entity) -> dict[str, str | None]:
        """All that is known of it, to be compared with rows of the new database."""
        return self._under_new_ids(entity, entity.fields.keys())

    def _under_new_ids(self, entity: Entity, names: Iterable[str]) -> dict[str, str | None]:
        """ "A provisioning of a person who was `restored` under a new id is compared under the new
        id." A reference whose id now means something else can't be compared and is left out.
        """
        refers_to = self.world.catalogue.kinds[entity.kind].refers_to
        values = {}
        for name in names:
            value = entity.fields[name].value
            if name not in refers_to or value is None:
                values[name] = value
                continue
            new_id = self._id_now(entity, refers_to[name], value)
            if new_id is not None:
                values[name] = new_id
        return values

    def _id_now(self, entity: Entity, kind: str, id_: str) -> str | None:
        """A reference's id in the new database; None where it now names something else."""
        parent = self._referred(entity, kind, id_)
        if parent is None:
            is_own_id = "id" in self.world.catalogue.kinds[entity.kind].refers_to
            is_reused = (is_own_id and entity.is_reused) or self._has_new_owner(entity, kind, id_)
            return None if is_reused else id_
        if parent.verdict.verdict == "restored" or _is_doubtful(parent):
            return parent.verdict.matched_id
        return None if parent.entity.is_reused else id_

    def _has_doubtful_parent(self, entity: Entity) -> bool:
        return any(_is_doubtful(parent) for parent in self._parents(entity))

    def _parents(self, entity: Entity) -> list[Judged]:
        """What it refers to, as its evidence knows it or, failing that, its row."""
        parents = []
        row = self._row(entity)
        for name, kind in self.world.catalogue.kinds[entity.kind].refers_to.items():
            if name == "id":
                referred_id: str | None = entity.entity_id
            elif name in entity.fields:
                referred_id = entity.fields[name].value
            else:
                referred_id = row.fields.get(name) if row else None
            if referred_id and (parent := self._referred(entity, kind, referred_id)):
                parents.append(parent)
        return parents

    def _referred(self, entity: Entity, kind: str, id_: str) -> Judged | None:
        """The entity with evidence that is referred to; of an id issued twice, the one of then."""
        named = [
            judged
            for judged in self.judged
            if (judged.entity.customer_id, judged.entity.kind, judged.entity.entity_id)
            == (entity.customer_id, kind, id_)
        ]
        row = self.world.row(kind, id_)
        if row is None or row.customer_id != entity.customer_id or row.created_at is None:
            return named[0] if named else None
        is_of_the_first = self._has_new_owner(entity, kind, id_)
        return next((one for one in named if one.entity.is_reused == is_of_the_first), None)

    def _has_new_owner(self, entity: Entity, kind: str, id_: str) -> bool:
        """Whether the customer was given the id again after the reference to it was made."""
        row = self.world.row(kind, id_)
        return (
            row is not None
            and row.customer_id == entity.customer_id
            and is_another_entity(row, entity.decisive, self.world.window)
        )


def _is_gone(parent: Judged) -> bool:
    """Cancelled or deleted; but what is only said to have been deleted, and is there, is there."""
    if parent.verdict.verdict == "cancelled":
        return True
    return parent.entity.net == "deleted" and parent.verdict.verdict != "unconfirmed"


def _is_doubtful(parent: Judged) -> bool:
    """It may have become something else, which nobody knows for certain."""
    found = parent.verdict.matched_id
    is_another = parent.entity.is_reused or found != parent.entity.entity_id
    return parent.verdict.verdict == "review" and found is not None and is_another


def _touched_at(row: Row) -> datetime | None:
    """What was never updated was last touched when it was created."""
    return row.updated_at or row.created_at
