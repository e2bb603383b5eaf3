"""What a write says of its entity's fields: lists of `schemas.FIELD` and their JSON."""

from collections.abc import Sequence
from typing import TypedDict

import orjson
import polars as pl

_AT_ONCE = 10_000


class Known(TypedDict):
    """One element of such a list."""

    name: str
    value: str | None
    from_path: bool


def field_value(column: str, name: str) -> pl.Expr:
    """The last value that a list of `schemas.FIELD` gives the field, or null."""
    named = pl.element().filter(pl.element().struct.field("name") == name)
    return pl.col(column).list.eval(named.struct.field("value")).list.last()


def as_json(column: str) -> pl.Expr:
    """A list of `schemas.FIELD` as a JSON object, its keys in alphabetical order; null if empty."""

    def encode(known: Sequence[Known] | None) -> str | None:
        if not known:
            return None
        values = {field["name"]: field["value"] for field in known}
        return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()

    def encode_all(lists: pl.Series) -> pl.Series:
        # As Python objects the lists take many times the memory, so only some at once.
        parts = (lists.slice(start, _AT_ONCE) for start in range(0, len(lists), _AT_ONCE))
        texts = [encode(known) for part in parts for known in part.to_list()]
        return pl.Series(texts, dtype=pl.String())

    return pl.col(column).map_batches(encode_all, return_dtype=pl.String())
