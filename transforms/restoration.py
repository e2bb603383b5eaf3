"""Lost entities against the rows that customers have made since: which may be them again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson
import polars as pl

from transforms.catalogue import Kind
from transforms.claims import Candidate, Claim, Comparison, Missing, find_twins, settle_claims
from transforms.identity import Person, normalise
from transforms.likeness import Part, Register
from transforms.window import Window, moment

CLAIMS = {
    "entity_key": pl.UInt32(),
    "is_certain": pl.Boolean(),
    "matched_id": pl.String(),
    "match_score": pl.Float64(),
}
# `schemas.COMPARISONS` before the findings have names.
COMPARED = {
    "entity_key": pl.UInt32(),
    "row_id": pl.String(),
    "score": pl.Float64(),
    "outcome": pl.String(),
    "agreement": pl.String(),
}

# Numbers that are equal in E.164 are equal in these digits, however they are written.
_LAST_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What the missing have certainly or possibly become (`CLAIMS`), and what was compared."""

    claims: pl.DataFrame
    compared: pl.DataFrame


def claim_rows(
    missing: pl.DataFrame,
    rows: pl.DataFrame,
    named: pl.DataFrame,
    kind: Kind,
    *,
    window: Window,
    country: str | None,
) -> Claimed:
    """Hold the missing against the rows that their customers have made since.

    `missing` has `entity_key`, `customer_id`, `decisive_at`, `last_at`, `present` (the kind's
    fields, its references under their present ids) and `parent_is_doubtful`; `rows` is of
    `schemas.row_schema`; `named` has `entity_id`, `at` and `has_line` of all evidence of the kind.
    What nothing fits has no row in `claims`; `compared` is of `COMPARED`.
    """
    claims: list[Claim] = []
    compared: list[Comparison] = []
    if not missing.is_empty() and kind.identity.fields:
        concerned = rows.join(missing, on="customer_id", how="semi")
        since = _made_since(concerned, named, window)
        before = _from_before(concerned, missing, since, kind)
        younger, older = _by_customer(since), _by_customer(before)
        # Each customer by itself: nobody is ever compared with another customer's rows.
        for customer_id, lost in _by_customer(missing).items():
            records = list(_missing(lost, kind, country))
            made = list(_candidates(younger.get(customer_id, since.clear()), kind, country))
            known = older.get(customer_id, before.clear())
            # Of a row without `created_at` nobody knows that it was there before.
            had = list(_candidates(known.drop_nulls("created_at"), kind, country))
            met = (*_persons(records), *_persons(made))
            acquainted = _sharing(met, _persons_in(known, kind, country))
            register = Register(_persons(records), (*_persons(made), *acquainted))
            found = _claim(records, made, had, register, has_twins=kind.twins is not None)
            claims += found[0]
            compared += found[1]
    return Claimed(
        claims=pl.DataFrame(
            [(it.number, it.is_certain, it.matched_id, it.score) for it in claims],
            schema=CLAIMS,
            orient="row",
        ),
        compared=pl.DataFrame(map(_as_row, compared), schema=COMPARED, orient="row"),
    )


def _claim(
    missing: Sequence[Missing],
    made: Sequence[Candidate],
    had: Sequence[Candidate],
    register: Register,
    *,
    has_twins: bool,
) -> tuple[list[Claim], list[Comparison]]:
    """Those of one customer, against its rows from since the snapshot and from before."""
    claims, compared = settle_claims(missing, made, register)
    claimed = {claim.number for claim in claims}
    unclaimed = [one for one in missing if one.number not in claimed]
    twins = list(find_twins(unclaimed, had, register)) if has_twins else []
    alike = [
        Claim(number=it.number, is_certain=False, matched_id=it.row_id, score=it.score)
        for it in twins
    ]
    return [*claims, *alike], [*compared, *twins]


def _persons(records: Sequence[Missing] | Sequence[Candidate]) -> Iterator[Person]:
    return (it.record for it in records if isinstance(it.record, Person))


def _sharing(met: Sequence[Person], others: Iterable[Person]) -> Iterator[Person]:
    """Those who share a contact with somebody met; the rows read were picked roughly."""
    contacts = {contact for person in met for contact in (person.email, person.phone)} - {""}
    return (other for other in others if not contacts.isdisjoint((other.email, other.phone)))


def _persons_in(rows: pl.DataFrame, kind: Kind, country: str | None) -> Iterator[Person]:
    records = (normalise(fields, kind.identity, country) for fields in rows.get_column("fields"))
    return (record for record in records if isinstance(record, Person))


def _as_row(one: Comparison) -> tuple[int, str, float, str, str]:
    agreement = {
        name: None if part is Part.UNKNOWN else part.value
        for name, part in one.agreement.parts.items()
    }
    return one.number, one.row_id, one.score, one.outcome, orjson.dumps(agreement).decode()


def _made_since(rows: pl.DataFrame, named: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Rows created since the snapshot; `is_named`: evidence from before going live speaks of it.

    Evidence older than a row that has its id now speaks of another entity.
    """
    since = rows.filter(pl.col("created_at") > moment(window.snapshot_at))
    spoken_of = (
        since.select("id", "created_at")
        .join(named, left_on="id", right_on="entity_id")
        .filter(
            window.surely_before_live(pl.col("at")),
            pl.col("created_at") <= pl.col("at") + window.tolerance(pl.col("has_line")),
        )
    )
    unsure = (pl.col("created_at") - moment(window.live_at)).abs() <= window.live_at_uncertainty
    return since.with_columns(
        is_doubtful=unsure, is_named=pl.col("id").is_in(spoken_of.get_column("id").implode())
    )


def _from_before(
    rows: pl.DataFrame, missing: pl.DataFrame, since: pl.DataFrame, kind: Kind
) -> pl.DataFrame:
    """Rows not made since that share a contact with one of the missing, or with one made since.

    There may be very many of them, so those who tell nothing of either are left out beforehand.
    """
    before = rows.join(since, on=["customer_id", "id"], how="anti").with_columns(
        is_doubtful=pl.lit(value=False), is_named=pl.lit(value=False)
    )
    if not kind.identity.is_personal:
        return before if kind.twins else before.clear()
    sharing = [
        before.join(
            pl.concat(
                [
                    missing.select("customer_id", rough("present", field)),
                    since.select("customer_id", rough("fields", field)),
                ]
            ).drop_nulls(),
            left_on=["customer_id", rough("fields", field)],
            right_on=["customer_id", field],
            how="semi",
        )
        for field, rough in (
            (kind.identity.email, _rough_email),
            (kind.identity.phone, _rough_phone),
        )
        if field
    ]
    return pl.concat([before.clear(), *sharing]).unique(["customer_id", "id"])


def _rough_email(record: str, field: str) -> pl.Expr:
    return pl.col(record).struct.field(field).str.strip_chars().str.to_lowercase()


def _rough_phone(record: str, field: str) -> pl.Expr:
    digits = pl.col(record).struct.field(field).str.replace_all(r"\D", "")
    return digits.str.tail(_LAST_DIGITS).replace("", None)


def _by_customer(frame: pl.DataFrame) -> dict[object, pl.DataFrame]:
    parts = frame.partition_by("customer_id", as_dict=True, maintain_order=True)
    return {customer_id: part for (customer_id,), part in parts.items()}


def _missing(lost: pl.DataFrame, kind: Kind, country: str | None) -> Iterator[Missing]:
    columns = ("entity_key", "decisive_at", "last_at", "present", "parent_is_doubtful")
    for key, at, last_at, present, is_doubtful in lost.select(columns).iter_rows():
        record = normalise(present, kind.identity, country)
        if record is not None:
            yield Missing(
                number=key, at=at, last_at=last_at, record=record, is_doubtful=is_doubtful
            )


def _candidates(rows: pl.DataFrame, kind: Kind, country: str | None) -> Iterator[Candidate]:
    columns = ("id", "created_at", "fields", "is_doubtful", "is_named")
    for id_, created_at, fields, is_doubtful, is_named in rows.select(columns).iter_rows():
        record = normalise(fields, kind.identity, country)
        if record is not None:
            yield Candidate(
                id=id_,
                created_at=created_at,
                record=record,
                is_doubtful=is_doubtful,
                is_named=is_named,
            )
