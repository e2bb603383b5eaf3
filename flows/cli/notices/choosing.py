"""Which notices a command is about, and who gives it."""

import getpass
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from transforms.errors import CutoverError
from transforms.printable import printable

if TYPE_CHECKING:
    # What reads the ledger is loaded inside of the commands, so that `--help` needs none of it.
    from flows.ledger import Ledger, Transaction
    from flows.ledger.notices import LedgerNotice, NoticeState
    from flows.settings import Settings

_LONGEST_NAME: Final = 100
_ID_SHOWN: Final = 100

Customers = Annotated[
    list[str] | None, typer.Argument(metavar="CUSTOMER…", help="Ids of customers.")
]
Everybody = Annotated[bool, typer.Option("--all", help="All customers, instead of naming them.")]
States = Annotated[
    list[str] | None,
    typer.Option("--state", metavar="STATE", help="With --all: only those in this state."),
]
Who = Annotated[
    str | None,
    typer.Option("--as", metavar="NAME", help="Who does it. Default: the system's user."),
]


class WrongUsageError(CutoverError):
    """The command was given something that it can't be given."""

    exit_code = 2


@contextmanager
def opened(migration: Path) -> "Iterator[tuple[Settings, Ledger]]":
    """The migration file and its ledger."""
    from flows.ledger import open_ledger  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415

    settings = load_settings(migration)
    url, name = settings.ledger.url, settings.migration.id
    with open_ledger(url, base=settings.base, migration_id=name) as ledger:
        yield settings, ledger


def choose(
    tx: "Transaction",
    customers: Sequence[str] | None,
    states: "Collection[NoticeState]",
    *,
    everybody: bool,
) -> "list[LedgerNotice]":
    """The latest notice of each customer that is named, or of all where it is in one of `states`.

    Raises WrongUsageError where it is not clear who is meant, or somebody has no notice.
    """
    from flows.ledger.notices import latest_by_customer  # noqa: PLC0415

    if bool(customers) == everybody:
        raise WrongUsageError(
            "Name the customers, or write --all; not both."
            if customers
            else "Whose notices? Name the customers, or write --all."
        )
    latest = latest_by_customer(tx)
    if everybody:
        return [notice for notice in latest.values() if notice.state in states]
    named = list(dict.fromkeys(customers or ()))
    if unknown := [customer for customer in named if customer not in latest]:
        raise WrongUsageError(
            f"There is no notice for {', '.join(printable(each, _ID_SHOWN) for each in unknown)}; "
            "`notices list MIGRATION.toml --all` shows who has one. Nothing was done."
        )
    return [latest[customer] for customer in named]


def understood(
    states: Sequence[str] | None, default: "Iterable[NoticeState]"
) -> "set[NoticeState]":
    """The states as they were written. Raises WrongUsageError naming those that there are."""
    from flows.ledger.notices import NoticeState  # noqa: PLC0415

    if not states:
        return set(default)
    known = [state.value for state in NoticeState]
    if wrong := [state for state in states if state not in known]:
        raise WrongUsageError(
            f"--state {printable(wrong[0])} is no state of a notice; write one of "
            f"{', '.join(known)}."
        )
    return {NoticeState(state) for state in states}


def person(name: str | None) -> str:
    """Who is at work. Raises WrongUsageError for what is no name on one line."""
    if name is None:
        try:
            name = getpass.getuser()
        except (OSError, KeyError, ImportError):
            # A user of a container may have no name.
            raise WrongUsageError(
                "The system does not know your name; say who you are with --as NAME."
            ) from None
    if not name.strip() or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise WrongUsageError(
            f"--as wants a name on one line, of at most {_LONGEST_NAME} characters."
        )
    return name


def called(notice: "LedgerNotice") -> str:
    """How a line names a notice."""
    kind = " (supplement)" if notice.is_supplement else ""
    return f"{printable(notice.customer_id, _ID_SHOWN)} revision {notice.revision}{kind}"
