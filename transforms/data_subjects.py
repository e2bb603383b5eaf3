"""Whose data a finding is about: the persons that a breach notification has to count.

The catalogue says it: a kind that is recognised by name, e-mail address and phone is a person; a
kind that refers to one is about that person; what phone owners do themselves is about the owner.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, TypeAlias

import orjson
import polars as pl

from transforms.asking import ASKING
from transforms.catalogue import Catalogue, Kind
from transforms.retries import retry_groups
from transforms.schemas import Schema

# Each finding of the verdicts asked for. `subject` is the same for findings of one person (names
# nobody, and means nothing in another run); null where the evidence does not say whose it is.
SUBJECTS: Final[Schema] = {
    "finding_id": pl.String(),
    "customer_id": pl.String(),
    "kind": pl.String(),
    "verdict": pl.String(),
    "is_personal": pl.Boolean(),
    "subject": pl.String(),
}

# Customer, kind and id under which something refers to a person.
_Id: TypeAlias = tuple[str, str, str]


def personal_kinds(catalogue: Catalogue) -> frozenset[str]:
    """Name the kinds that are personal data: persons, what refers to them, what is on phones."""
    found: set[str] = set()
    for name in catalogue.in_order_of_reference():
        kind = catalogue.kinds[name]
        refers = found & set(kind.refers_to.values())
        if kind.identity.is_personal or refers or kind.done_by == "phone_owner":
            found.add(name)
    return frozenset(found)


def data_subjects(
    findings: pl.DataFrame, catalogue: Catalogue, verdicts: Collection[str] = ASKING
) -> pl.DataFrame:
    """Say for each finding (FINDINGS) of these verdicts whose data it is, as SUBJECTS.

    A person whom a client created twice by trying again is one. A reference to the id under which
    a person was created again means that person. The number is approximate where an id was given
    out twice: what refers to it counts for one of the two.
    """
    personal = personal_kinds(catalogue)
    kinds = [name for name, kind in catalogue.kinds.items() if kind.identity.is_personal]
    persons = findings.filter(pl.col("kind").is_in(kinds))
    groups = dict(retry_groups(persons, catalogue).iter_rows())
    subject_of = _subjects(persons, groups)
    told = findings.filter(pl.col("verdict").is_in(verdicts)).select(
        *("finding_id", "customer_id", "kind", "verdict", "entity_id", "fields", "current")
    )
    rows = [
        (
            *(raw["finding_id"], raw["customer_id"], raw["kind"], raw["verdict"]),
            raw["kind"] in personal,
            _subject(raw, catalogue, groups, subject_of),
        )
        for raw in told.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=SUBJECTS, orient="row")


def _subjects(persons: pl.DataFrame, groups: Mapping[str, str]) -> dict[_Id, str]:
    """Find the subject of each id that a person has, or was given when created again."""
    persons = persons.sort("finding_id")
    known: dict[_Id, str] = {}
    for column in ("entity_id", "matched_id"):
        named = persons.drop_nulls(column).select("customer_id", "kind", column, "finding_id")
        for customer_id, kind, person_id, finding_id in named.iter_rows():
            known.setdefault((customer_id, kind, person_id), groups[finding_id])
    return known


def _subject(
    raw: Mapping[str, str | None],
    catalogue: Catalogue,
    groups: Mapping[str, str],
    subject_of: Mapping[_Id, str],
) -> str | None:
    kind = catalogue.kinds[str(raw["kind"])]
    if kind.identity.is_personal:
        return groups[str(raw["finding_id"])] if raw["entity_id"] else None
    for parent, person_id in _references(raw, kind):
        if catalogue.kinds[parent].identity.is_personal:
            key = (str(raw["customer_id"]), parent, person_id)
            return subject_of.get(key) or orjson.dumps(key).decode()
    return None


def _references(raw: Mapping[str, str | None], kind: Kind) -> Iterator[tuple[str, str]]:
    """Yield kind and id of what the finding refers to, as recorded or, failing that, as it is."""
    if not kind.refers_to:
        return
    values = orjson.loads(raw["current"] or b"{}") | orjson.loads(raw["fields"] or b"{}")
    for field, parent in kind.refers_to.items():
        if person_id := raw["entity_id"] if field == "id" else values.get(field):
            yield parent, person_id
