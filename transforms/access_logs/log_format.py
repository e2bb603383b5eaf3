"""nginx's `log_format` directive, taken apart.

See ngx_http_log_module, log_format, and for quoting nginx's configuration file syntax.
"""

import re
from dataclasses import dataclass
from typing import Literal

from transforms.errors import ConfigurationError

Escape = Literal["default", "json", "none"]

COMBINED = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent"'
)

_DIRECTIVE = re.compile(r"log_format\s+(?:\"[^\"]*\"|'[^']*'|[^\s'\"]+)\s+")
_ESCAPE = re.compile(r"(['\"]?)escape=([a-z]+)\1(?:\s+|$)")
_PIECE = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""", re.DOTALL)
_COMMENT = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|$)")
_BACKSLASH = re.compile(r"\\(.)", re.DOTALL)
# What stands in a configuration file only: an escape, or the end of a line.
_OF_A_FILE = re.compile(r"\\[\"'\\trn]|\n")
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))")


@dataclass(frozen=True)
class Token:
    """A variable of the format, or the text that stands between variables."""

    text: str
    is_variable: bool = False


@dataclass(frozen=True)
class FormatText:
    """A log_format as tokens; no two texts follow each other."""

    tokens: tuple[Token, ...]
    escape: Escape

    @property
    def variables(self) -> frozenset[str]:
        """The names of all variables."""
        return frozenset(token.text for token in self.tokens if token.is_variable)


def read_log_format(text: str) -> FormatText:
    """Take a format as the user pasted it.

    That may be the bare format, or what stands in the configuration file: the whole directive, or
    its end from `escape=` or from the first quoted piece on. Raises ConfigurationError.
    """
    rest = text.strip()
    rest, is_directive = _without(_DIRECTIVE, rest)
    escape: Escape = "default"
    if match := _ESCAPE.match(rest):
        escape = _known_escape(match[2])
        rest, is_directive = rest[match.end() :], True
    return FormatText(tuple(_tokens(_unquoted(rest, is_directive=is_directive))), escape)


def _without(pattern: re.Pattern[str], text: str) -> tuple[str, bool]:
    match = pattern.match(text)
    return (text[match.end() :], True) if match else (text, False)


def _known_escape(name: str) -> Escape:
    match name:
        case "default" | "json" | "none":
            return name
        case _:
            raise ConfigurationError(
                f"log_format has escape={name}, which nginx does not know; "
                "it is one of escape=default, escape=json, escape=none."
            )


def _unquoted(text: str, *, is_directive: bool) -> str:
    """Join the quoted pieces of a configuration file; a bare format is what stands in one."""
    pieces = _pieces(text)
    if pieces is None:
        return _BACKSLASH.sub(_unescaped, text)
    # A bare format may itself consist of quoted values (`"$status" "$request"`): double quotes
    # are the configuration's only where something else says so.
    if not is_directive and text.startswith('"') and not _OF_A_FILE.search(text):
        return text
    return "".join(pieces)


def _pieces(text: str) -> list[str] | None:
    """Return the unescaped content of the quoted pieces, or None if there is anything else."""
    pieces = []
    position = 0
    while match := _PIECE.match(text, position):
        pieces.append(_BACKSLASH.sub(_unescaped, match[1] if match[2] is None else match[2]))
        position = match.end()
        while (comment := _COMMENT.match(text, position)) and comment.end() > position:
            position = comment.end()
    return pieces if pieces and text[position:].strip() in {"", ";"} else None


def _unescaped(match: re.Match[str]) -> str:
    escapes = {"t": "\t", "r": "\r", "n": "\n", '"': '"', "'": "'", "\\": "\\"}
    return escapes.get(match[1], match[0])


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    for match in _VARIABLE.finditer(text):
        if match.start() > position:
            tokens.append(Token(text[position : match.start()]))
        tokens.append(Token(match[1] or match[2], is_variable=True))
        position = match.end()
    if position < len(text):
        tokens.append(Token(text[position:]))
    return tokens
