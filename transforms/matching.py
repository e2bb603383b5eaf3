"""From lines and events to witnessed writes: paired, attributed, each at its best known time.

The new database is asked in between (whose are these ids and devices?), so this is two steps: what
the request ids say, and what follows with the database's answer.
"""

from dataclasses import dataclass

import polars as pl

from transforms.attribution import attribute, mark_reissued, with_borrowed_ids
from transforms.catalogue import Catalogue
from transforms.clocks import correct_clocks, number_events
from transforms.pairing import pair_by_request_id, pair_the_rest
from transforms.window import Window
from transforms.writes import Writes, each_request_once

# What both witnesses may know; the line is asked first, but for the entity and its fields.
SHARED = ("customer_id", "entity_id", "device_id", "request_id")
# By what a customer is found.
SAID = ("customer_id", "kind", "entity_id", "device_id", "at", "has_line")


@dataclass(frozen=True, kw_only=True)
class Matching:
    """Lines and events after rule 1, before the database was asked.

    `lines` and `events` have `customer_id`, `entity_id`, `device_id` as far as the witness or its
    partner of one request id names them, `at` and `has_line` (a line knows the time); `pairs` is
    `line_id`, `event_key`, `paired_by`. `told` (`SAID`) are the events that name a customer
    themselves; `outside` counts those outside of the window and its margin, which tell nothing.
    """

    lines: pl.DataFrame
    events: pl.DataFrame
    pairs: pl.DataFrame
    told: pl.DataFrame
    outside: int

    def entity_ids(self, kind: str) -> pl.Series:
        """Every id of the kind that some evidence names, sorted."""
        return self._distinct("entity_id", pl.col("kind") == kind)

    def device_ids(self) -> pl.Series:
        """Every device that some evidence names, sorted."""
        return self._distinct("device_id", pl.lit(value=True))

    def _distinct(self, name: str, of: pl.Expr) -> pl.Series:
        named = [frame.filter(of).get_column(name) for frame in (self.lines, self.events)]
        return pl.concat(named).drop_nulls().unique().sort()


def match_by_request_id(writes: Writes, events: pl.LazyFrame, window: Window) -> Matching:
    """Rule 1 and the devices' clocks. `events` has the columns of `schemas.EVENTS`.

    Writes outside of the window take part: an event of one of them is outside as well, whatever
    its clock says.
    """
    all_lines = pl.concat([writes.inside, each_request_once(writes.outside)])
    numbered = number_events(events)
    pairs = pair_by_request_id(all_lines, numbered)
    timed = correct_clocks(numbered, all_lines, pairs, window)
    taken = timed.filter(~pl.col("is_outside")).drop("is_outside")
    lines = writes.inside.with_columns(has_line=pl.lit(value=True))
    inside = pairs.join(lines, on="line_id", how="semi")
    by_line = inside.join(lines, on="line_id").select("event_key", *SHARED)
    by_event = inside.join(taken, on="event_key").select("line_id", *SHARED)
    return Matching(
        lines=_learn(lines, by_event, "line_id"),
        events=_learn(taken, by_line, "event_key"),
        pairs=inside,
        told=taken.select(SAID).filter(pl.col("customer_id").is_not_null()),
        outside=timed.height - taken.height,
    )


def _learn(witnesses: pl.DataFrame, partners: pl.DataFrame, key: str) -> pl.DataFrame:
    """Fill what a witness does not know from its partner of one request id."""
    known = witnesses.select(key, *SHARED)
    told = known.join(partners, on=key, how="left", suffix="_told", maintain_order="left")
    # Only the columns that change are made anew: frames of all witnesses are large.
    return witnesses.with_columns(
        told.select(pl.coalesce(name, f"{name}_told").alias(name) for name in SHARED).get_columns()
    )


def match_with_database(
    matching: Matching,
    rows: pl.DataFrame,
    devices: pl.DataFrame,
    window: Window,
    catalogue: Catalogue,
) -> pl.DataFrame:
    """Attribute, apply rules 2 to 4, and unite each pair into one witnessed write.

    `rows` (of `attribution.known_rows`) are those whose id some evidence names, `devices`
    (`device_id`, `customer_id`) what the database says of the evidence's devices. The result has
    one row for each witnessed write: `witness_id`, the columns of `schemas.EVIDENCE` but
    `finding_id`, `fields` as `schemas.FIELDS`, and `has_line`, `made_on_new`, `is_reissued`,
    `reissued_at`. `customer_id` is null where nobody knows it.
    """
    rows = with_borrowed_ids(rows, catalogue)
    both = pl.concat(
        [matching.lines.select("line_id", *SAID), matching.events.select("event_key", *SAID)],
        how="diagonal",
    )
    told = mark_reissued(matching.told, rows, window)
    attributed = attribute(mark_reissued(both, rows, window), told, rows, devices, catalogue)
    known = ("customer_id", "is_of_former")
    lines = _with_known(matching.lines, attributed, "line_id", known)
    events = _with_known(matching.events, attributed, "event_key", known)
    rest = pair_the_rest(
        lines.join(matching.pairs, on="line_id", how="anti"),
        events.join(matching.pairs, on="event_key", how="anti"),
        window,
        catalogue,
    )
    united = _unite(lines, events, pl.concat([matching.pairs, rest])).with_columns(
        made_on_new=pl.coalesce("made_on_new", window.surely_live(pl.col("at")))
    )
    order = ("at", "source", "file", "line", "event_at", "event_source", "event_id")
    marked = mark_reissued(united, rows, window).drop("is_of_former")
    return marked.sort(order).with_row_index("witness_id")


def _with_known(
    witnesses: pl.DataFrame, attributed: pl.DataFrame, key: str, names: tuple[str, ...]
) -> pl.DataFrame:
    known = attributed.drop_nulls(key).select(key, *names)
    found = witnesses.select(key).join(known, on=key, how="left", maintain_order="left")
    return witnesses.with_columns(found.drop(key).get_columns())


def _unite(lines: pl.DataFrame, events: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """From a pair, the line gives time, status and address, the event gives id and fields."""
    of_lines = lines.lazy().select(
        "line_id",
        *(pl.col(name).alias(f"{name}_l") for name in (*SHARED, "kind", "action", "fields")),
        "at",
        "source",
        "file",
        "line",
        "client_ip",
        "user_agent",
        "made_on_new",
        line_at="at",
    )
    of_events = events.lazy().select(
        "event_key",
        *(pl.col(name).alias(f"{name}_e") for name in (*SHARED, "kind", "action", "fields")),
        "event_at",
        "clock_offset_s",
        "event_source",
        "event_id",
        pl.col("at").alias("at_e"),
        event_file="file",
        event_line="line",
    )
    paired = of_lines.join(pairs.lazy(), on="line_id", how="left")
    joined = paired.join(of_events, on="event_key", how="full", coalesce=True)
    united = joined.select(
        pl.coalesce("entity_id_e", "entity_id_l").alias("entity_id"),
        *(
            pl.coalesce(f"{name}_l", f"{name}_e").alias(name)
            for name in ("customer_id", "device_id", "request_id", "kind", "action")
        ),
        pl.coalesce("at", "at_e").alias("at"),
        "line_at",
        "event_at",
        "clock_offset_s",
        "paired_by",
        "source",
        "file",
        "line",
        "event_file",
        "event_line",
        "event_source",
        "event_id",
        "client_ip",
        "user_agent",
        "made_on_new",
        # What the event says of a field stands after, and so over, what the path says.
        fields=pl.concat_list(pl.col(f"fields_{witness}").fill_null([]) for witness in ("l", "e")),
        has_line=pl.col("line_at").is_not_null(),
    )
    return united.collect()
