"""Paths with placeholders, matched segment by segment."""

from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Self

import polars as pl

from transforms.catalogue import PLACEHOLDER
from transforms.errors import CatalogueError


def segments(path: pl.Expr) -> pl.Expr:
    """Split a path at its slashes; one slash at its end makes no difference."""
    return path.str.strip_prefix("/").str.strip_suffix("/").str.split("/")


@dataclass(frozen=True)
class _Segment:
    """What stands between two slashes: a text, a placeholder, or both mixed (`{id}.json`)."""

    text: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(PLACEHOLDER.findall(self.text))

    @property
    def shape(self) -> str:
        """The text without the placeholders' names."""
        return PLACEHOLDER.sub("{}", self.text)

    @property
    def rank(self) -> tuple[int, int]:
        """How special it is; the smallest wins: text, mixed (more of it first), placeholder."""
        if not self.names:
            return (0, 0)
        return (2, 0) if self.shape == "{}" else (1, -len(self.shape))

    @property
    def regex(self) -> str:
        texts = self.shape.split("{}")
        return "(?s)^" + "(.+)".join(map(pl.escape_regex, texts)) + "$"

    def fits(self, segment: pl.Expr) -> pl.Expr:
        match self.rank[0]:
            case 0:
                return segment == self.text
            case 1:
                return segment.str.contains(self.regex)
            case _:
                return segment != ""

    def captured(self, name: str, segment: pl.Expr) -> pl.Expr:
        if self.shape == "{}":
            return segment
        return segment.str.extract(self.regex, self.names.index(name) + 1)


@dataclass(frozen=True)
class PathPattern:
    """A path of the catalogue. A placeholder stands for a part of one segment, never for nothing.

    Patterns need no regular expression over whole paths: a segment is compared once for all of
    them.
    """

    parts: tuple[_Segment, ...]

    @classmethod
    def of(cls, path: str) -> Self:
        """Take a path apart. Raises CatalogueError for a placeholder that it has twice."""
        names = PLACEHOLDER.findall(path)
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise CatalogueError(
                f"The path {path!r} has {{{twice[0]}}} twice; each placeholder has one place."
            )
        return cls(tuple(map(_Segment, path.removeprefix("/").removesuffix("/").split("/"))))

    @property
    def names(self) -> tuple[str, ...]:
        """The placeholders' names, from left to right."""
        return tuple(name for part in self.parts for name in part.names)

    @property
    def shape(self) -> tuple[str, ...]:
        """What it matches; patterns of one shape match the same paths."""
        return tuple(part.shape for part in self.parts)

    @property
    def ranks(self) -> tuple[tuple[int, int], ...]:
        """How special it is among patterns that fit the same path; the smallest wins."""
        return tuple(part.rank for part in self.parts)

    @property
    def longest_text(self) -> str:
        """The longest text without a placeholder that stands in every path that fits."""
        return max(
            PLACEHOLDER.split("/" + "/".join(part.text for part in self.parts))[::2], key=len
        )

    def fits(self, split_path: pl.Expr) -> pl.Expr:
        """Whether a path, split into its segments, fits (null for a null path)."""
        by_part = (
            part.fits(split_path.list.get(index, null_on_oob=True))
            for index, part in enumerate(self.parts)
        )
        return reduce(and_, by_part, split_path.list.len() == len(self.parts))

    def captured(self, name: str, split_path: pl.Expr) -> pl.Expr:
        """Return what stands in a fitting path for a placeholder."""
        index, part = next(
            (index, part) for index, part in enumerate(self.parts) if name in part.names
        )
        return part.captured(name, split_path.list.get(index, null_on_oob=True))
