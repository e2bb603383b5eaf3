"""Which keys of an object store a glob means: the same that it would mean in a folder."""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

_MAGIC: Final = re.compile(r"[*?\[]")
_ANY_DEPTH: Final = "**"


def is_glob(pattern: str) -> bool:
    """Whether it may mean more than one file."""
    return _MAGIC.search(pattern) is not None


def literal_beginning(pattern: str) -> str:
    """What all names begin with that a glob means."""
    return _MAGIC.split(pattern, maxsplit=1)[0]


def fits(key: str, pattern: str) -> bool:
    """Whether a glob means this key.

    `*`, `?` and `[...]` stay within a slash, `**` means any folders or none; what begins with a
    dot is meant only where the glob has a dot there too.
    """
    parts = pattern.split("/")
    if parts[-1] == _ANY_DEPTH:
        parts.append("*")
    # All places in the pattern that may be reached with what was seen of the key.
    reached = {0}
    for name in key.split("/"):
        reached = {after for at in reached for after in _steps(name, parts, at)}
    return len(parts) in reached


def _steps(name: str, parts: Sequence[str], at: int) -> Iterator[int]:
    while at < len(parts) and parts[at] == _ANY_DEPTH:
        if not name.startswith("."):
            yield at
        at += 1
    if at < len(parts) and _means(name, parts[at]):
        yield at + 1


def _means(name: str, part: str) -> bool:
    if name.startswith(".") and not part.startswith("."):
        return False
    return fnmatchcase(name, part)
