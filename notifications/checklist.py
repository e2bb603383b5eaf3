"""What to do, in order: by the administrator, and by the owners of the phones."""

from collections.abc import Iterator, Sequence

from notifications.content import Checklist, Part, Prose, Row, Section, Task
from notifications.language import Language
from notifications.steps import is_done_by_phone, step_text
from transforms.catalogue import Catalogue, NetAction


def checklist(
    sections: Sequence[Section],
    catalogue: Catalogue,
    language: Language,
    *,
    title: str,
    when: str,
) -> Checklist:
    """Turn the sections into tasks, persons before what refers to them.

    `title` and `when` say in a few words what happened and when, for the text to forward.
    """
    say = language.say
    owners = tuple(_repeats(sections, catalogue, language, by_phone=True))
    return Checklist(
        heading=say("What to do"),
        administrator=Part(
            heading=say("As the administrator"),
            tasks=tuple(_for_administrator(sections, catalogue, language)),
        ),
        phone_owners=Part(
            heading=say("The owners of the phones"),
            intro=say(
                "Only they can do this, each on their own phone. The lists below say whom it "
                "concerns; the text below is for forwarding."
            ),
            tasks=owners,
        )
        if owners
        else None,
        forward=Prose(
            heading=say("Text to forward"),
            paragraphs=(
                say(
                    "Since a move of the servers (“{title}”), entries from the changeover period "
                    "are missing: {when}. Please do on your phone what concerns you:",
                    title=title,
                    when=when,
                ),
            ),
            points=tuple(dict.fromkeys(task.text for task in owners)),
        )
        if owners
        else None,
    )


def _for_administrator(
    sections: Sequence[Section], catalogue: Catalogue, language: Language
) -> Iterator[Task]:
    say = language.say
    if any(_may_be_in_an_address_book(row, catalogue) for each in sections for row in each.rows):
        yield Task(
            text=say("Look in a local address book first"),
            note=say(
                "If persons are kept there too, they may still be complete and need not be "
                "collected again."
            ),
        )
    yield from _repeats(sections, catalogue, language, by_phone=False)
    for section in sections:
        if section.purpose == "delete":
            yield _task(say("Repeat deletions"), len(section.rows), section.key, language)
        if section.purpose == "check":
            yield _task(say("Check unclear entries"), len(section.rows), section.key, language)


def _may_be_in_an_address_book(row: Row, catalogue: Catalogue) -> bool:
    is_missing = row.verdict not in {"restored", "resurrected", "stale"}
    return is_missing and catalogue.kinds[row.kind].identity.is_personal


def _repeats(
    sections: Sequence[Section], catalogue: Catalogue, language: Language, *, by_phone: bool
) -> Iterator[Task]:
    steps: tuple[NetAction, ...] = ("created", "updated")
    for section in sections:
        if section.purpose != "repeat" or section.kind is None:
            continue
        kind = catalogue.kinds[section.kind]
        for step in steps:
            n = sum(step in row.steps for row in section.rows)
            if n and is_done_by_phone(kind, step) == by_phone:
                yield _task(step_text(kind, step, language, section.kind), n, section.key, language)


def _task(text: str, n: int, section: str, language: Language) -> Task:
    return Task(text=text, note=language.count("{n} entry", "{n} entries", n), section=section)
