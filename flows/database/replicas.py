"""Whether the new database is a copy that lags behind: one from before going live shows nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from transforms.errors import DatabaseError

# The newer word first; servers that do not know it know the older one.
_STATUS: Final = ("SHOW REPLICA STATUS", "SHOW SLAVE STATUS")
_BEHIND: Final = ("Seconds_Behind_Source", "Seconds_Behind_Master")


def refuse_stale(connection: sa.Connection, database: str, live_at: datetime) -> None:
    """Raise DatabaseError where the server says that it is a replica not yet at `live_at`.

    Where it does not tell, or the account may not ask, nothing is refused.
    """
    replayed_at = _replayed_at(connection)
    if replayed_at is not None and replayed_at < live_at:
        raise DatabaseError(
            f"The new database {database} is a replica that has replayed its primary only to "
            f"{replayed_at:%Y-%m-%dT%H:%M:%S}Z, which is before live_at "
            f"({live_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z): everything written since would look "
            "lost. Wait until it has caught up, or name the primary in database.url."
        )


def _replayed_at(connection: sa.Connection) -> datetime | None:
    if connection.dialect.name == "postgresql":
        answer = connection.exec_driver_sql(
            "SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp()"
        ).one()
        return answer[1] if answer[0] else None
    if connection.dialect.name in {"mysql", "mariadb"}:
        return _behind(connection)
    return None


def _behind(connection: sa.Connection) -> datetime | None:
    for statement in _STATUS:
        try:
            channels = [
                dict(channel) for channel in connection.exec_driver_sql(statement).mappings()
            ]
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            # The statement is not known, or needs a right that reading does not.
            continue
        lags = [lag for channel in channels if (lag := _lag(channel)) is not None]
        return datetime.now(UTC) - max(lags) if lags else None
    return None


def _lag(channel: Mapping[Any, Any]) -> timedelta | None:
    """How far one channel is behind; None where it stands still, as that of a former replica."""
    behind = next((channel[name] for name in _BEHIND if channel.get(name) is not None), None)
    return None if behind is None else timedelta(seconds=int(behind))
