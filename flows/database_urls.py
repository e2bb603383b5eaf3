"""The URL of a database as a migration file writes it, and as a message may show it."""

from pathlib import Path

import sqlalchemy as sa

from transforms.errors import ConfigurationError
from transforms.printable import printable


def locate(url: str, base: Path, *, key: str = "database.url") -> sa.URL:
    """A database URL; a relative path of SQLite starts from `base`.

    Raises ConfigurationError, naming the `key` of the migration file, where it can't be
    understood. No message holds the password.
    """
    parsed = _parsed(url)
    if parsed is None:
        raise ConfigurationError(
            f"The URL in {key} can't be understood; write it such as sqlite:///new.db or "
            "postgresql://user@host/name. Characters such as @ and / in a password are written "
            "as %40 and %2F."
        )
    if parsed.get_backend_name() == "sqlite" and parsed.database not in {None, "", ":memory:"}:
        return parsed.set(database=str(base / str(parsed.database)))
    return parsed


def _parsed(url: str) -> sa.URL | None:
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        return None
    # Of a password with an @ in it, the rest would be a part of the host, and shown.
    return None if "@" in (parsed.host or "") else parsed


def shown(url: sa.URL) -> str:
    """A database's URL as a message may show it: no password, no options."""
    bare = url.set(query={})
    return printable(bare.render_as_string(hide_password=True))
