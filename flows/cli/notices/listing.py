"""`notices list`: which customer is where on the way from draft to sent."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from flows.cli.notices.choosing import Customers, WrongUsageError, opened, understood
from flows.cli.run import MigrationFile
from transforms.printable import printable

if TYPE_CHECKING:
    from flows.ledger.notices import LedgerNotice
    from flows.ledger.notices.progress import Progress

_WHY_SHOWN: Final = 80
_COLUMNS: Final = (
    *("customer", "revision", "list", "state", "since", "done", "address", "listed", "why"),
)
_STATE_AT: Final = _COLUMNS.index("state")
# Only a terminal gets to see them.
_STYLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "draft": {"fg": "yellow"},
    "approved": {"fg": "cyan"},
    "sending": {"fg": "red", "bold": True},
    "sent": {"fg": "green"},
    "failed": {"fg": "red"},
}


def list_notices(
    migration: MigrationFile,
    customers: Customers = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Sent, withdrawn and earlier ones too.")
    ] = False,
    states: Annotated[
        list[str] | None,
        typer.Option("--state", metavar="STATE", help="Only in this state; may be repeated."),
    ] = None,
    no_address: Annotated[
        bool, typer.Option("--no-address", help="Only customers who can't be sent an e-mail.")
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object, and nothing else, on standard output."),
    ] = False,
) -> None:
    """List the notices that somebody has to see to.

    That is all but what is sent or withdrawn. Of named customers, all is listed.
    """
    from flows.ledger.notices import NoticeState, find_notices  # noqa: PLC0415
    from flows.ledger.notices.progress import Progress, progress_of_all  # noqa: PLC0415

    with opened(migration) as (settings, ledger), ledger.reading() as tx:
        known = find_notices(tx)
        progress = progress_of_all(tx)
    if unknown := set(customers or ()) - {notice.customer_id for notice in known}:
        raise WrongUsageError(
            f"There is no notice for {', '.join(printable(each) for each in sorted(unknown))}; "
            "--all shows who has one."
        )
    open_ones = set(NoticeState) - {NoticeState.SENT, NoticeState.WITHDRAWN}
    wanted = understood(states, set(NoticeState) if everything or customers else open_ones)
    shown = [
        (notice, progress.get((notice.customer_id, notice.revision), Progress()))
        for notice in known
        if notice.state in wanted
        and (not customers or notice.customer_id in customers)
        and (not no_address or notice.recipient is None)
    ]
    if as_json:
        listed = [_as_json(notice, how_far) for notice, how_far in shown]
        document = {"migration": settings.migration.id, "notices": listed}
        # In ASCII: customers' ids may hold what steers a terminal.
        sys.stdout.write(json.dumps(document) + "\n")
        return
    if not shown:
        typer.echo(_nothing(len(known)))
        return
    for line in _table(shown, ZoneInfo(settings.migration.timezone)):
        typer.echo(line)
    for line in _sums([notice for notice, _ in shown]):
        typer.echo(line)


def _as_json(notice: "LedgerNotice", progress: "Progress") -> dict[str, object]:
    return {
        "customer_id": notice.customer_id,
        "revision": notice.revision,
        "supplement": notice.is_supplement,
        "final": notice.is_final,
        "state": notice.state,
        "state_at": notice.state_at.isoformat(),
        "why": notice.why,
        "recipient": notice.recipient,
        "content_hash": notice.content_hash,
        "listed": progress.listed,
        "done": progress.done,
        "verdicts": dict(progress.verdicts),
    }


def _table(shown: "Sequence[tuple[LedgerNotice, Progress]]", zone: ZoneInfo) -> Iterator[str]:
    """The notices in columns; ten thousand lines are there at once."""
    rows = [_COLUMNS, *(_row(notice, progress, zone) for notice, progress in shown)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        style = {"dim": True} if number == 0 else _STYLES.get(row[_STATE_AT], {})
        cells[_STATE_AT] = typer.style(cells[_STATE_AT], **style)
        yield "  ".join(cells).rstrip()


def _row(notice: "LedgerNotice", progress: "Progress", zone: ZoneInfo) -> tuple[str, ...]:
    return (
        printable(notice.customer_id),
        f"{notice.revision}, supplement" if notice.is_supplement else str(notice.revision),
        "final" if notice.is_final else "preliminary",
        notice.state,
        f"{notice.state_at.astimezone(zone):%Y-%m-%d %H:%M}",
        f"{progress.done} of {progress.listed}",
        printable(notice.recipient) if notice.recipient else "no usable address",
        ", ".join(f"{count} {verdict}" for verdict, count in progress.verdicts.items()),
        printable(notice.why, _WHY_SHOWN) if notice.why else "",
    )


def _sums(notices: "Sequence[LedgerNotice]") -> list[str]:
    counts: dict[str, int] = {}
    for notice in notices:
        counts[notice.state] = counts.get(notice.state, 0) + 1
    unreachable = sum(notice.recipient is None for notice in notices)
    by_state = ", ".join(f"{count} {state}" for state, count in counts.items())
    many = "notice" if len(notices) == 1 else "notices"
    told = [f"{len(notices)} {many}: {by_state}; {unreachable} without a usable address."]
    if "sending" in counts:
        told.append(
            "What is in sending and not being sent just now may have arrived. Find out for each: "
            "then `notices mark-sent` it, or `notices approve` it to have it sent once more."
        )
    return told


def _nothing(known: int) -> str:
    if not known:
        return "There are no notices yet: `cutover-recon run` writes them."
    return f"There is nothing to see to here; --all shows all {known} notices."
