"""`notices send --trial`: notices in one's own mailbox."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from flows.cli.notices.choosing import WrongUsageError, called
from transforms.printable import printable

if TYPE_CHECKING:
    from flows.ledger.notices import LedgerNotice
    from flows.settings import Settings, Smtp


def check_address(address: str, smtp: "Smtp") -> str:
    """The address to try it with. Raises WrongUsageError where nobody may be written to there."""
    from flows.sending.plan import may_be_written_to  # noqa: PLC0415 - so that `--help` is quick
    from notifications.envelope import usable_address  # noqa: PLC0415

    usable = usable_address(address)
    if usable is None:
        raise WrongUsageError(f"--trial {printable(address)} is no address that can be written to.")
    if not may_be_written_to(smtp, usable):
        raise WrongUsageError(
            f"--trial {printable(address)} is not in [smtp] only_to, and nobody else is written to."
        )
    return usable


def send_trials(
    settings: "Settings", smtp: "Smtp", notices: "Sequence[LedgerNotice]", address: str
) -> bool:
    """Send each notice to `address`; whether all of them were taken."""
    from flows.ledger.notices import Outcome  # noqa: PLC0415
    from flows.sending.letter import UnsendableError  # noqa: PLC0415
    from flows.sending.packs import read_pack  # noqa: PLC0415
    from flows.sending.transport import Transport  # noqa: PLC0415
    from flows.sending.trial import trial_of  # noqa: PLC0415
    from notifications import mail  # noqa: PLC0415

    taken = 0
    with Transport(smtp) as transport:
        for notice in notices:
            pack = read_pack(settings.output_folder, notice)
            try:
                letter = trial_of(pack.get(mail.NAME, b""), address)
            except UnsendableError as error:
                says = f"not sent, as its {mail.NAME} can't be: {error}"
            else:
                transport.make_ready()
                result = transport.hand_over(letter)
                taken += result.outcome is Outcome.ACCEPTED
                says = f"{result.outcome}: {result.answer}"
            typer.echo(f"{called(notice)}, a trial to {printable(address)}: {says}")
    typer.echo("Nothing was sent to any customer, and the notices are as they were.")
    return taken == len(notices)
