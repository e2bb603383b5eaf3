"""Where a customer's documents are, below a migration's output folder."""

import hashlib
import re
import string
from pathlib import PurePosixPath
from typing import Final

# A file system's names hold 255 bytes.
_LONGEST: Final = 200
_CUT_TO: Final = 160
_HALF_A_BYTE: Final = re.compile("%.?$")
_KEPT: Final = frozenset((string.ascii_letters + string.digits + "_-").encode())


def folder_name(customer_id: str) -> str:
    """Name the customer's folder: all but `A-Z a-z 0-9 _ -` percent-encoded, byte by byte of UTF-8.

    Whatever the id holds, the name is one path segment, and two ids never share one. One that no
    file system could hold is cut, and told apart by a hash after `~`.
    Raises `ValueError` for an empty id, which has no folder.
    """
    if not customer_id:
        raise ValueError("an empty customer id has no folder")
    written = customer_id.encode("utf-8", "surrogatepass")
    name = "".join(chr(byte) if byte in _KEPT else f"%{byte:02X}" for byte in written)
    if len(name) <= _LONGEST:
        return name
    beginning = _HALF_A_BYTE.sub("", name[:_CUT_TO])
    return f"{beginning}~{hashlib.sha256(written).hexdigest()[:32]}"


def notice_folder(customer_id: str, revision: int) -> PurePosixPath:
    """`notices/<customer>/rev-<n>`, relative to the migration's output folder."""
    return PurePosixPath("notices", folder_name(customer_id), f"rev-{revision}")
