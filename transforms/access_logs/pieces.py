"""A format as pieces, and the pieces as regular expressions.

The expressions are in Rust's syntax and take time linear in the line.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What stands in every line: the same text, or a value.

    `spelled` is how the format's own language writes it. A value has a `name` and may stand
    between `before` and `after`, which are patterns. `usual` is the first of the printable ASCII
    characters that its usual values consist of; without it, nothing is known of them. Where a
    `is_typed` value ends does not depend on what comes after it.
    """

    spelled: str
    pattern: str
    name: str | None = None
    before: str = ""
    after: str = ""
    usual: str | None = None
    is_typed: bool = False

    def matching(self, *, captured: bool = False) -> str:
        """Return its pattern; `captured`, its value becomes a group of its name."""
        value = f"(?P<{self.name}>{self.pattern})" if captured else self.pattern
        return f"{self.before}{value}{self.after}"

    def matching_without(self, mark: str) -> str | None:
        """Return a pattern for its usual values, as far as they don't hold the mark.

        All that it matches, its own pattern matches too. None where there is no such pattern.
        """
        if self.name is None:
            return self.pattern
        if self.usual is None:
            return None
        return rf'[[{self.usual}-~]--["\\{pl.escape_regex(mark)}]]*?'


def text_piece(text: str) -> Piece:
    """A piece that is the same in every line."""
    return Piece(spelled=text, pattern=pl.escape_regex(text))


def line_pattern(pieces: Sequence[Piece], captured: Collection[str] = ()) -> str:
    """Return the pattern of a line that begins with these pieces.

    The values in `captured` become groups of their names, at the first place of each.
    """
    parts = ["^"]
    missing = set(captured)
    for piece in pieces:
        parts.append(piece.matching(captured=piece.name in missing))
        missing.discard(piece.name or "")
    return "".join(parts)


def plain_pattern(pieces: Sequence[Piece], captured: Collection[str]) -> str | None:
    """Return a pattern that captures what `line_pattern` does, of fewer lines but sooner.

    In these lines each value ends at the first occurrence of the character that comes behind it in
    the format, so that an engine need never look back, which takes a third of the
    time. None where a format does not say that.
    """
    parts = ["^"]
    missing = set(captured)
    for piece, after in zip(pieces, [*pieces[1:], text_piece("\n")], strict=True):
        if piece.name is None or piece.is_typed:
            parts.append(piece.matching(captured=piece.name in missing))
        elif piece.before or piece.usual is None or after.name is not None:
            return None
        else:
            value = piece.matching_without(after.spelled[0])
            parts.append(f"(?P<{piece.name}>{value})" if piece.name in missing else f"{value}")
        missing.discard(piece.name or "")
    return "".join(parts)


@dataclass(frozen=True)
class ByPosition:
    """A quick way to a value of nearly all lines: where `fits` matches, `value` is the value.

    Capturing takes ten times as long as matching.
    """

    fits: str
    value: pl.Expr


def by_position(pieces: Sequence[Piece], name: str, width: int) -> ByPosition | None:
    """Find out at which position a value of `width` ASCII characters stands, over `text`.

    That is a fixed one, or behind the first occurrence of a character, if no value in front of it
    holds that character. Lines with a value that does are left to the full pattern. None where no
    position is certain.
    """
    index = next(index for index, piece in enumerate(pieces) if piece.name == name)
    before, text = pieces[:index], pl.col("text")
    if not any(piece.name for piece in before):
        start = sum(len(piece.spelled) for piece in before)
        return ByPosition(line_pattern(pieces), text.str.slice(start, width))
    mark = before[-1].spelled[-1]
    fixed = "".join(piece.spelled for piece in before if piece.name is None)
    is_certain = before[-1].name is None and fixed.count(mark) == 1 and fixed.isascii()
    narrowed = [piece.matching_without(mark) for piece in before]
    if not is_certain or None in narrowed:
        return None
    rest = line_pattern(pieces[index:]).removeprefix("^")
    return ByPosition(
        fits="^" + "".join(filter(None, narrowed)) + rest,
        value=text.str.slice(text.str.find(mark, literal=True) + 1, width),
    )
