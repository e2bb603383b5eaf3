"""`notices approve`, `reject`, `mark-sent`: what a person decides, for all meant or for none."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flows.cli.notices.choosing import (
    Customers,
    Everybody,
    States,
    Who,
    WrongUsageError,
    called,
    choose,
    opened,
    person,
    understood,
)
from flows.cli.run import MigrationFile
from transforms.printable import printable

if TYPE_CHECKING:
    from flows.ledger import Transaction
    from flows.ledger.notices import LedgerNotice, NoticeState
    from flows.settings import Settings

_HASH_SHOWN: Final = 12
_LONGEST_REASON: Final = 1000


def approve(
    migration: MigrationFile,
    customers: Customers = None,
    *,
    everybody: Everybody = False,
    states: States = None,
    who: Who = None,
) -> None:
    """Approve notices as their files lie there now.

    Nothing else is ever sent. --all means the drafts. One that was left in sending is approved
    only where its customer is named; it is sent once more then.
    """
    from flows.ledger import notices  # noqa: PLC0415 - so that `--help` needs none of it
    from flows.ledger.notices import NoticeState  # noqa: PLC0415

    name, meant = person(who), understood(states, {NoticeState.DRAFT})
    if everybody and NoticeState.SENDING in meant:
        raise WrongUsageError(
            "What was left in sending may have arrived, so --all does not approve it: find out for "
            "each one, and name the customers."
        )

    def decide(tx: "Transaction", notice: "LedgerNotice", at: datetime) -> None:
        key = (notice.customer_id, notice.revision)
        notices.approve(tx, *key, content_hash=notice.content_hash, who=name, at=at)

    chosen = _decide(migration, customers, meant, decide, everybody=everybody, check=_check_files)
    for notice in chosen:
        whom = printable(notice.recipient) if notice.recipient else "nobody: no usable address"
        again = ", once more" if notice.state is NoticeState.SENDING else ""
        typer.echo(
            f"{called(notice)}: approved{again}, to {whom} ({notice.content_hash[:_HASH_SHOWN]})"
        )
    _conclude(chosen, "approved", meant if everybody else ())
    if chosen:
        typer.echo(f"To send them: cutover-recon notices send {printable(str(migration))} --all")


def reject(
    migration: MigrationFile,
    customers: Customers = None,
    *,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why; for your own records.")
    ] = None,
    everybody: Everybody = False,
    states: States = None,
    who: Who = None,
) -> None:
    """Decide that notices are not sent.

    One is a draft again when its content changes. --all means the drafts.
    """
    from flows.ledger import notices  # noqa: PLC0415
    from flows.ledger.notices import NoticeState  # noqa: PLC0415

    name, meant = person(who), understood(states, {NoticeState.DRAFT})
    why = None if reason is None else _text(reason, "reason")

    def decide(tx: "Transaction", notice: "LedgerNotice", at: datetime) -> None:
        notices.reject(tx, notice.customer_id, notice.revision, who=name, why=why, at=at)

    chosen = _decide(migration, customers, meant, decide, everybody=everybody)
    for notice in chosen:
        typer.echo(f"{called(notice)}: rejected")
    _conclude(chosen, "rejected", meant if everybody else ())


def mark_sent(
    migration: MigrationFile,
    customers: Customers = None,
    *,
    how: Annotated[
        str | None,
        typer.Option("--how", "--reason", metavar="TEXT", help="How, or how you know of it."),
    ] = None,
    everybody: Everybody = False,
    states: States = None,
    who: Who = None,
) -> None:
    """Record that notices were sent by other means.

    Or that what was left in sending has arrived. --all means the approved ones.
    """
    from flows.ledger import notices  # noqa: PLC0415
    from flows.ledger.notices import NoticeState  # noqa: PLC0415

    name, meant = person(who), understood(states, {NoticeState.APPROVED})
    why = None if how is None else _text(how, "how")

    def decide(tx: "Transaction", notice: "LedgerNotice", at: datetime) -> None:
        notices.mark_sent(tx, notice.customer_id, notice.revision, who=name, why=why, at=at)

    chosen = _decide(migration, customers, meant, decide, everybody=everybody)
    for notice in chosen:
        typer.echo(f"{called(notice)}: recorded as sent")
    _conclude(chosen, "recorded as sent", meant if everybody else ())


def _decide(
    migration: MigrationFile,
    customers: Sequence[str] | None,
    meant: "set[NoticeState]",
    decide: "Callable[[Transaction, LedgerNotice, datetime], None]",
    *,
    everybody: bool,
    check: "Callable[[Settings, LedgerNotice], None] | None" = None,
) -> "list[LedgerNotice]":
    """Decide for all in one transaction: what is wrong with one of them undoes it for all."""
    with opened(migration) as (settings, ledger):
        with ledger.reading() as tx:
            chosen = choose(tx, customers, meant, everybody=everybody)
        for notice in chosen:
            if check is not None:
                check(settings, notice)
        at = datetime.now(UTC)
        with ledger.begin() as tx:
            for notice in chosen:
                decide(tx, notice, at)
    return chosen


def _check_files(settings: "Settings", notice: "LedgerNotice") -> None:
    """Whoever approves has looked at the files: they have to be those that the ledger knows."""
    from flows.sending.packs import PackError, is_as_recorded, read_pack  # noqa: PLC0415
    from notifications.paths import notice_folder  # noqa: PLC0415

    if is_as_recorded(read_pack(settings.output_folder, notice), notice):
        return
    folder = settings.output_folder / notice_folder(notice.customer_id, notice.revision)
    raise PackError(
        f"{called(notice)} is not approved, and no other either: the files in {folder} are not "
        "those that the last run has written. Start a run, which writes them again, and look at "
        "them once more."
    )


def _conclude(
    chosen: "Sequence[LedgerNotice]", what: str, meant: "Collection[NoticeState]"
) -> None:
    if not chosen:
        typer.echo(f"Nothing {what}: no notice is {' or '.join(sorted(meant))}.")
        return
    unreachable = sum(notice.recipient is None for notice in chosen)
    typer.echo(f"{len(chosen)} {'notice' if len(chosen) == 1 else 'notices'} {what}.")
    if unreachable and what == "approved":
        typer.echo(f"{unreachable} of them can't be sent by e-mail: there is no usable address.")


def _text(text: str, option: str) -> str:
    if not text.strip() or len(text) > _LONGEST_REASON:
        raise WrongUsageError(
            f"--{option} wants some words, at most {_LONGEST_REASON} characters of them."
        )
    return printable(text.strip(), _LONGEST_REASON)
