"""What the environment says instead of the migration file: `CUTOVER_SECTION__KEY`.

`CUTOVER_DATABASE__URL` is `database.url`. An entry of a list is named by its number from 0 or by
its name: `CUTOVER_ACCESS_LOGS__0__GAP` and `CUTOVER_ACCESS_LOGS__PROXY_A__GAP` (of "proxy-a").
Lists and tables as a whole are given as JSON.
"""

import copy
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flows.mistakes import Key
from flows.settings.values import FromEnvironment, decoded
from flows.toml_files import nearest
from transforms.errors import ConfigurationError

PREFIX = "CUTOVER_"

# Tables whose keys are the user's own names, so that their spelling counts.
_OWN_NAMES = {"minimum_versions"}


@dataclass(frozen=True)
class Overridden:
    """A document with the environment laid over it, and which variable gave which key."""

    document: dict[str, Any]
    variables: dict[Key, str]


def lay_over(
    document: Mapping[str, Any], environment: Mapping[str, str], sections: Collection[str]
) -> Overridden:
    """Let the environment win over the document, key by key.

    Raises ConfigurationError naming the variable where it names no section or no entry of a list.
    """
    merged = copy.deepcopy(dict(document))
    variables: dict[Key, str] = {}
    for variable, text in sorted(environment.items()):
        if not variable.startswith(PREFIX):
            continue
        parts = variable.removeprefix(PREFIX).split("__")
        section = parts[0].lower()
        if section in sections:
            variables[_put(merged, parts, text, variable)] = variable
        elif len(parts) > 1:
            raise ConfigurationError(
                f"The environment variable {variable} names the section {section}, which a "
                f"migration file does not have; {nearest(section, sections)}"
            )
    return Overridden(merged, variables)


def _put(merged: dict[str, Any], parts: list[str], text: str, variable: str) -> Key:
    key: list[str | int] = []
    here: Any = merged
    for position, part in enumerate(parts):
        step = _step(here, part, key, variable)
        key.append(step)
        if position == len(parts) - 1:
            # A section as a whole is a table or a list, and other variables may reach into it.
            here[step] = FromEnvironment(text) if position else decoded(text)
        elif isinstance(here, list) or isinstance(here.get(step), dict | list):
            here = here[step]
        else:
            here[step] = here = {}
    return tuple(key)


def _step(
    here: dict[str, Any] | list[Any], part: str, key: list[str | int], variable: str
) -> str | int:
    if isinstance(here, list):
        return _entry(here, part, key, variable)
    for name in here:
        if name.lower() == part.lower():
            return str(name)
    return part if key and key[-1] in _OWN_NAMES else part.lower()


def _entry(entries: list[Any], part: str, key: list[str | int], variable: str) -> int:
    names = [
        _as_variable(str(each.get("name", ""))) if isinstance(each, dict) else ""
        for each in entries
    ]
    if part.isdecimal() and int(part) < len(entries):
        return int(part)
    if part.upper() in names:
        return names.index(part.upper())
    numbers = f"0 to {len(entries) - 1}" if entries else "none"
    raise ConfigurationError(
        f"The environment variable {variable} names the entry {part} of {key[-1]}, which the file "
        f"does not have; its entries are {numbers}, or by name {', '.join(names)}."
    )


def _as_variable(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", name).upper()
