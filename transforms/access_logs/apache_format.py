r"""Apache's `LogFormat`, taken apart.

See mod_log_config (Custom Log Formats, Modifiers), and for quoting "Configuration Files".
"""

import re
from dataclasses import dataclass
from typing import Final

from transforms.errors import ConfigurationError

COMBINED = r'%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'
# As mod_log_config's examples and the usual configuration files define them.
_NICKNAMES: Final = {
    "common": '%h %l %u %t "%r" %>s %b',
    "combined": COMBINED,
    "combinedio": COMBINED + " %I %O",
    "vhost_common": '%v %h %l %u %t "%r" %>s %b',
    "vhost_combined": '%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"',
}

_CONTINUED = re.compile(r"\\\r?\n[ \t]*")
_DIRECTIVE = re.compile(r"LogFormat\s+", re.IGNORECASE)
_QUOTED = re.compile(r"""(["'])((?:\\.|(?!\1).)*)\1(?:\s+[^\s%"']+)?""", re.DOTALL)
_ITEM = re.compile(r"%((?:[!<>,0-9]|\{[^}]*\})*)(\^[A-Za-z]{2}|[A-Za-z%])")
_PARAMETER = re.compile(r"\{([^}]*)\}")
_BACKSLASH = re.compile(r"\\([\\nrt])")
_ESCAPES: Final = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True)
class Item:
    """A directive of the format, or the text between directives, which has no `letter`.

    `letter` may also be one such as `^ti`. `of` is `>` or `<`, the final or the original request
    of an internal redirect. `is_conditional`: only logged with some statuses, else `-`.
    """

    spelled: str
    letter: str = ""
    parameter: str = ""
    of: str = ""
    is_conditional: bool = False


def read_apache_format(text: str) -> tuple[Item, ...]:
    r"""Take a format as the user pasted it; no two texts follow each other.

    That may be the bare format, with or without `\"`, the whole directive from the configuration,
    or the nickname of one that everybody has. Raises ConfigurationError.
    """
    text = _CONTINUED.sub("", text.strip())
    return tuple(_items(_NICKNAMES.get(text) or _unquoted(text)))


def _unquoted(text: str) -> str:
    directive = _DIRECTIVE.match(text)
    rest = text[directive.end() :] if directive else text
    if quoted := _QUOTED.fullmatch(rest):
        mark, content = quoted[1], quoted[2]
        return re.sub(rf"\\([\\{mark}])", r"\1", content)
    return rest.replace('\\"', '"')


def _items(text: str) -> list[Item]:
    items: list[Item] = []
    fixed = ""
    position = 0
    for match in _ITEM.finditer(text):
        fixed += _fixed(text[position : match.start()])
        position = match.end()
        if match[2] == "%":
            fixed += "%"
            continue
        if fixed:
            items.append(Item(fixed))
        fixed = ""
        items.append(_item(match))
    fixed += _fixed(text[position:])
    return [*items, Item(fixed)] if fixed else items


def _item(match: re.Match[str]) -> Item:
    modifiers, letter = match[1], match[2]
    parameter = _PARAMETER.search(modifiers)
    flags = _PARAMETER.sub("", modifiers)
    return Item(
        spelled=match[0],
        letter=letter,
        parameter=parameter[1] if parameter else "",
        of="".join(flag for flag in "<>" if flag in flags)[:1],
        is_conditional=any(flag.isdigit() for flag in flags),
    )


def _fixed(text: str) -> str:
    if "%" in text:
        raise ConfigurationError(
            f"log_format has a % that begins no directive, in {text.strip()!r}; "
            "a percent sign itself is written %%."
        )
    text = _BACKSLASH.sub(lambda match: _ESCAPES[match[1]], text)
    if "\n" in text:
        raise ConfigurationError(
            "log_format has a line break, so that a request would be several lines; "
            "that can't be read."
        )
    return text
