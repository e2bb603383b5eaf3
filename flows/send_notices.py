"""The flow `send-notices`: what would be sent, a person's yes, and what became of it."""

import getpass
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from prefect import State, flow
from prefect.runtime import flow_run
from prefect.states import Cancelled, Completed, Failed

from flows.artifacts import show_proposal, show_sending
from flows.discretion import ends_in_a_state
from flows.ledger import open_ledger
from flows.ledger.lock import hold
from flows.orchestration import OrchestrationError
from flows.sending.clock import StoppedError
from flows.sending.gate import Answer, ask
from flows.sending.mailing import Mailing
from flows.sending.pause import EndedError
from flows.sending.plan import described
from flows.sending.proposal import Proposal, approve_as_shown, propose
from flows.sending.send import Fate
from flows.settings import load_settings
from transforms.errors import ConfigurationError

# What the form shows at first.
ALL_CUSTOMERS: Final[list[str]] = []


@flow(name="send-notices", persist_result=False)
@ends_in_a_state
def send_notices(
    migration_file: str,
    *,
    customers: list[str] = ALL_CUSTOMERS,
    ask_first: bool = True,
    test_mode: bool = False,
    dry_run: bool = False,
    wait: bool = False,
) -> State[Counter[Fate]]:
    """Send notices by e-mail, each one once; first show which, and go on when a person says so.

    Args:
        migration_file: The migration.toml that describes the migration, as a path on the machine
            that runs this.
        customers: Ids of the customers to write to; none means all.
        ask_first: Pause with a form that shows what would be sent, drafts among it; whoever
            answers it approves them. Otherwise only what is approved already is sent, at once.
        test_mode: Refuse to start unless the migration file has only_to in [smtp], so that nobody
            else is written to.
        dry_run: Show what would be sent, and send nothing.
        wait: Wait for the end of whatever else is at work on the migration, instead of failing.
    """
    settings = load_settings(Path(migration_file))
    smtp, _ = described(settings)
    if test_mode and not smtp.only_to:
        raise ConfigurationError(
            f"test_mode: {settings.file.name} has no only_to in [smtp], so customers themselves "
            "would be written to. Name your own addresses there, or start without test_mode."
        )
    who = f"{_user()} in {flow_run.name}"
    migration_id = settings.migration.id
    with open_ledger(settings.ledger.url, base=settings.base, migration_id=migration_id) as ledger:
        proposal = propose(settings, ledger, customers, with_drafts=ask_first)
        show_proposal(migration_id, proposal)
        if dry_run or not proposal.ready:
            return _ended_unsent(proposal, is_dry=dry_run)
        # Nothing is held meanwhile, so that runs can go on while nobody answers.
        try:
            answer = ask(proposal) if ask_first else Answer.SEND
        except EndedError as ended:
            return Cancelled(
                message=f"{ended.state} from outside, while a person was asked. Nothing was sent."
            )
        except OrchestrationError as error:
            # Prefect itself may not be there to be told.
            sys.stderr.write(f"{error}\n")
            raise
        if answer is not Answer.SEND:
            return Completed(name=answer.value, message=f"Nothing was sent. {proposal.says}")
        with hold(ledger, "send", wait=wait) as held:
            approve_as_shown(held, settings, proposal, who=who)
            mailing = Mailing(settings, held, proposal, who=who)
            try:
                mailing.send()
            except StoppedError:
                return Cancelled(message=f"Stopped between two mails. {mailing.says}")
            finally:
                show_sending(migration_id, mailing)
    if mailing.is_all_sent:
        return Completed(name="Sent", message=mailing.says, data=mailing.counts)
    return Failed(name="SomeNotSent", message=mailing.says, data=mailing.counts)


def _ended_unsent(proposal: Proposal, *, is_dry: bool) -> State[Counter[Fate]]:
    if is_dry:
        return Completed(name="DryRun", message=proposal.says)
    if proposal.is_as_wanted:
        return Completed(name="NothingToSend", message=proposal.says)
    return Failed(name="SomeNotSent", message=proposal.why_left_out)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A user of a container may have no name.
        return "somebody"
