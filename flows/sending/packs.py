"""A customer's files as they lie on the disk: they alone can be approved and sent."""

from pathlib import Path
from typing import Final

from flows.ledger.notices import LedgerNotice
from notifications.pack_hash import pack_hash
from notifications.paths import notice_folder
from transforms.errors import CutoverError

# What is being written, and what office programs leave beside a file that somebody has open.
_NOT_OURS: Final = (".", "~$")


class PackError(CutoverError):
    """A notice's files can't be read."""


def read_pack(output: Path, notice: LedgerNotice) -> dict[str, bytes]:
    """The files of a notice by name, empty where there are none. Raises PackError."""
    folder = output / notice_folder(notice.customer_id, notice.revision)
    try:
        return {
            path.name: path.read_bytes()
            for path in sorted(folder.iterdir())
            if not path.name.startswith(_NOT_OURS) and path.is_file()
        }
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise PackError(
            f"The files in {folder} can't be read: {error.strerror}. Let them be readable by who "
            "sends, or start a run."
        ) from error


def is_as_recorded(pack: dict[str, bytes], notice: LedgerNotice) -> bool:
    """Whether the files are those that the ledger knows, to the byte."""
    return pack_hash(pack) == notice.content_hash
