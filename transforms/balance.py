"""Sums that agree: every input row has exactly one outcome, or the run fails."""

from dataclasses import dataclass

from transforms.errors import BalanceError


@dataclass(frozen=True, kw_only=True)
class Sum:
    """One equation: `total` of something is all of its `parts`."""

    what: str
    total: int
    parts: dict[str, int]

    @property
    def agrees(self) -> bool:
        """Whether nothing was lost or doubled."""
        return self.total == sum(self.parts.values())


@dataclass(frozen=True, kw_only=True)
class Balance:
    """All equations of a run, from lines to rows in notices."""

    sums: tuple[Sum, ...]

    def check(self) -> None:
        """Raise `BalanceError` with both numbers of the first equation that does not hold."""
        for one in self.sums:
            if not one.agrees:
                parts = " + ".join(f"{count} {part}" for part, count in one.parts.items())
                raise BalanceError(
                    f"The sums do not agree: {one.total} {one.what}, but "
                    f"{sum(one.parts.values())} accounted for ({parts}). A row was lost or "
                    "doubled on the way; nothing was written. Please report this."
                )


@dataclass(frozen=True, kw_only=True)
class LineCounts:
    """Lines of all access logs by their outcome."""

    read: int
    malformed: int
    no_write: int
    outside: int
    duplicate: int
    writes: int


@dataclass(frozen=True, kw_only=True)
class EventCounts:
    """Events of all sources by their outcome."""

    read: int
    malformed: int
    unknown_type: int
    outside: int
    duplicate: int
    taken: int


@dataclass(frozen=True, kw_only=True)
class WitnessCounts:
    """Writes and events taken, each counted once, by what became of them."""

    paired: int
    alone: int
    unattributed: int
    in_findings: int


@dataclass(frozen=True, kw_only=True)
class NoticeRowCounts:
    """Findings that ask for something, by where customers see them."""

    asking: int
    rows: int
    retries: int
    acknowledgements: int


def balance(
    lines: LineCounts, events: EventCounts, witnesses: WitnessCounts, notices: NoticeRowCounts
) -> Balance:
    """The equations that a run must fulfil."""
    return Balance(
        sums=(
            Sum(what="lines read", total=lines.read, parts=_parts(lines, "read")),
            Sum(what="events read", total=events.read, parts=_parts(events, "read")),
            Sum(
                what="writes and events taken",
                total=lines.writes + events.taken,
                parts=_parts(witnesses, "in_findings"),
            ),
            Sum(
                what="attributed writes and events",
                total=witnesses.paired + witnesses.alone,
                parts={"in findings": witnesses.in_findings},
            ),
            Sum(
                what="findings that ask for something",
                total=notices.asking,
                parts=_parts(notices, "asking"),
            ),
        )
    )


def _parts(counts: object, *without: str) -> dict[str, int]:
    return {
        name.replace("_", " "): count for name, count in vars(counts).items() if name not in without
    }
