"""The cutoff window: between the snapshot and going live, with how far each clock may be off."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from transforms.schemas import TIME


def moment(at: datetime) -> pl.Expr:
    """A point in time as an expression, in the frames' own type."""
    return pl.lit(at).cast(TIME)


@dataclass(frozen=True, kw_only=True)
class Window:
    """`snapshot_at` to `live_at` (UTC): what was written in it is lost, unless shown otherwise.

    `margin` is read beyond both ends. `clock_skew` is how far a client's clock may be off when
    nothing better is known, `server_skew` how far the proxies' and the database's may be apart.
    """

    snapshot_at: datetime
    live_at: datetime
    live_at_uncertainty: timedelta = timedelta(0)
    margin: timedelta = timedelta(minutes=30)
    clock_skew: timedelta = timedelta(minutes=5)
    server_skew: timedelta = timedelta(seconds=10)

    @property
    def read_from(self) -> datetime:
        """Nothing before this is looked at."""
        return self.snapshot_at - self.margin

    @property
    def read_to(self) -> datetime:
        """Nothing after this is looked at."""
        return self.live_at + self.margin

    def reaches(self, at: pl.Expr, *, give: timedelta = timedelta(0)) -> pl.Expr:
        """Whether `at` is in the window or its margin, give or take."""
        return at.is_between(moment(self.read_from - give), moment(self.read_to + give))

    def contains(self, at: pl.Expr) -> pl.Expr:
        """Whether `at` is in the window itself."""
        return at.is_between(moment(self.snapshot_at), moment(self.live_at))

    def surely_before_live(self, at: pl.Expr) -> pl.Expr:
        """Whether `at` is before going live, even if that was as early as it may have been."""
        return at < moment(self.live_at - self.live_at_uncertainty)

    def surely_live(self, at: pl.Expr) -> pl.Expr:
        """Whether the new site answered at `at`, even if it went live as late as it may have."""
        return at >= moment(self.live_at + self.live_at_uncertainty)

    def tolerance(self, has_line: pl.Expr) -> pl.Expr:
        """How far a write's time may be from the database's: an event alone knows less."""
        return pl.when(has_line).then(pl.lit(self.server_skew)).otherwise(pl.lit(self.clock_skew))
