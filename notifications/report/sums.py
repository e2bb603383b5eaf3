"""The sums that the run was held to, in words."""

from collections.abc import Iterator

from notifications.language import Language
from notifications.report_data import ReportData
from transforms.balance import Sum


def sums(data: ReportData, language: Language) -> Iterator[Sum]:
    """Word them."""
    say = language.say
    words = {
        "malformed": say("malformed"),
        "no write": say("no write"),
        "outside": say("outside the window and its margin"),
        "duplicate": say("given twice"),
        "writes": say("writes"),
        "unknown type": say("unknown type"),
        "taken": say("events taken"),
        "paired": say("paired"),
        "alone": say("alone"),
        "unattributed": say("unattributed"),
        "in findings": say("in findings"),
        "rows": say("rows in notices"),
        "retries": say("retries shown as one"),
        "acknowledgements": say("acknowledgements counted"),
        "lines read": say("lines read"),
        "events read": say("events read"),
        "writes and events taken": say("writes and events taken"),
        "attributed writes and events": say("attributed writes and events"),
        "findings that ask for something": say("findings that ask for something"),
    }
    for one in data.balance.sums:
        parts = {words[part]: count for part, count in one.parts.items()}
        yield Sum(what=words[one.what], total=one.total, parts=parts)
