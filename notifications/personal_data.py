"""What personal data are concerned, for the customer's own documentation (GDPR Art. 33(5))."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from notifications.cases import Case
from notifications.content import Prose
from notifications.language import Language
from notifications.sections import reading_order
from transforms.catalogue import Catalogue, Kind
from transforms.data_subjects import personal_kinds

# Of these the evidence says that they are missing or wrong; the others may be.
_CERTAIN: Final = frozenset({"lost", "stale", "resurrected"})


def personal_data(case: Case, catalogue: Catalogue, language: Language) -> Prose | None:
    """Say whose and which data are concerned, and how; None where none are personal."""
    points = tuple(_by_kind(case, catalogue, language))
    if not points:
        return None
    say = language.say
    return Prose(
        heading=say("Personal data, for your own documentation"),
        paragraphs=(
            say(
                "If you have to document this under data-protection law (GDPR Article 33(5)): "
                "entries were lost, or are no longer as you had left them. That is a loss of "
                "availability and integrity. About access by strangers, these records say nothing."
            ),
            language.count(
                "As far as the records at hand show, data of about {n} person are concerned:",
                "As far as the records at hand show, data of about {n} persons are concerned:",
                case.data_subjects,
            ),
        ),
        points=points,
    )


def _by_kind(case: Case, catalogue: Catalogue, language: Language) -> Iterator[str]:
    personal = personal_kinds(catalogue)
    # What a client sent twice is one entry, as in the lists.
    asking = {finding.group_id: finding for finding in case.findings if finding.asks}.values()
    certain = Counter(finding.kind for finding in asking if finding.verdict in _CERTAIN)
    unsure = Counter(finding.kind for finding in asking if finding.verdict not in _CERTAIN)
    for name in reading_order(catalogue):
        if name not in personal or not (certain[name] or unsure[name]):
            continue
        kind = catalogue.kinds[name]
        numbers = [
            language.count("{n} entry", "{n} entries", certain[name]) if certain[name] else "",
            language.count("{n} to be checked", "{n} to be checked", unsure[name])
            if unsure[name]
            else "",
        ]
        yield language.say(
            "{things} ({categories}): {numbers}",
            things=language.pick(kind.label_plural, language.pick(kind.label, name)),
            categories=", ".join(_categories(kind, language)),
            numbers=", ".join(filter(None, numbers)),
        )


def _categories(kind: Kind, language: Language) -> Iterator[str]:
    for field in kind.fields:
        yield language.pick(kind.field_labels.get(field, {}), field)
