"""`notices send`: the plan first, then a question, then the mails."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flows.cli.notices.choosing import (
    Customers,
    Everybody,
    Who,
    WrongUsageError,
    called,
    choose,
    opened,
    person,
)
from flows.cli.notices.trying import check_address, send_trials
from flows.cli.run import MigrationFile
from transforms.printable import printable

if TYPE_CHECKING:
    from flows.ledger.notices import LedgerNotice
    from flows.rechecking import Recheck
    from flows.sending.plan import Plan
    from flows.sending.send import Fate
    from flows.settings import Sender, Smtp

_CUSTOMERS_SHOWN: Final = 10
_ID_SHOWN: Final = 100
_LONGEST_LINE: Final = 1_000


def send(
    migration: MigrationFile,
    customers: Customers = None,
    *,
    everybody: Everybody = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent, and send nothing.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask, as is done on a terminal.")
    ] = False,
    trial: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Send them to yourself only, to see them arrive."),
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait where a run or another sending is at work.")
    ] = False,
    who: Who = None,
) -> None:
    """Send approved notices by e-mail, each one once.

    --all means all that are approved. Ctrl-C stops after the mail that is under way.
    """
    from flows.ledger.lock import hold  # noqa: PLC0415 - so that `--help` needs none of it
    from flows.ledger.notices import NoticeState  # noqa: PLC0415
    from flows.rechecking import Recheck  # noqa: PLC0415
    from flows.sending.plan import described  # noqa: PLC0415

    name = person(who)
    with opened(migration) as (settings, ledger):
        smtp, sender = described(settings)
        if trial is not None:
            address = check_address(trial, smtp)
            if everybody:
                raise WrongUsageError("--trial is for a few: name the customers instead of --all.")
            with ledger.reading() as tx:
                chosen = choose(tx, customers, set(NoticeState), everybody=everybody)
            if not send_trials(settings, smtp, chosen, address):
                raise typer.Exit(1)
            return
        if dry_run:
            plan = _plan(Recheck(settings, ledger), customers, everybody=everybody)
            _show(plan, smtp, sender)
            return
        with hold(ledger, "send", wait=wait, on_wait=_say) as held:
            recheck = Recheck(settings, held)
            plan = _plan(recheck, customers, everybody=everybody)
            _show(plan, smtp, sender)
            # Where nobody can be asked, the approvals are what a person has said.
            if plan.ready and not yes and sys.stdin.isatty():
                _ask(plan)
            is_all_well = _send(recheck, smtp, plan, name)
    if not is_all_well:
        raise typer.Exit(1)


def _plan(recheck: "Recheck", customers: Sequence[str] | None, *, everybody: bool) -> "Plan":
    from flows.ledger.notices import NoticeState, NoticeStateError  # noqa: PLC0415
    from flows.sending.plan import make_plan  # noqa: PLC0415

    wanted = {NoticeState.APPROVED, NoticeState.SENDING}
    with recheck.ledger.reading() as tx:
        chosen = choose(tx, customers, wanted, everybody=everybody)
    if wrong := [notice for notice in chosen if notice.state not in wanted]:
        raise NoticeStateError(
            f"Only what is approved is sent, and {called(wrong[0])} is {wrong[0].state}"
            f"{f' (and {len(wrong) - 1} more are not approved)' if wrong[1:] else ''}. Nothing was "
            "sent."
        )
    approved = [n.customer_id for n in chosen if n.state is NoticeState.APPROVED]
    return make_plan(recheck.settings, chosen, recheck(approved))


def _show(plan: "Plan", smtp: "Smtp", sender: "Sender") -> None:
    from flows.sending.answers import named  # noqa: PLC0415

    supplements = sum(notice.is_supplement for notice in plan.ready)
    typer.echo(
        f"{len(plan.ready)} of {plan.total} notices can be sent: "
        f"{len(plan.ready) - supplements} new, {supplements} supplements. From "
        f"{printable(sender.email)} by {named(smtp)}, at most {smtp.per_minute} a minute."
    )
    if smtp.only_to:
        typer.echo(
            "TEST MODE: nobody is written to but [smtp] only_to: "
            f"{printable(', '.join(smtp.only_to), _LONGEST_LINE)}"
        )
    by_reason: dict[str, list[str]] = {}
    for each in plan.left_out:
        customer = printable(each.notice.customer_id, _ID_SHOWN)
        by_reason.setdefault(each.says, []).append(customer)
    for says, left_out in by_reason.items():
        more = len(left_out) - _CUSTOMERS_SHOWN
        whose = ", ".join(left_out[:_CUSTOMERS_SHOWN]) + (f" and {more} more" if more > 0 else "")
        typer.echo(f"Left out, {len(left_out)}: {says} ({whose})")


def _ask(plan: "Plan") -> None:
    """Let a person at a terminal say yes."""
    if not typer.confirm(f"Send {len(plan.ready)} of {plan.total} notices now?"):
        typer.echo("Nothing was sent.")
        raise typer.Exit(1)


def _send(recheck: "Recheck", smtp: "Smtp", plan: "Plan", who: str) -> bool:
    """Send what is ready, telling each step; whether all went as it was meant to."""
    from flows.sending.answers import MailServerError  # noqa: PLC0415
    from flows.sending.clock import Clock, StoppedError  # noqa: PLC0415
    from flows.sending.send import Fate, Sending  # noqa: PLC0415
    from flows.sending.stopping import stops_between_mails  # noqa: PLC0415
    from flows.sending.transport import Transport  # noqa: PLC0415

    clock = Clock()
    ended: dict[LedgerNotice, Fate] = {}
    with stops_between_mails(clock, _say), Transport(smtp, clock) as transport:
        sending = Sending(
            settings=recheck.settings,
            ledger=recheck.ledger,
            transport=transport,
            clock=clock,
            recheck=recheck,
            who=who,
        )
        is_known = True
        try:
            for step in sending.send(plan):
                ended[step.notice] = step.fate
                says = f": {step.says}" if step.says else ""
                line = f"{called(step.notice)}: {step.fate.value}{says}"
                typer.echo(printable(line, _LONGEST_LINE))
        except StoppedError:
            typer.echo("Stopped.")
        except MailServerError:
            raise
        except BaseException:
            # In the middle of a mail, or of what is written down about it.
            is_known = False
            raise
        finally:
            _sum_up(plan, ended, is_known=is_known)
    sent = sum(fate is Fate.SENT for fate in ended.values())
    return sent == len(plan.ready) and all(each.reason.is_wanted for each in plan.left_out)


def _sum_up(plan: "Plan", ended: "Mapping[LedgerNotice, Fate]", *, is_known: bool) -> None:
    """How many came how far; unless `is_known`, one more may be in `sending`."""
    fates = [ended[notice].value if notice in ended else "not sent" for notice in plan.ready]
    counts = ", ".join(f"{count} {fate}" for fate, count in Counter(fates).items())
    if counts:
        is_rest_approved = {"not sent", "later", "still approved"} & set(fates)
        rest = " What was not sent is approved as before." if is_rest_approved else ""
        one = "" if is_known else " But one of them may be left in sending: see `notices list`."
        typer.echo(f"Of {len(fates)}: {counts}.{rest}{one}")
    if "left in sending" in fates or not is_known:
        typer.echo(
            "What is left in sending may have arrived. Find out for each: then `notices mark-sent` "
            "it, or `notices approve` it to have it sent once more."
        )


def _say(line: str) -> None:
    typer.echo(line, err=True)
