"""Which failures may pass by themselves: those of disks, networks and databases."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

# The server goes down, or is not up yet; a replica had to go on (PostgreSQL). Killed, going down, a
# table altered since the snapshot (MySQL and MariaDB). What a driver calls lost is not named here.
_PASSING_CODES = {"57P01", "57P02", "57P03", "40001", "40P01", 1053, 1077, 1412, 1927, 4031}
_PASSING = {errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.EAGAIN, errno.EBUSY, errno.ENETDOWN}


def is_passing(error: BaseException) -> bool:
    """Whether the error, or what caused it, may be gone at the next try."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _PASSING:
            return True
        if isinstance(cause, DBAPIError) and _is_lost(cause):
            return True
        if isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause):
            return True
        cause = cause.orig if isinstance(cause, DBAPIError) and cause.orig else cause.__cause__
    return False


def _is_lost(error: DBAPIError) -> bool:
    return error.connection_invalidated or error_code(error) in _PASSING_CODES


def error_code(error: BaseException) -> str | int | None:
    """The number that MySQL and MariaDB give, or the SQLSTATE of PostgreSQL."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    first = cause.args[0] if isinstance(cause, Exception) and cause.args else None
    return first if isinstance(first, int) else getattr(cause, "sqlstate", None)
