"""A run's end as its operator sees it in Prefect: Markdown and tables, ids and counts, no names."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Final, TypeAlias

import polars as pl

from flows.ledger.notices import LedgerNotice
from flows.outcome import Published, Run
from flows.sending.mailing import Mailing
from flows.sending.proposal import Proposal
from flows.summary import Summary
from flows.summary_words import lines
from notifications.report_data import WorklistEntry
from transforms.printable import printable

Table: TypeAlias = list[dict[str, str | int]]

# A table of more rows makes the page slow; the worklist has them all.
CUSTOMERS_SHOWN: Final = 500
_SLOTS: Final = 48
_SEEN, _SILENT = "█", "·"
_UNSURE: Final = ("review", "unidentified", "unconfirmed")


def headline(summary: Summary) -> str:
    """The sentence that matters most."""
    return lines(summary)[0]


def summary_page(summary: Summary, *, is_dry: bool) -> str:
    """The summary as Markdown, that sentence first."""
    first, *others, report = lines(summary)
    title = "Dry run: no notice was written" if is_dry else _TITLES[summary.result]
    points = "\n".join(f"- {_plain(line)}" for line in others)
    folder = f"`{summary.output}`"
    return (
        f"**{_plain(first)}**\n\n### {title}\n\n{points}\n- {_plain(report)}\n\nFolder: {folder}\n"
    )


_TITLES: Final = {
    "Final": "Final: the logs cover the whole window",
    "Preliminary": "Preliminary: logs are missing, run again when they are there",
}


def nothing_new_page(summary: Summary) -> str:
    """What is said where no file and no row has changed."""
    return (
        "**Nothing new**: no file and nothing in the new database has changed since the last run. "
        f"Findings, notices and report stand as they are.\n\n- {_plain(lines(summary)[0])}\n"
    )


def sums_table(published: Published) -> Table:
    """Each total, and what it is made of."""
    return [
        {
            "total": one.what,
            "count": one.total,
            "is": " + ".join(f"{count} {part}" for part, count in one.parts.items()),
        }
        for one in published.balance.sums
    ]


def coverage_page(run: Run) -> str:
    """Each source's window as a line of blocks, and its gaps in words."""
    window = run.settings.window
    begin, end = window.snapshot_at, window.live_at
    names = [entry.name for entry in run.settings.access_logs]
    width = max(map(len, names), default=0)
    drawn = "\n".join(
        f"{printable(name):{width}} {_picture(run.logs.seen, name, begin, end)}" for name in names
    )
    each = _minutes((end - begin) / _SLOTS)
    return (
        f"Lines in the logs from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC; a block is "
        f"{each}, `{_SEEN}` with lines and `{_SILENT}` without.\n\n```\n{drawn}\n```\n\n"
        + "\n".join(_gaps(run))
        + "\n"
    )


def customers_table(worklist: Sequence[WorklistEntry]) -> Table:
    """Who has a notice, those with the most losses first."""
    most_first = sorted(worklist, key=lambda entry: (-entry.open, entry.customer_id))
    return [
        {
            "customer": printable(entry.customer_id),
            "lost": entry.verdicts.get("lost", 0),
            "stale": entry.verdicts.get("stale", 0),
            "resurrected": entry.verdicts.get("resurrected", 0),
            "to check": sum(entry.verdicts.get(verdict, 0) for verdict in _UNSURE),
            "done": f"{entry.done} of {entry.asked}",
            "notice": f"revision {entry.revision}",
            "state": entry.state,
        }
        for entry in most_first[:CUSTOMERS_SHOWN]
    ]


def proposal_table(proposal: Proposal) -> Table:
    """Who would be written to, and who is left out and why."""
    drafts = {notice.customer_id for notice in proposal.drafts}
    ready: Table = [
        _notice(one) | {"is": "a draft" if one.customer_id in drafts else "approved", "why not": ""}
        for one in proposal.ready
    ]
    left_out: Table = [
        _notice(one.notice) | {"is": "left out", "why not": one.reason.value}
        for one in proposal.left_out
    ]
    return (ready + left_out)[:CUSTOMERS_SHOWN]


def sending_table(mailing: Mailing) -> Table:
    """What became of each notice that was shown; a server's words may hold an address."""
    return [
        _notice(one) | {"became": fate.value if (fate := mailing.fate(one)) else "not sent"}
        for one in mailing.proposal.ready
    ][:CUSTOMERS_SHOWN]


def _notice(notice: LedgerNotice) -> dict[str, str | int]:
    kind = "supplement" if notice.is_supplement else "new"
    return {
        "customer": printable(notice.customer_id),
        "notice": f"revision {notice.revision}",
        "kind": kind,
    }


def _picture(seen: pl.DataFrame, source: str, begin: datetime, end: datetime) -> str:
    slot = (
        (pl.col("second_at") - begin).dt.total_seconds() * _SLOTS // ((end - begin).total_seconds())
    )
    inside = seen.filter(
        pl.col("source") == source, pl.col("second_at") >= begin, pl.col("second_at") < end
    )
    filled = set(inside.select(slot.cast(pl.Int64)).to_series().to_list())
    return "".join(_SEEN if number in filled else _SILENT for number in range(_SLOTS))


def _gaps(run: Run) -> Iterator[str]:
    rows = list(run.silences.iter_rows())
    if not rows:
        yield "No gap: every source was seen for the whole window."
    for source, begin, end, accepted in rows:
        known = " (accepted)" if accepted else ""
        span = f"{begin:%H:%M:%S} to {end:%H:%M:%S} UTC, {_minutes(end - begin)}"
        yield f"- {_plain(source)}: {span}{known}"


def _minutes(length: timedelta) -> str:
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    return " ".join(chain([f"{minutes} min"] * bool(minutes), [f"{seconds} s"] * bool(seconds)))


def _plain(text: str) -> str:
    """Markdown that shows a text as it is: names of files and sources are not ours."""
    return "".join(f"\\{sign}" if sign in _MARKS else sign for sign in printable(text, _LONGEST))


_MARKS: Final = frozenset("\\`*_{}[]<>#|~")
_LONGEST: Final = 2_000
