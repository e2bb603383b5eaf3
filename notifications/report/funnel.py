"""The way from lines to notices, as bars: first of the lines, then, enlarged, of the writes."""

from dataclasses import dataclass
from typing import Final

from babel.numbers import format_percent

from notifications.language import Language
from notifications.report_data import ReportData

_LEAST: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One bar: `width` in percent of the first one of its part, `share` the same in words."""

    number: int
    what: str
    width: float
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Both parts, and what client events add between them."""

    lines: tuple[Step, ...]
    events: str
    writes: tuple[Step, ...]


def funnel(data: ReportData, language: Language) -> Funnel:
    """Take the steps from the sums that the run was held to."""
    say, lines = language.say, data.lines
    by_both = data.evidence.get_column("paired_by").drop_nulls().len()
    return Funnel(
        lines=_steps(
            (
                (lines.read, say("log lines read")),
                (lines.read - lines.malformed, say("could be parsed")),
                (lines.outside + lines.duplicate + lines.writes, say("are writes")),
                (lines.writes, say("in the window or its margin, each counted once")),
            ),
            language,
        ),
        events=say(
            "With {taken} of {read} client events; {both} writes show in both.",
            taken=language.number(data.events.taken),
            read=language.number(data.events.read),
            both=language.number(by_both),
        ),
        writes=_steps(
            (
                (data.evidence.height, say("writes of known customers")),
                (data.findings.height, say("findings")),
                (data.shown.asking, say("ask for something")),
                (len(data.worklist), say("customers get a notice")),
            ),
            language,
        ),
    )


def _steps(counts: tuple[tuple[int, str], ...], language: Language) -> tuple[Step, ...]:
    whole = counts[0][0]
    return tuple(
        Step(
            number=n,
            what=what,
            width=max(_LEAST, round(100 * n / whole, 2)) if n and whole else 0,
            share=percent(n, whole, language),
        )
        for n, what in counts
    )


def percent(n: int, whole: int, language: Language) -> str:
    """Write a share to a tenth of a percent; what is not all never reads as all, nor as none."""
    if not whole:
        return ""
    tenths = round(1000 * n / whole)
    if n and not tenths:
        return f"< {_percent(0.001, language)}"
    if tenths == 1000 and n < whole:  # noqa: PLR2004 - all of it
        return f"> {_percent(0.999, language)}"
    return _percent(tenths / 1000, language)


def _percent(share: float, language: Language) -> str:
    return format_percent(share, locale=language.locale, decimal_quantization=False)
