r"""Values as a log escaped them: `\xHH` is a byte, and a few characters have letters of their own.

See ngx_http_log_module (escape=default), and "Format Notes" of Apache's mod_log_config, which
writes white space in C's notation.
"""

import re
from typing import Final

_ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|([\"\\trnbfv]))")
_CONTROLS: Final = {
    b"t": b"\t",
    b"r": b"\r",
    b"n": b"\n",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
}


def unescape_c(value: str) -> str:
    r"""Undo it; bytes that are no UTF-8 become replacement characters."""

    def byte(match: re.Match[bytes]) -> bytes:
        return bytes.fromhex(match[1].decode()) if match[1] else _CONTROLS.get(match[2], match[2])

    return _ESCAPE.sub(byte, value.encode()).decode("utf-8", "replace")
