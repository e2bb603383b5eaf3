"""Why a finding got its verdict, in sentences that can be read out on the phone."""

from collections.abc import Callable
from typing import Final

from notifications.explanation.case import Case
from notifications.explanation.grounds import Held
from notifications.explanation.words import both, outcome, span


def because(case: Case) -> str:
    """Say why, and how sure it is."""
    said = _by_an_earlier_run(case) or _BY_VERDICT[case.found.verdict](case)
    return " ".join(part for part in (said, _beyond_the_window(case), _how_sure(case)) if part)


def _by_an_earlier_run(case: Case) -> str:
    """Say what only an earlier run could see; see `transforms.history`."""
    wrote = f"It was {case.did} at {case.when} ({case.witnesses})"
    match case.found.verdict, case.found.reason:
        case "consistent", "deleted_since":
            return (
                f"{wrote}. An earlier run saw it in the new database, and it is not there any "
                "more: the customer has deleted it since."
            )
        case "cancelled", "deleted_since":
            return (
                f"{wrote}, but belongs to something that the customer has deleted since an "
                "earlier run saw it in the new database. Nobody wants it back."
            )
    return ""


def _held(case: Case) -> Held:
    if case.held is None:
        raise ValueError(f"the finding {case.found.finding_id} has nothing to be judged by")
    return case.held


def _lost(case: Case) -> str:
    held = _held(case)
    if held.update_of_missing:
        return (
            f"It was changed at {case.when} ({case.witnesses}), the new database does not have it, "
            f"and what it belongs to is lost: {case.parents()}."
        )
    return f"{_is_missing(case, held)}, and {_nothing_fits(case)}."


def _is_missing(case: Case, held: Held) -> str:
    created = f"It was created at {case.when} ({case.witnesses})"
    if held.reissued_at is None:
        return f"{created}, its id is not in the new database"
    later = span(held.reissued_at - case.judged_at)
    return (
        f"{created}, its id belongs to something else now (that row was created at "
        f"{case.clock.at(held.reissued_at)}, {later} after it)"
    )


def _nothing_fits(case: Case) -> str:
    if case.kind.identity.fields and not case.recognised_by():
        return "nothing but its id is known, so it can't be compared with other rows"
    if not case.candidates:
        return f"no row that the customer has made since can be the same {case.thing}"
    nearest = case.candidates[0]
    which = "that it was compared with" if len(case.candidates) == 1 else "that is most like it"
    return f"the row {nearest.row_id} {which} is not taken: {outcome(nearest.outcome)[1]}"


def _stale(case: Case) -> str:
    held = _held(case)
    touched = held.row_updated_at
    by_time = "bears no time"
    if touched:
        older = span(case.judged_at - touched)
        by_time = f"was last touched at {case.clock.at(touched)}, {older} before that"
    return (
        f"It was changed at {case.when} ({case.witnesses}), but its row in the new database "
        f"{by_time}, and {_differs(case, held)}: the change is not in it."
    )


def _differs(case: Case, held: Held) -> str:
    differing = [side for side in case.row.differing if side.is_changed] if case.row else []
    if differing:
        return f"{both([side.field for side in differing])} differ{'s' * (len(differing) == 1)}"
    if not held.changes:
        return "nobody says what was changed, so its fields prove nothing"
    return "its fields do not prove that it has the change"


def _resurrected(case: Case) -> str:
    return (
        f"It was deleted at {case.when} ({case.witnesses}), but its row is in the new database, "
        "and nobody has touched that since the new site went live."
    )


def _restored(case: Case) -> str:
    return (
        f"{_is_missing(case, _held(case))}, but the row {case.found.matched_id}, which the "
        f"customer has made since{_made_at(case)}, is certainly the same {case.thing}: "
        f"{_likeness(case)}."
    )


def _likeness(case: Case) -> str:
    same, apart = case.parts(alike=True), case.parts(alike=False)
    if not apart:
        return "all that is known of both agrees"
    if not same:
        return f"{both(apart)} are alike enough"
    return f"that {both(same)} agree{'s' * (len(same) == 1)} outweighs the rest ({both(apart)})"


def _made_at(case: Case) -> str:
    created_at = case.row.created_at if case.row else None
    return f" (created at {case.clock.at(created_at)})" if created_at else ""


def _review(case: Case) -> str:
    held = _held(case)
    if held.update_of_missing:
        return (
            f"It was changed at {case.when} ({case.witnesses}), the new database does not have it, "
            "and nothing is known of its creation: it may have been deleted on purpose since."
        )
    if not held.has_row:
        return (
            f"{_is_missing(case, held)}, but the row {case.found.matched_id}{_made_at(case)} may "
            f"be the same {case.thing}. {_why_not_certain(case)}"
        )
    if held.is_moved_by_guess:
        return (
            f"It was {case.did} at {case.when} ({case.witnesses}), and it is not certain "
            "that the row to compare it with is the right one, because what it belongs to may have "
            f"become something else: {case.parents()}."
        )
    return _touched_since(case, held)


def _why_not_certain(case: Case) -> str:
    if case.chosen and case.chosen.outcome != "review":
        return f"That is not certain: {outcome(case.chosen.outcome)[1]}."
    apart = case.parts(alike=False)
    if apart:
        return f"That is not certain: {both(apart)} differ{'s' * (len(apart) == 1)}."
    return "That is not certain: too little is known of it."


def _touched_since(case: Case, held: Held) -> str:
    touched = held.row_updated_at
    wrote = f"It was {_wrote(case)} at {case.when} ({case.witnesses})"
    if touched is None:
        return (
            f"{wrote}, {_differs(case, held)}, and the row bears no time: nobody can tell whether "
            "it has the change."
        )
    if held.net == "deleted":
        return (
            f"{wrote}, but its row is in the new database and was touched at "
            f"{case.clock.at(touched)}, after the new site went live: somebody may want it."
        )
    return (
        f"{wrote}, {_differs(case, held)}, and the row was touched again at "
        f"{case.clock.at(touched)}, {span(touched - case.judged_at)} later: it may have been "
        "changed on purpose since."
    )


def _wrote(case: Case) -> str:
    return "deleted" if _held(case).net == "deleted" else "changed"


def _unidentified(case: Case) -> str:
    return (
        f"A log line shows that some {case.thing} was {case.did} at {case.when}, but neither a "
        "client's event nor the new database says which."
    )


def _unconfirmed(case: Case) -> str:
    held = _held(case)
    state = "the new database still has it" if held.net == "deleted" else _not_there(held)
    return (
        f"Only a client's event says that it was {case.did} at {case.when}. The logs "
        f"cover that moment and show nothing of it, and {state}."
    )


def _not_there(held: Held) -> str:
    return "its row does not have the change" if held.has_row else "the new database has no such id"


def _cancelled(case: Case) -> str:
    if case.held and case.held.parent_is_gone and case.found.reason == "parent_gone":
        parents = case.parents()
        return (
            f"It was {case.did} at {case.when} ({case.witnesses}), but belongs to "
            "something that the customer deleted in the window"
            f"{f': {parents}' if parents else ''}. Nobody wants it back."
        )
    return (
        f"It was created in the window and deleted in it again, at {case.when} "
        f"({case.witnesses}): there is nothing to be missed."
    )


def _consistent(case: Case) -> str:
    held = _held(case)
    if held.is_explained:
        return (
            f"A log line shows that some {case.thing} was created at {case.when}; the row "
            f"{held.row_id or case.found.matched_id} of this customer was created within "
            f"{span(case.window.server_skew)} of it, and nothing else explains that row."
        )
    did = f"It was {case.did} at {case.when} ({case.witnesses})"
    if held.net == "deleted":
        return f"{did}, and the new database does not have it either."
    if not held.has_row or case.held is None:
        return f"{did}, and the new database agrees."
    return f"{did}, and {_agrees(case, held)}."


def _agrees(case: Case, held: Held) -> str:
    if held.is_equal:
        return "its row in the new database has all that is known of the change"
    touched = held.row_updated_at
    if held.net == "created" and not held.changes:
        return "its row is in the new database"
    if touched is None:
        return "its row is in the new database"
    later = touched - case.judged_at
    when = f"its row was touched at {case.clock.at(touched)}"
    if later <= case.tolerance:
        return f"{when}, within {span(case.tolerance)} of that: so it has the change"
    why = (
        "a later state replaces an earlier one whole"
        if case.kind.last_wins
        else "the write was made on the new site"
    )
    return f"{when}, {span(later)} later; {why}"


_BY_VERDICT: Final[dict[str, Callable[[Case], str]]] = {
    "lost": _lost,
    "stale": _stale,
    "resurrected": _resurrected,
    "restored": _restored,
    "review": _review,
    "unidentified": _unidentified,
    "unconfirmed": _unconfirmed,
    "cancelled": _cancelled,
    "consistent": _consistent,
}


def _beyond_the_window(case: Case) -> str:
    if case.found.reason == "before_snapshot":
        early = span(case.window.snapshot_at - case.judged_at)
        return f"That is {early} before the snapshot, which is therefore older than was said."
    if case.found.reason == "after_live":
        return "The write was made on the new site: it, or the proxy, is losing data."
    return ""


def _how_sure(case: Case) -> str:
    if case.found.verdict == "unconfirmed":
        return ""
    if case.is_told_by_events_only:
        silent = f" ({case.silent()})" if case.silences else ""
        if case.found.verdict in {"lost", "stale", "resurrected"} and silent:
            return (
                f"No log line shows it, but the logs do not cover that moment{silent}, so the "
                "event is taken at its word: probable, not confirmed."
            )
        return "No log line shows it: probable, not confirmed."
    if case.found.confidence == "probable":
        return (
            "Line and event were put together only because nothing else was left for either: "
            "probable, not confirmed."
        )
    return ""
