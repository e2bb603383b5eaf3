"""Which failures may pass by themselves: those of disks, networks and databases."""

import errno

from sqlalchemy.exc import DBAPIError, OperationalError

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
        if isinstance(cause, OperationalError) and "locked" in str(cause.orig):
            return True
        cause = cause.__cause__
    return False


def _is_lost(error: DBAPIError) -> bool:
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _PASSING_CODES:
        return True
    code = error.orig.args[0] if isinstance(error.orig, Exception) and error.orig.args else None
    return isinstance(code, int) and code in _PASSING_CODES
