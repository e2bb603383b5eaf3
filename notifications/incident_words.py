"""The sentences of a breach notification: consequences, measures, and what is left to add."""

from collections.abc import Iterator

import polars as pl

from notifications.entries import label
from notifications.language import Language
from notifications.sections import reading_order
from transforms.catalogue import Catalogue


def nature(language: Language) -> str:
    """Say what kind of breach it is."""
    return language.say(
        "Loss of availability and integrity: what was written between the snapshot of the "
        "database and the start of the new site is not in the new database. These figures "
        "say nothing about access by strangers."
    )


def data_subject_categories(subjects: pl.DataFrame, language: Language) -> tuple[str, ...]:
    """Say whose data it is; nothing where no personal data is concerned."""
    if not subjects.get_column("is_personal").any():
        return ()
    return (
        language.say("Persons whom the customers keep in the service, and owners of their phones"),
    )


def consequences(subjects: pl.DataFrame, catalogue: Catalogue, language: Language) -> Iterator[str]:
    """Say what is likely to follow for the persons concerned, by what was found."""
    verdicts = set(subjects.get_column("verdict"))
    if verdicts & {"lost", "unidentified", "unconfirmed", "review"}:
        yield language.say(
            "Persons and settings that are missing are missing for the service as well: whoever is "
            "not in the new database may not be reached until the entry has been made again."
        )
    lost = set(subjects.filter(pl.col("verdict") == "lost").get_column("kind"))
    for_good = [
        label(catalogue, name, language)
        for name in reading_order(catalogue)
        if name in lost and catalogue.kinds[name].record_only
    ]
    if for_good:
        yield language.say(
            "Can't be made again and stays lost: {things}.", things=language.both(for_good)
        )
    if "stale" in verdicts:
        yield language.say("Changes were not carried over: the new database holds old values.")
    if "resurrected" in verdicts:
        yield language.say(
            "Data that had been deleted is in the new database again, until it is deleted again."
        )


def measures_taken(notices: int, language: Language) -> tuple[str, ...]:
    """Say what has been done."""
    return (
        language.say(
            "The logs of the proxies and what clients recorded were compared with the new database."
        ),
        language.count(
            "A notice with the exact list and what to do was prepared for {n} customer.",
            "Notices with the exact list and what to do were prepared for {n} customers.",
            notices,
        ),
    )


def measures_proposed(language: Language) -> tuple[str, ...]:
    """Say what is to be done."""
    return (
        language.say("Send the notices to the customers, the most urgent ones first."),
        language.say("The customers make the missing entries again, persons first."),
        language.say("Compare again when further logs arrive, and send supplements."),
    )


def to_add(language: Language) -> tuple[str, ...]:
    """Name what a notification needs and no log knows."""
    return (
        language.say(
            "When and how the breach became known; the 72 hours of Art. 33(1) run from then on."
        ),
        language.say("Name and contact details of the data protection officer."),
        language.say(
            "Who is the controller. A processor tells its controllers without undue delay "
            "(Art. 33(2)); as a rule these are the customers, each for their own persons."
        ),
        language.say("Why data was lost, and what keeps it from happening again."),
        language.say(
            "Whether the persons concerned have to be told (Art. 34), and when they were."
        ),
    )
