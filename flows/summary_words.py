"""The end of a run in words, the important sentence first."""

from collections.abc import Sequence

from flows.summary import Summary
from transforms.printable import printable

_GAPS_SHOWN = 5
_FILES_SHOWN = 5
_SURE = ("lost", "stale", "resurrected")
_UNSURE = ("review", "unidentified", "unconfirmed")
_BEYOND = {
    "after_live": "after the new site went live: it, or the proxy, is losing data NOW",
    "before_snapshot": "before the snapshot: it is older than was said",
}


def lines(summary: Summary) -> list[str]:
    """The summary, line by line."""
    found, notices = summary.findings, summary.notices
    kinds = ", ".join(f"{found.get(verdict, 0)} {verdict}" for verdict in _SURE)
    checks = sum(found.get(verdict, 0) for verdict in _UNSURE)
    customers = (
        "1 customer has" if summary.customers == 1 else f"{summary.customers} customers have"
    )
    told = [f"{kinds}; {checks} to check. {customers} a notice to get."]
    told += [
        f"WARNING: {count} losses {_BEYOND[reason]}."
        for reason, count in summary.losses_beyond.items()
    ]
    told += [
        f"WARNING: no file of {name} is there yet; its whole window counts as a gap."
        for name in summary.sources_without_files
    ]
    told += [
        f"WARNING: {printable(file)} breaks off; what could be read of it has been used."
        for file in summary.broken_files
    ]
    if summary.gone_files:
        told.append(
            f"Gone, but what was read from it still counts: {_named(summary.gone_files)}. "
            "run --verify forgets it."
        )
    if summary.rewritten_files:
        told.append(
            "WARNING: rewritten, and what it held before is nowhere any more and no longer counts: "
            f"{_named(summary.rewritten_files)}."
        )
    told.append(_coverage(summary))
    told.append(
        f"{summary.lines.read:,} lines ({summary.lines.malformed:,} malformed), "
        f"{summary.lines.writes:,} writes; {summary.events.read:,} events "
        f"({summary.events.malformed:,} malformed); {summary.unattributed:,} writes of nobody."
    )
    told.append(
        f"Notices: {notices.new} new, {notices.supplement} supplements, "
        f"{notices.replaced} replaced, {notices.withdrawn} withdrawn, "
        f"{notices.unchanged} unchanged."
    )
    if summary.changes:
        told.append(
            "Since the last run: {new} findings new, {changed} with another verdict, "
            "{gone} gone.".format(**summary.changes)
        )
    told.append(f"Report: {summary.output / 'report.html'}")
    return told


def _named(files: Sequence[str]) -> str:
    shown = ", ".join(printable(file) for file in files[:_FILES_SHOWN])
    return shown + (f" and {len(files) - _FILES_SHOWN} more" if len(files) > _FILES_SHOWN else "")


def _coverage(summary: Summary) -> str:
    if summary.is_complete:
        return "The logs cover the whole window: this is final."
    shown = summary.gaps[:_GAPS_SHOWN]
    gaps = ", ".join(
        f"{source} {begin:%H:%M:%S} to {end:%H:%M:%S} UTC" for source, begin, end in shown
    )
    more = f" and {len(summary.gaps) - len(shown)} more" if len(summary.gaps) > len(shown) else ""
    return f"PRELIMINARY: logs are missing: {gaps}{more}. Run again when they are there."
