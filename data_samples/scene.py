"""What a case is built with: it plants rows and witnesses, and says what must be found out."""

from data_samples.model import Customer, Line, Opinion, Planted, Settings, Thing, Truth
from data_samples.proxies import logged_at
from data_samples.schema import Kind
from data_samples.witnesses import Key, Witnesses, key_of
from data_samples.world import World

# "as after everything", to tell it from "nothing yet".
SAME = Opinion("same", "same")


class Scene(Witnesses):
    """Collects what one case plants. One idea per case; the case says it in its docstring."""

    def __init__(
        self,
        world: World,
        settings: Settings,
        customer: Customer,
        neighbour: Customer,
        kind: Kind,
    ) -> None:
        super().__init__(world, settings, customer, neighbour, kind)
        self._truths: list[Truth] = []

    def planted(self, case: str) -> Planted:
        """Give what was collected."""
        return Planted(
            case,
            self.customer.id,
            self.kind.name,
            tuple(self._rows),
            tuple(self._lines),
            tuple(self._raw_lines),
            tuple(self._events),
            tuple(self._raw_events),
            tuple(self._truths),
            self._tally,
        )

    def expect(
        self,
        thing: Thing,
        verdict: str,
        *,
        reason: str | None = None,
        confidence: str | None = None,
        first: Opinion | None = SAME,
        matched: str | None = None,
        also_verdicts: tuple[str, ...] = (),
        also_reasons: tuple[str, ...] = (),
    ) -> None:
        """Say what must be found out about a thing."""
        key = key_of(thing)
        lines = self._line_times.get(key, [])
        sure = "confirmed" if lines else "probable"
        final = Opinion(verdict, confidence or sure, reason)
        self._truths.append(
            Truth(
                customer=thing.customer,
                kind=thing.kind.name,
                entity=thing.id,
                at=min(lines or self._event_times[key]),
                final=final,
                first=final if first is SAME else first,
                matched=matched,
                fields=self._merged(key),
                also_verdicts=also_verdicts,
                also_reasons=also_reasons,
            )
        )

    def expect_row(self, thing: Thing, line: Line) -> None:
        """Say that a thing whose id another one had before is as its line and its row say."""
        at = logged_at(line.proxy, line.at)
        final = Opinion("consistent", "confirmed")
        self._truths.append(
            Truth(thing.customer, thing.kind.name, thing.id, at, final=final, first=final)
        )

    def expect_line(
        self,
        line: Line,
        *,
        final: Opinion | None,
        first: Opinion | None = SAME,
        also_reasons: tuple[str, ...] = (),
    ) -> None:
        """Say what must be found out about a line that names no entity."""
        self._truths.append(
            Truth(
                customer=self.customer.id,
                kind=self.kind.name,
                entity=None,
                at=logged_at(line.proxy, line.at),
                final=final,
                first=final if first is SAME else first,
                also_reasons=also_reasons,
            )
        )

    def _merged(self, key: Key) -> dict[str, str]:
        merged: dict[str, str] = {}
        for _, values in sorted(self._known.get(key, []), key=lambda known: known[0]):
            merged.update(values)
        return merged
