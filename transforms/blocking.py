"""Which pairs of records are worth comparing: of thousands by thousands, the few that share a mark.

Two persons who share no e-mail address, no phone number and no whole name but for one letter are
never found to be one, so they need not be compared.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from rapidfuzz.distance import OSA

from transforms.identity import Person, Thing

_LONGEST_NAME: Final = 100


def worth_comparing(
    wanted: Sequence[Person | Thing], rows: Sequence[Person | Thing]
) -> Iterator[tuple[int, int]]:
    """The places in `wanted` and in `rows` of each such pair, once, in the order of `wanted`."""
    by_mark: dict[object, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        for mark in _marks(row):
            by_mark[mark].append(place)
    for place, record in enumerate(wanted):
        alike = {other for mark in _marks(record) for other in by_mark.get(mark, ())}
        for other in sorted(alike):
            if _share_a_mark(record, rows[other]):
                yield place, other


def _marks(record: Person | Thing) -> set[object]:
    if isinstance(record, Thing):
        return {record}
    contacts = {mark for mark in (("email", record.email), ("phone", record.phone)) if mark[1]}
    return contacts | {("name", name) for name in _without_a_letter(_whole(record))}


def _without_a_letter(name: str) -> set[str]:
    """The name, and what is left of it without one of its letters.

    Two names that are one typing error apart have one of these in common, and a few others (the
    deletion neighbourhood of Mor and Fraenkel, 1982). What is longer than anybody's name has them
    to the letter only: as many texts as it has letters, each as long, would take the memory.
    """
    if len(name) > _LONGEST_NAME:
        return {name}
    return {name, *(name[:place] + name[place + 1 :] for place in range(len(name)))} - {""}


def _share_a_mark(one: Person | Thing, other: Person | Thing) -> bool:
    if isinstance(one, Thing) or isinstance(other, Thing):
        return one == other
    contacts = ((one.email, other.email), (one.phone, other.phone))
    if any(mine and mine == theirs for mine, theirs in contacts):
        return True
    whole, its = _whole(one), _whole(other)
    return bool(whole and its) and OSA.distance(whole, its, score_cutoff=1) <= 1


def _whole(person: Person) -> str:
    """All names in one, whichever stands first."""
    return "".join(person.names)
