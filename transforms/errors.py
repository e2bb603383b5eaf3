"""The one hierarchy of errors that a user may cause or meet.

Each message is a paragraph for the person in front of the terminal: what is wrong, where, and
what would be right. None holds personal data.
"""

from typing import ClassVar


class CutoverError(Exception):
    """Base of all errors that end a run with a message instead of a traceback."""

    exit_code: ClassVar[int] = 1

    @property
    def discreet(self) -> str:
        """What may be kept elsewhere: the message without lines that strangers typed."""
        return str(self)


class ConfigurationError(CutoverError):
    """The migration file or an override from the environment is wrong."""

    exit_code = 2


class CatalogueError(ConfigurationError):
    """The catalogue is wrong."""


class SourceError(CutoverError):
    """A log or event file can't be read or is missing."""


class MalformedSourceError(SourceError):
    """More lines of a source can't be parsed than `max_malformed` allows.

    The message shows some of them, which is for whoever has the logs at hand.
    """

    def __init__(self, message: str, discreet: str) -> None:
        super().__init__(message, discreet)
        self._message, self._discreet = message, discreet

    def __str__(self) -> str:
        return self._message

    @property
    def discreet(self) -> str:
        """The message with where these lines stand instead of the lines."""
        return self._discreet


class DatabaseError(CutoverError):
    """The new database can't be read, or is not as the catalogue says."""


class AmbiguousKeyError(CutoverError):
    """A key that must be unique is not."""


class BalanceError(CutoverError):
    """A sum does not agree: an input row was lost or doubled on the way."""
