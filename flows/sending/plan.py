"""Which approved notices can go out now, and why the others can't."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum

from flows.ledger.notices import LedgerNotice, NoticeState
from flows.sending.letter import Letter, UnsendableError, read_letter
from flows.sending.packs import is_as_recorded, read_pack
from flows.settings import Sender, Settings, Smtp
from notifications import mail
from transforms.errors import ConfigurationError


class Reason(Enum):
    """Why a notice is left out, in words for a person."""

    NO_ADDRESS = (
        "no usable address; send it by other means and then `notices mark-sent`, or correct the "
        "address and start a run"
    )
    NOT_IN_ONLY_TO = "test mode: the address is not in [smtp] only_to"
    UNRESOLVED = (
        "left in sending, so it may have arrived; find out, then `notices mark-sent`, or "
        "`notices approve` to have it sent once more"
    )
    CHANGED = "the findings have changed in the database since, so it goes back to draft"
    OTHER_FILES = "the files on the disk are not those that were approved; start a run"
    UNSENDABLE = "its notice.eml can't be sent"

    @property
    def is_wanted(self) -> bool:
        """It is as the operator has it; nothing needs to be put right before the next sending."""
        return self in {Reason.NO_ADDRESS, Reason.NOT_IN_ONLY_TO}


@dataclass(frozen=True)
class LeftOut:
    """A notice that does not go out; `detail` where the reason has more to say."""

    notice: LedgerNotice
    reason: Reason
    detail: str = ""

    @property
    def says(self) -> str:
        """Why it is left out."""
        return ": ".join(filter(None, (self.reason.value, self.detail)))


@dataclass(frozen=True)
class Plan:
    """What would be sent, in this order, and what would not."""

    ready: tuple[LedgerNotice, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def total(self) -> int:
        """How many notices were looked at."""
        return len(self.ready) + len(self.left_out)


def make_plan(
    settings: Settings, notices: Iterable[LedgerNotice], changed: Collection[str]
) -> Plan:
    """Look at every notice, which is approved or left in `sending`.

    `changed` are the customers whose findings are no longer those of their notice.
    """
    ready, left_out = [], []
    for notice in notices:
        found = look_at(settings, notice)
        if isinstance(found, LeftOut):
            left_out.append(found)
        elif notice.customer_id in changed:
            left_out.append(LeftOut(notice, Reason.CHANGED))
        else:
            ready.append(notice)
    return Plan(tuple(ready), tuple(left_out))


def look_at(settings: Settings, notice: LedgerNotice) -> Letter | LeftOut:
    """The letter to be sent, from the files as they lie there now; or why there is none."""
    if notice.state is not NoticeState.APPROVED:
        return LeftOut(notice, Reason.UNRESOLVED)
    if notice.recipient is None:
        return LeftOut(notice, Reason.NO_ADDRESS)
    if settings.smtp is None or not may_be_written_to(settings.smtp, notice.recipient):
        return LeftOut(notice, Reason.NOT_IN_ONLY_TO)
    pack = read_pack(settings.output_folder, notice)
    if not is_as_recorded(pack, notice):
        return LeftOut(notice, Reason.OTHER_FILES)
    try:
        return _letter(settings, notice.recipient, pack)
    except UnsendableError as error:
        return LeftOut(notice, Reason.UNSENDABLE, str(error))


def _letter(settings: Settings, recipient: str, pack: dict[str, bytes]) -> Letter:
    if mail.NAME not in pack:
        # Made only now, it would be bytes that nobody has approved.
        raise UnsendableError("there is none; name eml in [notices] formats and start a run")
    letter = read_letter(pack[mail.NAME])
    if letter.recipient != recipient:
        raise UnsendableError("it is written to another address than the ledger has; start a run")
    sender = settings.notices.sender
    if sender is None or letter.sender != sender.email:
        raise UnsendableError("it is not from [notices] sender; correct that, or start a run")
    return letter


def described(settings: Settings) -> tuple[Smtp, Sender]:
    """Who sends, and by which server. Raises ConfigurationError where the file does not say."""
    smtp, sender = settings.smtp, settings.notices.sender
    if smtp is None or sender is None:
        what = "[smtp]" if smtp is None else "[notices] sender"
        raise ConfigurationError(
            f"{settings.file} has no {what}, so nothing can be sent; `cutover-recon init` writes "
            "an example of it."
        )
    return smtp, sender


def may_be_written_to(smtp: Smtp, address: str) -> bool:
    """Whether test mode, if it is on, lets anybody write to this address."""
    allowed = {each.lower() for each in smtp.only_to}
    return not allowed or address.lower() in allowed
