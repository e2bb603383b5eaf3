"""What an approval holds for: one hash for all files that a customer gets."""

import hashlib
from collections.abc import Mapping


def pack_hash(pack: Mapping[str, bytes]) -> str:
    """Hash the names and contents of a pack's files, in whatever order they come.

    Another name, another byte, one file more or less: another hash.
    """
    whole = hashlib.sha256()
    for name, content in sorted(pack.items()):
        # No name holds a NUL, and a digest is always as long, so nothing can pass for another pack.
        whole.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return whole.hexdigest()
