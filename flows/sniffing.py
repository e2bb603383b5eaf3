"""A log that nobody has described yet: its format guessed, and an entry ready to be pasted."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from flows.sources.files import first_lines
from flows.sources.found import LocalFile
from transforms.access_logs.formats import Writing
from transforms.access_logs.sniffing import Guess, sniff
from transforms.errors import SourceError

_TRIED_LINES: Final = 200
_SAMPLES: Final = 3


def sniffed(path: Path) -> Iterator[str]:
    """Yield the lines of an `[[access_logs]]` entry for a file; what is no key is a comment.

    Raises SourceError where the file can't be read, or no format fits it.
    """
    lines = first_lines([LocalFile.at(path)], _TRIED_LINES)
    guess = sniff(lines)
    if guess is None:
        raise SourceError(
            f"{path}: none of the formats that are known fits nine of ten of its first "
            f"{lines.height} lines. Paste the proxy's own log_format into an [[access_logs]] entry "
            "(nginx, apache), or name the places of the values in fields (json)."
        )
    yield f"# {guess.parsed.requests.height} of the first {lines.height} lines are requests:"
    for request in guess.parsed.requests.head(_SAMPLES).iter_rows(named=True):
        yield f"#     {in_short(request)}"
    yield from _entry(path, guess)


def _entry(path: Path, guess: Guess) -> Iterator[str]:
    writing = guess.writing
    yield "[[access_logs]]"
    yield f"name = {_quoted(re.sub(r'[^A-Za-z0-9_-]+', '-', path.name.split('.')[0]) or 'proxy')}"
    yield "# Relative to the migration file; a glob takes in the rotated ones."
    yield f"paths = [{_quoted(str(path))}]"
    yield f"format = {_quoted(writing.format)}"
    if guess.advice:
        yield f"# {guess.advice}"
    yield from _keys(writing)


def _keys(writing: Writing) -> Iterator[str]:
    if writing.log_format is not None:
        yield f"log_format = '{writing.log_format}'"
    if writing.fields:
        places = ", ".join(f"{column} = {_quoted(at)}" for column, at in writing.fields.items())
        yield f"fields = {{ {places} }}"
    if writing.timezone:
        yield f"timezone = {_quoted(writing.timezone)}"


def _quoted(text: str) -> str:
    """A string of TOML; those of JSON are strings there too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def in_short(request: dict[str, object]) -> str:
    """One request in a line that says what was understood of it, and holds no query."""
    return (
        f"{request['at']:%Y-%m-%dT%H:%M:%S}Z {request['method'] or '-'} {request['path'] or '-'} "
        f"{request['status']}"
    )
