"""Where a customer's documents are, below a migration's output folder."""

import string
from pathlib import PurePosixPath
from typing import Final

_KEPT: Final = frozenset((string.ascii_letters + string.digits + "_-").encode())


def folder_name(customer_id: str) -> str:
    """Name the customer's folder: all but `A-Z a-z 0-9 _ -` percent-encoded, byte by byte of UTF-8.

    Whatever the id holds, the name is one path segment, and two ids never share one.
    Raises `ValueError` for an empty id, which has no folder.
    """
    if not customer_id:
        raise ValueError("an empty customer id has no folder")
    return "".join(
        chr(byte) if byte in _KEPT else f"%{byte:02X}"
        for byte in customer_id.encode("utf-8", "surrogatepass")
    )


def notice_folder(customer_id: str, revision: int) -> PurePosixPath:
    """`notices/<customer>/rev-<n>`, relative to the migration's output folder."""
    return PurePosixPath("notices", folder_name(customer_id), f"rev-{revision}")
