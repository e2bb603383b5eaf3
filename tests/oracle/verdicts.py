"""Section 4.3: each entity's net effect held against the new database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.oracle.again import Match, match
from tests.oracle.attribution import is_another_entity
from tests.oracle.effects import Entity
from tests.oracle.model import Row, World, Write

REASONS = (
    "parent_gone", "id_reused", "update_of_missing", "changed_since", "before_snapshot",
    "after_live",
)  # fmt: skip
GONE = frozenset({"deleted", "cancelled"})


@dataclass(frozen=True)
class Verdict:
    """What is said of one entity. `reasons` are all that apply; the first of `REASONS` stands."""

    verdict: str
    reasons: frozenset[str] = frozenset()
    matched_id: str | None = None

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
        self.reissued = frozenset(
            (entity.kind, entity.entity_id) for entity in entities if entity.is_reused
        )

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
            writes=self.writes,
            reissued=self.reissued,
        )
        found = iter(matches)
        # Judged together, so that nothing of a kind depends on its own kind.
        self.judged += [
            Judged(
                entity,
                self._believed(entity, verdict or self._created_and_missing(entity, next(found))),
            )
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
        gone = self._unless_parent_gone(entity, Verdict("lost", _missing(entity)))
        return gone if gone.verdict == "cancelled" else None

    def _deleted(self, entity: Entity, row: Row | None) -> Verdict:
        """ "Deleted, and the row is back"; "or a resurrected row was touched after `live_at`"."""
        if row is None:
            return Verdict("consistent", _missing(entity))
        touched = row.updated_at is not None and row.updated_at > self.world.window.live_at
        return Verdict("review" if touched else "resurrected", self._when(entity.decisive))

    def _created_and_missing(self, entity: Entity, found: Match) -> Verdict:
        reasons = _missing(entity) | self._when(entity.decisive)
        return Verdict(found.verdict, reasons, found.matched_id)

    def _compared(self, entity: Entity, row: Row) -> Verdict:
        """The row is there: has it the updates (or the second creation after a delete)?"""
        checked = [*([entity.decisive] if entity.is_recreated else []), *entity.updates]
        matched_id = row.id if row.id != entity.entity_id else None
        if not checked:
            return Verdict("consistent", matched_id=matched_id)
        last = checked[-1]
        if self._all_known_and_equal(entity, checked, row) or self._written_then(row, last):
            return Verdict("consistent", matched_id=matched_id)
        if self._touched_since(row, last):
            last_wins = self.world.catalogue.kinds[entity.kind].last_wins
            if last_wins or self.was_made_on_new_site(last):
                return Verdict("consistent", matched_id=matched_id)
            return Verdict("review", frozenset({"changed_since"}) | self._when(last), matched_id)
        return Verdict("stale", self._when(last), matched_id)

    def _all_known_and_equal(self, entity: Entity, checked: Sequence[Write], row: Row) -> bool:
        """ "Equal in all known fields, yes"; but a write of which nothing is known is not vouched
        for by the others.
        """
        known: dict[str, str | None] = {}
        for write in checked:
            given = {
                name: value.value for name, value in write.fields.items() if not value.from_path
            }
            if not given:
                return False
            known |= given
        expected = self._under_new_ids(entity, known)
        return expected.keys() == known.keys() and all(
            row.fields.get(name) == value for name, value in expected.items()
        )

    def _written_then(self, row: Row, write: Write) -> bool:
        """ "Within `server_skew` of the write, yes; a row untouched since `snapshot_at` never has a
        later write"; where only an event gives the time, later by up to `clock_skew` is no later.
        """
        window = self.world.window
        if row.updated_at is None:
            return False
        if row.updated_at <= window.snapshot_at < write.at:
            return False
        return -window.server_skew <= row.updated_at - write.at <= self._later(write)

    def _touched_since(self, row: Row, write: Write) -> bool:
        """ "Later (by more than `server_skew`, or `clock_skew` where only an event gives it)." """
        return row.updated_at is not None and row.updated_at - write.at > self._later(write)

    def _later(self, write: Write) -> timedelta:
        return self.world.window.server_skew if write.line else self.world.window.clock_skew

    def _update_of_missing(self, entity: Entity) -> Verdict:
        """ "`review`, and `lost` where what it refers to is `lost`"."""
        reasons = _missing(entity) | {"update_of_missing"} | self._when(entity.decisive)
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
        if any(
            parent.entity.net in GONE or parent.verdict.verdict == "cancelled"
            for parent in self._parents(entity)
        ):
            return Verdict("cancelled", verdict.reasons | {"parent_gone"})
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
            return Verdict("unconfirmed", verdict.reasons, verdict.matched_id)
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

    def _values(self, entity: Entity) -> dict[str, str | None]:
        """All that is known of it, to be compared with rows of the new database."""
        known = {name: value.value for name, value in entity.fields.items()}
        return self._under_new_ids(entity, known)

    def _under_new_ids(
        self, entity: Entity, known: Mapping[str, str | None]
    ) -> dict[str, str | None]:
        """ "A provisioning of a person who was `restored` under a new id is compared under the new
        id." A reference whose id now means something else can't be compared and is left out.
        """
        refers_to = self.world.catalogue.kinds[entity.kind].refers_to
        values = {}
        for name, value in known.items():
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
        if parent is not None and parent.verdict.verdict == "restored":
            return parent.verdict.matched_id
        row = self.world.row(kind, id_)
        is_another = row is not None and is_another_entity(
            row, entity.writes[-1], self.world.window
        )
        return None if is_another else id_

    def _parents(self, entity: Entity) -> list[Judged]:
        """What it refers to, as its evidence knows it or, failing that, its row."""
        parents = []
        for name, kind in self.world.catalogue.kinds[entity.kind].refers_to.items():
            if name == "id":
                referred_id: str | None = entity.entity_id
            elif name in entity.fields:
                referred_id = entity.fields[name].value
            else:
                referred_id = entity.row.fields.get(name) if entity.row else None
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
        if row is None or row.customer_id != entity.customer_id:
            return named[0] if named else None
        is_of_the_first = is_another_entity(row, entity.writes[-1], self.world.window)
        return next((one for one in named if one.entity.is_reused == is_of_the_first), None)


def _missing(entity: Entity) -> frozenset[str]:
    return frozenset({"id_reused"} if entity.is_reused else ())
