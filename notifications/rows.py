"""From a customer's findings to rows worded for a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from notifications.content import Row, Side
from notifications.findings import Fields, Finding, Names, fill, title_of
from notifications.language import Language
from notifications.steps import step_text, steps_of
from notifications.visible import visible
from transforms.catalogue import PLACEHOLDER, Catalogue, Kind

_EMPTIED: Final = "—"


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Words rows for one customer: their language, zone, and names of things."""

    language: Language
    zone: ZoneInfo
    catalogue: Catalogue
    names: Names

    def row(self, members: Sequence[Finding]) -> Row:
        """Word the findings of one group (see `retry_groups`), in order of time, as one row.

        A confirmed one leads: one proof is enough for what was sent twice.
        """
        first = next((each for each in members if each.confidence == "confirmed"), members[0])
        kind = self.catalogue.kinds[first.kind]
        local = members[0].at.astimezone(self.zone)
        return Row(
            finding_ids=tuple(sorted(member.finding_id for member in members)),
            kind=first.kind,
            kind_label=self.language.pick(kind.label, first.kind),
            action=first.action,
            verdict=first.verdict,
            confidence=first.confidence,
            at=local,
            time=self.language.moment(local),
            what=self._what(kind, first),
            who=self._who(kind, first),
            details=self._details(kind, members),
            sides=self._sides(kind, first),
            steps=tuple(steps_of(kind, first)),
            known=self._known(first),
            note=self._note(first, len(members)),
            to_do=self._to_do(kind, first),
            fields=self._shown_fields(kind, members),
            importable={name: value for name, value in first.fields.items() if value},
        )

    def _what(self, kind: Kind, finding: Finding) -> str:
        title = "" if kind.last_wins else title_of(kind)
        name = fill(title, finding.fields) or fill(title, finding.current)
        if name:
            return visible(name)
        if "id" in kind.refers_to:
            return self.language.pick(kind.label, finding.kind)
        if finding.entity_id:
            return self.language.say("Id {id}", id=visible(finding.entity_id))
        if finding.client_ip:
            address = visible(finding.client_ip)
            return self.language.say("Not known, sent from {address}", address=address)
        return self.language.say("Not known")

    def _who(self, kind: Kind, finding: Finding) -> str:
        """Name what the entity refers to: the person of a provisioning."""
        referred = [
            self.names.of(referred_kind, value)
            for field, referred_kind in kind.refers_to.items()
            if (value := finding.value(field))
        ]
        return ", ".join(referred)

    def _details(self, kind: Kind, members: Sequence[Finding]) -> tuple[tuple[str, str], ...]:
        """Tell what the title and the names do not; what stands side by side stands there."""
        told_already = {*PLACEHOLDER.findall(title_of(kind)), *kind.refers_to}
        beside = {side.label for side in self._sides(kind, members[0])}
        values = self._shown_fields(kind, members)
        return tuple(
            (self._label(kind, field), values[field])
            for field in kind.fields
            if field in values and (field not in told_already or _differ(members, field))
            if self._label(kind, field) not in beside
        )

    def _shown_fields(self, kind: Kind, members: Sequence[Finding]) -> dict[str, str]:
        """Show what was recorded; where a second try said something else, both.

        Of a kind where the last state wins, an old one serves nobody, and setting it could harm.
        """
        if kind.last_wins:
            return {}
        if members[0].action == "deleted":
            # A deletion says nothing of the thing itself, but the thing is there to be looked at.
            return {name: visible(value) for name, value in members[0].current.items() if value}
        return {
            field: visible(" / ".join(values))
            for field in kind.fields
            if (values := _values(members, field))
        }

    def _sides(self, kind: Kind, finding: Finding) -> tuple[Side, ...]:
        """Set what was recorded beside what is there now: for changes only what differs."""
        shows_both = finding.verdict in {"stale", "review"} and finding.action != "deleted"
        if kind.last_wins or not (shows_both and finding.current and finding.fields):
            return ()
        return tuple(
            Side(
                self._label(kind, field),
                self._side(finding.fields, field, kind),
                self._side(finding.current, field, kind),
            )
            for field in kind.fields
            if (field in finding.fields or field in finding.current)
            and (
                finding.verdict != "stale"
                or (field in finding.fields and finding.fields[field] != finding.current.get(field))
            )
        )

    def _side(self, fields: Fields, field: str, kind: Kind) -> str:
        if field not in fields:
            return self.language.say("not recorded")
        value = fields[field]
        if not value:
            return _EMPTIED
        referred = kind.refers_to.get(field)
        return self.names.of(referred, value) if referred else visible(value)

    def _label(self, kind: Kind, field: str) -> str:
        return self.language.pick(kind.field_labels.get(field, {}), field)

    def _known(self, finding: Finding) -> str:
        say = self.language.say
        if finding.verdict == "unidentified":
            return say("seen in the server log, which does not say more")
        if finding.verdict == "unconfirmed":
            return say("only in your software's own record")
        if len(set(finding.sources)) > 1:
            witnesses = say("server log and your software")
        else:
            from_log = "access_log" in finding.sources
            witnesses = say("server log") if from_log else say("your software's record")
        if finding.confidence == "confirmed":
            return say("proven ({witnesses})", witnesses=witnesses)
        return say("probable ({witnesses})", witnesses=witnesses)

    def _note(self, finding: Finding, tries: int) -> str:
        say = self.language.say
        reasons = {
            "after_live": say("Entered after the move."),
            "before_snapshot": say("Entered shortly before the changeover period."),
            "id_reused": say("Its number now belongs to another entry."),
            "changed_since": say("The entry has been changed since."),
            "update_of_missing": say(
                "The entry that was changed is not there; it may have been deleted on purpose."
            ),
        }
        reason = finding.reason
        if (finding.verdict, finding.action) == ("review", "deleted"):
            reason = "changed_since"
        notes = [reasons[reason]] if reason in reasons else []
        if finding.verdict == "stale" and not finding.fields:
            notes.append(say("What was changed is not recorded."))
        if finding.verdict == "review" and finding.action == "created":
            notes.append(say("It may be there again already."))
        if tries > 1:
            notes.append(
                self.language.count(
                    "Sent {n} time in quick succession; it is needed once.",
                    "Sent {n} times in quick succession; it is needed once.",
                    tries,
                )
            )
        return " ".join(notes)

    def _to_do(self, kind: Kind, finding: Finding) -> str:
        say = self.language.say
        steps = ", ".join(
            step_text(kind, step, self.language, finding.kind) for step in steps_of(kind, finding)
        )
        if finding.verdict in {"lost", "stale", "resurrected"}:
            return steps
        if finding.verdict == "restored":
            return say("Nothing, as far as the records show")
        if finding.verdict == "unidentified":
            return say("Please check whether something from that time is missing")
        if kind.record_only or not steps:
            return say("Please check")
        if finding.action == "created":
            return say("Please check. If missing: {steps}", steps=steps)
        return say("Please check. If necessary: {steps}", steps=steps)


def _values(members: Sequence[Finding], field: str) -> list[str]:
    """Collect the different values that a group's members recorded, in order of time."""
    return list(dict.fromkeys(value for each in members if (value := each.fields.get(field))))


def _differ(members: Sequence[Finding], field: str) -> bool:
    return len(_values(members, field)) > 1
