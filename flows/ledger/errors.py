"""What can go wrong with the ledger itself, told in one paragraph."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from flows.mistakes import without_credentials
from transforms.errors import CutoverError
from transforms.printable import printable


class LedgerError(CutoverError):
    """The ledger can't be reached, read or written, or is not this program's."""


@contextmanager
def told(name: str) -> Iterator[None]:
    """Every failure of the ledger `name` within is a LedgerError, without any row's content."""
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig else error
        # What follows the first line may hold the row's values.
        problem = printable(without_credentials(str(cause).strip().partition("\n")[0]))
        raise LedgerError(f"The ledger {name} can't be used: {problem}. {_right(problem)}") from (
            error
        )


def _right(problem: str) -> str:
    if "locked" in problem:
        return "Another program has been writing to it all the time; start again when it is done."
    if "full" in problem or "No space" in problem:
        return "Make room on that disk and start again; what was done before is kept."
    # SQLite's word where there is no room for the index of its log, too.
    if "I/O error" in problem:
        return "Where that disk is full, make room on it, and start again; what was done is kept."
    if "readonly" in problem or "unable to open" in problem:
        return "Make the file and its folder writable, or name another one in [ledger] url."
    return "Correct [ledger] url, or what stands in the way, and start again."
