"""What would have changed a verdict, in the figures of the finding itself."""

from collections.abc import Callable, Iterator
from typing import Final

from notifications.explanation.case import Case
from notifications.explanation.content import Candidate, Side
from notifications.explanation.words import both, part, span


def what_would_change(case: Case) -> Iterator[str]:
    """Each way in which other evidence, or another row, would have led elsewhere."""
    if case.found.reason == "deleted_since":
        yield (
            "If no earlier run had seen the new database, this would be judged by what it holds "
            "now: lost, stale or review."
        )
        return
    yield from _BY_VERDICT[case.found.verdict](case)
    yield from _what_would_confirm(case)


def _of_lost(case: Case) -> Iterator[str]:
    held = case.held
    if held and held.update_of_missing:
        yield "If what it belongs to were not lost: review, as it may have been deleted on purpose."
        return
    if held and held.reissued_at:
        yield (
            "If a row of this customer with its id had been created by "
            f"{case.clock.at(case.judged_at + case.tolerance)} ({span(case.tolerance)} after the "
            "write at most): consistent."
        )
    else:
        yield f"If the new database had the id {case.found.entity_id}: consistent or stale."
    yield from _row_that_would_restore(case)
    yield "A log line or an event that shows its deletion later in the window: cancelled."


def _row_that_would_restore(case: Case) -> Iterator[str]:
    if not case.recognised_by():
        if case.kind.identity.fields:
            yield (
                "An event that says more of it than its id: then rows made since could be compared "
                "with it."
            )
        return
    since = case.clock.at(max(case.found.last_at, case.window.snapshot_at))
    alike = "restored; one that is only like it: review" if case.kind.identity.is_personal else ""
    yield (
        f"A row of this customer, created after {since}, with {case.recognised_by()}: "
        f"{alike or 'restored'}."
    )
    if case.candidates:
        yield f"The most alike of those compared: {_what_parts(case.candidates[0])}."


def _what_parts(candidate: Candidate) -> str:
    apart = [
        f"{part(name)} ({agreement:.2f})"
        for name, agreement in candidate.agreement.items()
        if agreement is not None and agreement < 1
    ]
    score = "" if candidate.score is None else f", score {candidate.score:.2f}"
    what = f"; what parts them: {both(apart)}" if apart else ""
    return f"row {candidate.row_id}{score}, {candidate.said}{what}"


def _of_stale(case: Case) -> Iterator[str]:
    held = case.held
    if held and held.row_updated_at:
        older = span(case.judged_at - held.row_updated_at)
        yield (
            f"The row's updated_at is {older} older than the write. From "
            f"{_from_when_it_agrees(case)}: consistent. Later than that: {_if_touched_later(case)}."
        )
    yield from _fields_that_decide(case)


def _from_when_it_agrees(case: Case) -> str:
    return case.clock.between(
        case.judged_at - case.window.server_skew, case.judged_at + case.tolerance
    )


def _if_touched_later(case: Case) -> str:
    held = case.held
    replaced = case.kind.last_wins or bool(held and held.judged_on_new)
    return "consistent too" if replaced else "review, as it may have been changed since"


def _fields_that_decide(case: Case) -> Iterator[str]:
    differing = [side for side in case.row.differing if side.is_changed] if case.row else []
    if differing:
        yield f"If the row had {_values(differing)}: consistent."
    elif case.held and not case.held.is_equal:
        yield "An event that says what was changed, where the row has the same: consistent."


def _values(sides: list[Side]) -> str:
    return both([f"{side.field} {side.compared_as or '(empty)'}" for side in sides])


def _of_resurrected(case: Case) -> Iterator[str]:
    yield "If the new database did not have its id: consistent."
    yield (
        f"If the row had been touched after {case.clock.at(case.window.live_at)}, when the new "
        "site went live: review."
    )
    yield "A log line or an event that shows that it was created again: no longer deleted."


def _of_restored(case: Case) -> Iterator[str]:
    row = case.found.matched_id
    parts = "name, e-mail address or phone number" if case.kind.identity.is_personal else ""
    if parts:
        yield f"If the row {row} were less alike in {parts}: review, or lost."
    else:
        yield f"If the row {row} differed in {both(list(case.kind.identity.fields))}: lost."
    yield f"If the row {row} had been created before {case.clock.at(case.found.last_at)}: lost."
    yield f"If another lost {case.thing} had the same claim to the row {row}: review for both."


def _of_review(case: Case) -> Iterator[str]:
    held = case.held
    if held is None:
        return
    if held.update_of_missing:
        yield "A log line or an event that shows its creation in the window: lost."
        yield "One that shows its deletion: consistent."
        if case.kind.refers_to:
            yield "If what it belongs to were lost: lost."
    elif not held.has_row:
        yield from _candidate_that_decides(case)
    elif held.net == "deleted":
        yield (
            f"If the row had not been touched since {case.clock.at(case.window.live_at)}, when the "
            "new site went live: resurrected."
        )
        yield "If the new database did not have its id: consistent."
    else:
        yield (
            f"If the row's updated_at were from {_from_when_it_agrees(case)}: consistent. Older: "
            "stale."
        )
        yield from _fields_that_decide(case)


def _candidate_that_decides(case: Case) -> Iterator[str]:
    row = case.found.matched_id
    yield f"The row {row} decides. The same {case.thing}: nothing is to be done. Another: lost."
    if case.chosen:
        yield f"How it was judged: {_what_parts(case.chosen)}."
    elif apart := case.parts(alike=False):
        yield f"If {both(apart)} agreed as well, and nothing else had a claim to it: restored."


def _of_unidentified(case: Case) -> Iterator[str]:
    skew, near = case.window.clock_skew, case.window.server_skew
    around = case.clock.between(case.judged_at - skew, case.judged_at + skew)
    yield f"A client's event of a {case.did} {case.thing} of this customer, from {around}: known."
    if case.found.action != "created":
        return
    yield (
        f"A row created from {case.clock.between(case.judged_at - near, case.judged_at + near)} "
        "that nothing else explains: consistent."
    )


def _of_unconfirmed(case: Case) -> Iterator[str]:
    would = _if_believed(case)
    yield f"A log line of this write (it was {case.did}): {would}, confirmed."
    yield (
        f"If a source had been silent within {span(case.window.clock_skew)} of {case.when}: "
        f"{would}, probable."
    )
    if case.held and case.held.net == "deleted":
        yield "If the new database did not have it: consistent."
    else:
        yield f"If the new database had it{' so' if case.row else ''}: consistent."


def _if_believed(case: Case) -> str:
    held = case.held
    if held and held.net == "deleted":
        return "resurrected"
    if held and held.has_row:
        return "stale"
    return "review" if held and held.update_of_missing and not held.parent_is_lost else "lost"


def _of_cancelled(case: Case) -> Iterator[str]:
    if case.found.reason == "parent_gone":
        missing = "stale" if case.held and case.held.has_row else "lost"
        yield f"If what it belongs to had not been deleted: {missing}."
    else:
        yield f"Without the deletion at {case.when}: judged as created, so lost if it is not there."
        yield "If it had been there before the snapshot: deleted, so resurrected if it is back."


def _of_consistent(case: Case) -> Iterator[str]:
    held = case.held
    if held is None:
        return
    if held.net == "deleted":
        yield "If the new database had its id: resurrected or review."
    elif held.is_explained:
        yield "Without that row, or with something else that explains it: unidentified."
    elif held.net == "created" and not held.changes:
        yield "If the new database did not have its id: lost, restored or review."
    else:
        yield (
            "If the row differed in what was changed: by its updated_at stale (before "
            f"{case.clock.at(case.judged_at - case.window.server_skew)}), consistent (to "
            f"{case.clock.at(case.judged_at + case.tolerance)}) or {_if_touched_later(case)}."
        )


_BY_VERDICT: Final[dict[str, Callable[[Case], Iterator[str]]]] = {
    "lost": _of_lost,
    "stale": _of_stale,
    "resurrected": _of_resurrected,
    "restored": _of_restored,
    "review": _of_review,
    "unidentified": _of_unidentified,
    "unconfirmed": _of_unconfirmed,
    "cancelled": _of_cancelled,
    "consistent": _of_consistent,
}


def _what_would_confirm(case: Case) -> Iterator[str]:
    if case.found.verdict == "unconfirmed" or case.found.confidence == "confirmed":
        return
    yield "A log line that is surely of this write: confirmed."
    believed = case.found.verdict in {"lost", "stale", "resurrected"}
    if believed and case.silences:
        yield f"If the logs covered {case.when} and did not show it: unconfirmed."
