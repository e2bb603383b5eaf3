"""How well the core tells who was created again, on persons of whom it is known."""

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from data_samples.again import Labelled, Person
from tests.tables import FE2, WINDOW
from transforms.identity import Person as IdentifiedPerson
from transforms.identity import normalise
from transforms.restoration import CLAIMS, claim_rows
from transforms.schemas import TIME, row_schema

_KIND = FE2.kinds["person"]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Counts of lost persons: those created again, and the others."""

    again: int
    restored: int
    review: int
    wrong: int
    not_again: int
    needless: int

    def __str__(self) -> str:
        """One line of a table."""
        found = self.restored + self.review
        needless = f"{self.needless / self.not_again:.1%}" if self.not_again else "-"
        shares = (f"{count / self.again:9.1%}" for count in (self.restored, found))
        return f"{' '.join(shares)} {self.wrong:6} {needless:>9}"


HEADING = " restored  +review  wrong  needless"


def measure(labelled: Labelled) -> Measured:
    """What the core says, against the truth. `wrong`: restored by somebody else's row."""
    numbers = {number: person.id for number, person in enumerate(labelled.lost)}
    said = {
        numbers[key]: (is_certain, row_id)
        for key, is_certain, row_id in claims(labelled).select(list(CLAIMS)[:3]).iter_rows()
    }
    outcomes = [(said.get(lost), row) for lost, row in labelled.truth.items()]
    again = [(outcome, row) for outcome, row in outcomes if row is not None]
    others = [outcome for outcome, row in outcomes if row is None]
    return Measured(
        again=len(again),
        restored=sum(outcome == (True, row) for outcome, row in again),
        review=sum(outcome is not None and not outcome[0] for outcome, _ in again),
        wrong=sum(bool(outcome) and outcome[0] and outcome[1] != row for outcome, row in outcomes),
        not_again=len(others),
        needless=sum(outcome is not None and not outcome[0] for outcome in others),
    )


def claims(labelled: Labelled) -> pl.DataFrame:
    """`restoration.CLAIMS` of the labelled persons, numbered as they stand."""
    written = WINDOW.snapshot_at + timedelta(hours=1)
    missing = _frame(labelled.lost, "present").select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("entity_key"),
        "customer_id",
        "present",
        # No client's retries: each was created by itself.
        decisive_at=pl.lit(written, TIME) + pl.duration(minutes=2 * pl.int_range(pl.len())),
        last_at=pl.lit(written, TIME),
        parent_is_doubtful=pl.lit(value=False),
    )
    made = WINDOW.live_at + timedelta(hours=1)
    rows = _frame(labelled.rows, "fields").select(
        "id",
        "customer_id",
        pl.lit(made, TIME).alias("created_at"),
        pl.lit(made, TIME).alias("updated_at"),
        "fields",
    )
    named = pl.DataFrame(schema={"entity_id": pl.String, "at": TIME, "has_line": pl.Boolean})
    return claim_rows(missing, rows, named, _KIND, window=WINDOW, country="DE").claims


def as_normalised(person: Person) -> IdentifiedPerson | None:
    """What the core compares of a person."""
    values = {name: person.values.get(name) for name in _KIND.fields}
    record = normalise(values, _KIND.identity, "DE")
    return record if isinstance(record, IdentifiedPerson) else None


def _frame(persons: tuple[Person, ...], fields: str) -> pl.DataFrame:
    schema = row_schema(_KIND.fields)
    data = [
        {
            "id": person.id,
            "customer_id": person.customer_id,
            fields: {name: person.values.get(name) or None for name in _KIND.fields},
        }
        for person in persons
    ]
    return pl.DataFrame(
        data,
        schema={"id": pl.String, "customer_id": pl.String, fields: schema["fields"]},
    )
