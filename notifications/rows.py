"""From a customer's findings to rows worded for a list."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from notifications.content import Row, Side
from notifications.findings import Fields, Finding, Names
from notifications.kind_words import OR, KindWords
from notifications.language import Language
from notifications.steps import step_text, steps_of
from notifications.visible import visible
from transforms.catalogue import Catalogue, Kind, NetAction

_EMPTIED: Final = "—"


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Words rows for one customer: their language, zone, and names of things."""

    language: Language
    zone: ZoneInfo
    catalogue: Catalogue
    names: Names
    words: Mapping[str, KindWords]

    def row(self, members: Sequence[Finding]) -> Row:
        """Word the findings of one group (see `retry_groups`), in order of time, as one row.

        A confirmed one leads: one proof is enough for what was sent twice.
        """
        first = next((each for each in members if each.confidence == "confirmed"), members[0])
        kind, words = self.catalogue.kinds[first.kind], self.words[first.kind]
        local = members[0].at.astimezone(self.zone)
        recorded = _recorded(kind, members)
        sides = tuple(self._sides(kind, words, first))
        steps = tuple(steps_of(kind, first))
        return Row(
            finding_ids=tuple(sorted(member.finding_id for member in members)),
            kind=first.kind,
            kind_label=words.label,
            action=first.action,
            verdict=first.verdict,
            confidence=first.confidence,
            at=local,
            time=self.language.moment(local),
            what=self._what(kind, words, first),
            who=self._who(kind, first),
            details=_details(words, recorded, {side.label for side in sides}),
            sides=sides,
            steps=steps,
            known=_known(first.verdict, first.confidence, first.sources, self.language),
            note=self._note(first, len(members)),
            to_do=self._to_do(kind, first, steps),
            fields={field: visible(OR.join(values)) for field, values in recorded.items()},
            importable={name: value for name, value in first.fields.items() if value},
        )

    def _what(self, kind: Kind, words: KindWords, finding: Finding) -> str:
        name = words.named(finding.fields) or words.named(finding.current)
        if name:
            return visible(name)
        if "id" in kind.refers_to:
            return words.label
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

    def _sides(self, kind: Kind, words: KindWords, finding: Finding) -> Iterator[Side]:
        """Set what was recorded beside what is there now: for changes only what differs."""
        shows_both = finding.verdict in {"stale", "review"} and finding.action != "deleted"
        if kind.last_wins or not (shows_both and finding.current and finding.fields):
            return
        recorded, present = finding.fields, finding.current
        for field in kind.fields:
            if finding.verdict == "stale":
                is_told = field in recorded and recorded[field] != present.get(field)
            else:
                is_told = field in recorded or field in present
            if is_told:
                yield Side(
                    words.fields[field],
                    self._side(recorded, field, kind, words),
                    self._side(present, field, kind, words),
                )

    def _side(self, fields: Fields, field: str, kind: Kind, words: KindWords) -> str:
        if field not in fields:
            return self.language.say("not recorded")
        value = fields[field]
        if not value:
            return _EMPTIED
        referred = kind.refers_to.get(field)
        return self.names.of(referred, value) if referred else words.shown(field, [value])

    def _note(self, finding: Finding, tries: int) -> str:
        language = self.language
        reason = finding.reason
        if (finding.verdict, finding.action) == ("review", "deleted"):
            reason = "changed_since"
        notes = [_reasons(language)[reason]] if reason in _reasons(language) else []
        if finding.verdict == "stale" and not finding.fields:
            notes.append(language.say("What was changed is not recorded."))
        if finding.verdict == "review" and finding.action == "created":
            notes.append(language.say("It may be there again already."))
        if tries > 1:
            notes.append(
                language.count(
                    "Sent {n} time in quick succession; it is needed once.",
                    "Sent {n} times in quick succession; it is needed once.",
                    tries,
                )
            )
        return " ".join(notes)

    def _to_do(self, kind: Kind, finding: Finding, steps: Sequence[NetAction]) -> str:
        say = self.language.say
        if finding.verdict == "restored":
            return say("Nothing, as far as the records show")
        if finding.verdict == "unidentified":
            return say("Please check whether something from that time is missing")
        told = ", ".join(step_text(kind, step, self.language, finding.kind) for step in steps)
        if finding.verdict in {"lost", "stale", "resurrected"}:
            return told
        if kind.record_only or not told:
            return say("Please check")
        if finding.action == "created":
            return say("Please check. If missing: {steps}", steps=told)
        return say("Please check. If necessary: {steps}", steps=told)


# A customer's rows are known in few ways, and those of the next one in the same.
@lru_cache(maxsize=256)
def _known(verdict: str, confidence: str, sources: tuple[str, ...], language: Language) -> str:
    say = language.say
    if verdict == "unidentified":
        return say("seen in the server log, which does not say more")
    if verdict == "unconfirmed":
        return say("only in your software's own record")
    if len(set(sources)) > 1:
        witnesses = say("server log and your software")
    else:
        from_log = "access_log" in sources
        witnesses = say("server log") if from_log else say("your software's record")
    if confidence == "confirmed":
        return say("proven ({witnesses})", witnesses=witnesses)
    return say("probable ({witnesses})", witnesses=witnesses)


@lru_cache(maxsize=64)
def _reasons(language: Language) -> Mapping[str | None, str]:
    say = language.say
    return {
        "after_live": say("Entered after the move."),
        "before_snapshot": say("Entered shortly before the changeover period."),
        "id_reused": say("Its number now belongs to another entry."),
        "changed_since": say("The entry has been changed since."),
        "update_of_missing": say(
            "The entry that was changed is not there; it may have been deleted on purpose."
        ),
    }


def _recorded(kind: Kind, members: Sequence[Finding]) -> dict[str, list[str]]:
    """Collect what was recorded; where a second try said something else, both.

    Of a kind where the last state wins, an old one serves nobody, and setting it could harm.
    """
    if kind.last_wins:
        return {}
    if members[0].action == "deleted":
        # A deletion says nothing of the thing itself, but the thing is there to be looked at.
        return {name: [value] for name, value in members[0].current.items() if value}
    if len(members) == 1:
        fields = members[0].fields
        return {field: [value] for field in kind.fields if (value := fields.get(field))}
    return {field: values for field in kind.fields if (values := _values(members, field))}


def _details(
    words: KindWords, recorded: Mapping[str, Sequence[str]], beside: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """Tell what the title and the names do not; what stands side by side stands there."""
    return tuple(
        (words.fields[field], words.shown(field, recorded[field]))
        for field in words.fields
        if field in recorded and (field not in words.told or len(recorded[field]) > 1)
        if words.fields[field] not in beside
    )


def _values(members: Sequence[Finding], field: str) -> list[str]:
    """Collect the different values that a group's members recorded, in order of time."""
    return list(dict.fromkeys(value for each in members if (value := each.fields.get(field))))
