"""Who writes a notice, to whom, and about what: the head of an e-mail."""

import re
from typing import Final

from notifications.content import Customer, Envelope, MigrationFacts
from notifications.language import Language
from notifications.visible import visible

# Address books hold anything. What is not plainly one address is left to a human: no lists, no
# quoting, no characters that a mail server might take otherwise.
_USABLE: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
)
_LONGEST_ADDRESS: Final = 254
# A line of a header holds 998 bytes.
_LONGEST_TEXT: Final = 160


def envelope(
    customer: Customer, facts: MigrationFacts, title: str, reference: str, language: Language
) -> Envelope:
    """Address the notice; the subject is worded in the customer's language."""
    return Envelope(
        sender_name=_cut(_unencoded(visible(facts.sender_name or ""))),
        sender_email=usable_address(facts.sender_email),
        recipient=usable_address(customer.email),
        subject=_unencoded(
            language.say(
                "{title} (reference {reference})", title=_cut(title), reference=_cut(reference)
            )
        ),
    )


def usable_address(address: str | None) -> str | None:
    """Give the address back without the blanks around it, or None if nobody can be written to.

    Addresses with umlauts are left to a human too: what a domain such as `faß.example` becomes
    depends on who writes it out, and a notice must not go to somebody else.
    """
    written = (address or "").strip(" ")
    is_usable = len(written) <= _LONGEST_ADDRESS and _USABLE.fullmatch(written)
    return written if is_usable else None


def _unencoded(text: str) -> str:
    """Part what begins an encoded word (RFC 2047).

    The library would decode it, and the line end in `=?utf-8?q?=0D=0ABcc=3A...?=` would begin a
    header of a stranger's.
    """
    return text.replace("=?", "= ?")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"
