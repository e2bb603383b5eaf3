"""The id of a created thing, out of the response's Location header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from typing import Final

import polars as pl

from transforms.access_logs.request_parts import percent_decode, url_path
from transforms.path_patterns import PathPattern, segments

_NOTHING: Final = pl.lit(None, pl.String)


@dataclass(frozen=True)
class FromLocation:
    """What a Location header names: its `path`, split, and out of that the columns of `ids`."""

    path: pl.Expr
    ids: tuple[pl.Expr, ...]


def from_location(
    patterns: Mapping[str, Sequence[PathPattern]], *, is_open: pl.Expr
) -> FromLocation:
    """Say how `entity_id`, and `customer_id` where it is null, are found for which `is_open`.

    `patterns` are each kind's own paths, the most specific ones first. Where one of them fits, the
    location names what it names (a collection: nothing); where none does, its last segment is the
    id.
    """
    location = pl.when(is_open).then(pl.col("location"))
    path = pl.struct("path", location.alias("location")).map_batches(
        _paths, return_dtype=pl.String(), is_elementwise=True
    )
    located = pl.col("located")
    last = located.list.eval(pl.element().filter(pl.element() != "")).list.last()
    entity_id = pl.when(located.is_not_null()).then(_named(patterns, "entity_id", otherwise=last))
    customer_id = pl.coalesce("customer_id", _named(patterns, "customer_id"))
    return FromLocation(
        path=segments(path),
        ids=(entity_id.otherwise("entity_id").alias("entity_id"), customer_id),
    )


def with_ids_from_location(writes: pl.LazyFrame, found: FromLocation) -> pl.LazyFrame:
    """Fill in the ids that a location names; `writes` has `kind`, `path` and `location` too."""
    return writes.with_columns(located=found.path).with_columns(*found.ids)


def _named(
    patterns: Mapping[str, Sequence[PathPattern]],
    name: str,
    otherwise: pl.Expr = _NOTHING,
) -> pl.Expr:
    """Return what the location names by the first of its kind's patterns that fits."""
    located = pl.col("located")
    named = otherwise
    for kind, of_kind in patterns.items():
        for pattern in reversed(of_kind):
            fits = (pl.col("kind") == kind) & pattern.fits(located)
            value = pattern.captured(name, located) if name in pattern.names else pl.lit(None)
            named = pl.when(fits).then(value).otherwise(named)
    return named


def _paths(path_and_location: pl.Series) -> pl.Series:
    return pl.Series(
        [
            None if row["location"] is None else location_path(row["location"], of=row["path"])
            for row in path_and_location
        ],
        dtype=pl.String(),
    )


def location_path(location: str, *, of: str) -> str | None:
    """Return the decoded path of a Location header in the response to a request for path `of`.

    None where it has no path (`https://example.org`, `?x=1`). A relative one starts from where the
    request's path ends (RFC 3986 5.2).
    """
    path = percent_decode(url_path(location))
    if not path or path.startswith("/"):
        return path or None
    return normpath(join(dirname(of), path))
