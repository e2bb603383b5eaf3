"""What a notice's state is called, and which states somebody has to look at."""

from typing import Final

from notifications.language import Language

DRAFT: Final = "draft"
# After a crash nobody knows whether it was sent; what failed was not.
STUCK: Final = ("sending", "failed")


def state_label(state: str, language: Language) -> str:
    """Name a state; one that is not known by its own name."""
    say = language.say
    labels = {
        DRAFT: say("draft"),
        "approved": say("approved"),
        "sending": say("sending"),
        "sent": say("sent"),
        "failed": say("failed"),
        "rejected": say("rejected"),
    }
    return labels.get(state, state)
