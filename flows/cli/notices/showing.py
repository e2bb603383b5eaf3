"""`notices show`: a notice as its customer reads it, and what has become of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer

from flows.cli.notices.choosing import (
    Customers,
    Everybody,
    States,
    WrongUsageError,
    called,
    choose,
    opened,
    understood,
)
from flows.cli.run import MigrationFile
from transforms.printable import printable

if TYPE_CHECKING:
    from pathlib import Path

    from flows.ledger import Transaction
    from flows.ledger.notices import LedgerNotice
    from flows.settings import Settings

_LONGEST_LINE: Final = 2_000


def show(
    migration: MigrationFile,
    customers: Customers = None,
    *,
    everybody: Everybody = False,
    states: States = None,
    revision: Annotated[
        int | None, typer.Option("--revision", help="An earlier one. Default: the latest.")
    ] = None,
    is_opened: Annotated[
        bool, typer.Option("--open", help="Open notice.html in the browser instead.")
    ] = False,
) -> None:
    """Show notices as their customers read them, with their history."""
    from flows.ledger.notices import NoticeState  # noqa: PLC0415 - so that `--help` needs none

    with opened(migration) as (settings, ledger), ledger.reading() as tx:
        meant = understood(states, NoticeState)
        chosen = choose(tx, customers, meant, everybody=everybody)
        if revision is not None:
            chosen = [_earlier(tx, notice, revision) for notice in chosen]
        zone = ZoneInfo(settings.migration.timezone)
        for notice in chosen:
            if is_opened:
                _open(settings, notice)
                continue
            for line in _lines(tx, settings, notice, zone):
                typer.echo(printable(line, _LONGEST_LINE))


def _earlier(tx: "Transaction", latest: "LedgerNotice", revision: int) -> "LedgerNotice":
    from flows.ledger.notices import find_notice  # noqa: PLC0415

    notice = find_notice(tx, latest.customer_id, revision)
    if notice is None:
        raise WrongUsageError(
            f"There is no revision {revision} for {printable(latest.customer_id)}; the latest is "
            f"{latest.revision}."
        )
    return notice


def _open(settings: "Settings", notice: "LedgerNotice") -> None:
    from notifications import html  # noqa: PLC0415

    page = _folder(settings, notice) / html.NAME
    if not page.is_file():
        raise WrongUsageError(
            f"{page} is not there: name html in [notices] formats and start a run."
        )
    typer.echo(f"Opening {printable(str(page), _LONGEST_LINE)}")
    typer.launch(str(page))


def _lines(
    tx: "Transaction", settings: "Settings", notice: "LedgerNotice", zone: ZoneInfo
) -> Iterator[str]:
    from flows.sending.packs import is_as_recorded, read_pack  # noqa: PLC0415
    from notifications import text  # noqa: PLC0415

    pack = read_pack(settings.output_folder, notice)
    yield f"── {called(notice)}: {notice.state} ──"
    yield f"to     {notice.recipient or 'nobody: there is no usable address'}"
    yield f"files  {_folder(settings, notice)}"
    if not is_as_recorded(pack, notice):
        yield "WARNING: these files are not those that the last run has written. Start a run."
    yield from _past(tx, notice, zone)
    yield ""
    if text.NAME in pack:
        yield from pack[text.NAME].decode("utf-8", "replace").splitlines()
    else:
        yield f"There is no {text.NAME}: name txt in [notices] formats and start a run."
    yield ""


def _past(tx: "Transaction", notice: "LedgerNotice", zone: ZoneInfo) -> Iterator[str]:
    """What was done to it, and every attempt to send it."""
    from flows.ledger.notices import all_deliveries, history  # noqa: PLC0415

    key = (notice.customer_id, notice.revision)
    for entry in history(tx, *key):
        why = f": {entry.why}" if entry.why else ""
        at = f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M}"
        yield f"{at}  {entry.action} (by {entry.who}), now {entry.state_after}{why}"
    for each in all_deliveries(tx):
        if (each.customer_id, each.revision) == key:
            at = f"{each.started_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
            came_of_it = each.outcome or "nobody saw its end"
            answer = f": {each.answer}" if each.answer else ""
            yield f"{at}  attempt {each.attempt}, {each.message_id}, {came_of_it}{answer}"


def _folder(settings: "Settings", notice: "LedgerNotice") -> "Path":
    from notifications.paths import notice_folder  # noqa: PLC0415

    return settings.output_folder / notice_folder(notice.customer_id, notice.revision)
