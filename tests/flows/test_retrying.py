"""Only what may pass by itself is tried again; wrong input stays wrong."""

import errno
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from flows.passing import is_passing
from transforms.errors import DatabaseError, SourceError

# To import Prefect takes seconds, which the process that does not run these tests can save.
pytestmark = pytest.mark.xdist_group("prefect")


def caused(error: Exception, by: Exception) -> Exception:
    error.__cause__ = by
    return error


LOCKED = OperationalError("SELECT", {}, sqlite3.OperationalError("database is locked"))
LOST = OperationalError("SELECT", {}, Exception("gone"), connection_invalidated=True)
NO_FILE = OperationalError("SELECT", {}, sqlite3.OperationalError("unable to open database file"))


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (OSError(errno.EIO, "I/O error"), True),
        (caused(SourceError("a.log can't be read"), OSError(errno.ESTALE, "stale")), True),
        (caused(DatabaseError("busy"), LOCKED), True),
        (caused(DatabaseError("lost"), LOST), True),
        (caused(DatabaseError("none"), NO_FILE), False),
        (caused(SourceError("none"), FileNotFoundError(errno.ENOENT, "none")), False),
        (SourceError("wrong format"), False),
        (ValueError("a mistake of ours"), False),
    ],
)
def test_what_may_pass(error, passing):
    assert is_passing(error) is passing


@pytest.mark.parametrize(
    ("error", "tries"),
    [(OSError(errno.EIO, "I/O error"), 3), (SourceError("wrong"), 1)],
)
def test_tries_again_only_then(error, tries):
    from prefect import flow, task  # noqa: PLC0415

    from flows.discretion import TaskError, discreet  # noqa: PLC0415
    from flows.retrying import may_pass  # noqa: PLC0415

    tried = []

    @task(retries=2, retry_delay_seconds=0, retry_condition_fn=may_pass)
    @discreet
    def read() -> None:
        tried.append(1)
        raise error

    @flow
    def job() -> None:
        read()

    with pytest.raises(TaskError) as raised:
        job()
    assert raised.value.error is error
    assert len(tried) == tries
