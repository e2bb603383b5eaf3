"""Lost entities against the rows that customers have made since: which may be them again."""

from collections.abc import Iterator, Sequence

import polars as pl

from transforms.catalogue import Kind
from transforms.claims import Candidate, Claim, Missing, settle_claims
from transforms.identity import Likeness, Person, Thing, compare, normalise
from transforms.window import Window, moment

CLAIMS = {
    "entity_key": pl.UInt32(),
    "is_certain": pl.Boolean(),
    "matched_id": pl.String(),
    "match_score": pl.Float64(),
}


def claim_rows(
    missing: pl.DataFrame,
    rows: pl.DataFrame,
    named: pl.DataFrame,
    kind: Kind,
    *,
    window: Window,
    country: str | None,
) -> pl.DataFrame:
    """What the missing have certainly or possibly become; `CLAIMS`, no row where nothing fits.

    `missing` has `entity_key`, `customer_id`, `decisive_at`, `last_at`, `present` (the kind's
    fields, its references under their present ids) and `parent_is_doubtful`; `rows` is of
    `schemas.row_schema`; `named` has `entity_id`, `at` and `has_line` of all evidence of the kind.
    """
    if missing.is_empty() or not kind.identity.fields:
        return pl.DataFrame(schema=CLAIMS)
    concerned = rows.join(missing, on="customer_id", how="semi")
    since, before = _made_since(concerned, named, window), _from_before(concerned, kind, window)
    younger, older = _by_customer(since), _by_customer(before)
    claims: list[Claim] = []
    # Each customer by itself: nobody is ever compared with another customer's rows.
    for customer_id, lost in _by_customer(missing).items():
        records = list(_missing(lost, kind, country))
        candidates = list(_candidates(younger.get(customer_id, since.clear()), kind, country))
        alike = settle_claims(records, candidates)
        claimed = {claim.number for claim in alike}
        unclaimed = [record for record in records if record.number not in claimed]
        twins = _twins(unclaimed, older.get(customer_id, before.clear()), kind, country)
        claims += [*alike, *twins]
    data = [(claim.number, claim.is_certain, claim.matched_id, claim.score) for claim in claims]
    return pl.DataFrame(data, schema=CLAIMS, orient="row")


def _made_since(rows: pl.DataFrame, named: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Rows created since the snapshot of which no evidence from before going live speaks.

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
    return since.join(spoken_of, on="id", how="anti").with_columns(is_doubtful=unsure)


def _from_before(rows: pl.DataFrame, kind: Kind, window: Window) -> pl.DataFrame:
    """Rows that the snapshot had, where the kind's twins matter."""
    if not kind.twins:
        return rows.clear()
    return rows.filter(pl.col("created_at") <= moment(window.snapshot_at))


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
    columns = ("id", "created_at", "fields", "is_doubtful")
    for id_, created_at, fields, is_doubtful in rows.select(columns).iter_rows():
        record = normalise(fields, kind.identity, country)
        if record is not None:
            yield Candidate(id=id_, created_at=created_at, record=record, is_doubtful=is_doubtful)


def _twins(
    lost: Sequence[Missing], rows: pl.DataFrame, kind: Kind, country: str | None
) -> Iterator[Claim]:
    """Rows from before the window that have the same identity: for a human to look at."""
    if not lost or rows.is_empty():
        return
    old: dict[Person | Thing, str] = {}
    for id_, fields in rows.sort("created_at", "id").select("id", "fields").iter_rows():
        record = normalise(fields, kind.identity, country)
        if record is not None:
            old.setdefault(record, id_)
    for one in lost:
        twin = old.get(one.record)
        if twin is not None and compare(one.record, one.record) is Likeness.SAME:
            yield Claim(number=one.number, is_certain=False, matched_id=twin, score=1.0)
