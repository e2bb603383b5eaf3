"""Reading a TOML file that a person wrote."""

import difflib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from transforms.errors import ConfigurationError
from transforms.printable import printable

_LISTED = 20


def read_toml(path: Path, what: str, error: type[ConfigurationError]) -> dict[str, Any]:
    """The content of a TOML file; `error` is raised with one paragraph if there is none."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise error(f"{path}: {what} can't be read: {problem.strerror}.") from None
    except UnicodeDecodeError as problem:
        raise error(
            f"{path}: {what} is not in UTF-8 (at byte {problem.start + 1}); save it as UTF-8."
        ) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        said = str(problem).replace("end of document", f"the end, line {len(text.splitlines())}")
        raise error(f"{path}: {what} is no valid TOML: {printable(said)}.") from None


def nearest(name: str, known: Iterable[str]) -> str:
    """What would be right instead of a name that is unknown, as half a sentence."""
    names = sorted(known)
    if alike := [each for each in names if each.casefold() == name.casefold()]:
        return f"did you mean {alike[0]}?"
    if close := difflib.get_close_matches(name, names, n=1):
        return f"did you mean {close[0]}?"
    if len(names) > _LISTED:
        names = [*names[:_LISTED], "…"]
    return f"known are {', '.join(names)}" if names else "there are none to choose from"
