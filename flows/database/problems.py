"""What a database or its driver says is wrong, without the values and credentials in it."""

import sqlalchemy as sa

from flows.mistakes import without_credentials
from flows.passing import error_code
from transforms.printable import printable


def problem_of(error: sa.exc.SQLAlchemyError) -> str:
    """A sentence with its full stop, and what may be done about it."""
    return f"{_said(error)}.{_advice(error)}"


def _said(error: sa.exc.SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig else error
    if isinstance(error, sa.exc.DataError):
        # The driver quotes the value, which may be anybody's name.
        return f"it holds a value that the driver can't read ({type(cause).__name__})"
    parts = cause.args if len(cause.args) == _NUMBERED and isinstance(cause.args[0], int) else ()
    said = f"{parts[1]} ({parts[0]})" if parts else str(cause)
    first_line = said.strip().partition("\n")[0].rstrip(".")
    return printable(without_credentials(first_line))


# MySQL's drivers give a number and a text.
_NUMBERED = 2
_NO_RIGHT = {"42501", 1142, 1143, 1044}
_TOO_LONG = {"57014", 1969, 3024}


def _advice(error: sa.exc.SQLAlchemyError) -> str:
    code = error_code(error)
    if code in _NO_RIGHT:
        return (
            " The account needs SELECT on every table that the catalogue names, and no other right."
        )
    if code in _TOO_LONG:
        return (
            " A statement took longer than database.statement_timeout allows: give the tables an "
            "index on the columns that the catalogue calls id and customer_id, or raise it."
        )
    return ""
