"""What the new database has of a small migration."""

from dataclasses import replace
from datetime import datetime
from random import Random

from tests.oracle.drawing import at
from tests.oracle.model import DEEP, Row, Window
from tests.oracle.worlds_data import DEVICES_OF, ID_LETTERS, KINDS, Data, data_of, respelled
from tests.oracle.worlds_deeds import SECOND, Deed, any_id, moment, owner_of
from tests.oracle.worlds_people import beside, crew, retyped

NOON = at("12:00")


def rows_of(
    rng: Random,
    window: Window,
    moments: list[datetime],
    customers: tuple[str, ...],
    deeds: list[Deed],
) -> list[Row]:
    """The new database after the move: what was there, what was kept, what was done again."""
    rows: dict[tuple[str, str], Row] = {}
    _rows_from_before(rng, customers, rows)
    for deed in deeds:
        if deed.is_kept:
            _apply(rng, deed, rows)
    _create_again(rng, window, customers, deeds, rows)
    _put_beside(rng, window, deeds, rows)
    if rng.random() < 0.5:
        _touch_later(rng, window, moments, rows)
    if rng.random() < 0.1:
        _forget_times(rng, rows)
    return list(rows.values())


def _rows_from_before(
    rng: Random, customers: tuple[str, ...], rows: dict[tuple[str, str], Row]
) -> None:
    for customer in customers:
        for device in DEVICES_OF[customer]:
            if device != "D3":
                data: Data = {"person_id": "P1", "device_id": device, "platform": "ios"}
                key = ("app_registration", f"R-{customer}-{device}")
                rows[key] = _row(*key, customer, data, NOON)
    for kind in KINDS:
        for number in range(1, 6):
            if rng.random() < 0.4:
                id_ = f"{ID_LETTERS[kind]}{number}"
                customer = owner_of(rng, customers, id_)
                rows[kind, id_] = _row(kind, id_, customer, data_of(rng, kind), NOON)


def _row(kind: str, id_: str, customer: str, data: Data, when: datetime) -> Row:
    created = None if kind == "availability" else when
    return Row(kind, id_, customer, created, when, _all_fields(kind, data))


def _all_fields(kind: str, data: Data) -> Data:
    return {name: data.get(name) for name in DEEP.kinds[kind].fields}


def _apply(rng: Random, deed: Deed, rows: dict[tuple[str, str], Row]) -> None:
    """A write that the new database has, give or take the servers' clocks."""
    key = (deed.kind, deed.entity_id)
    when = deed.at + rng.choice((0, 0, 0, 1, -1, 10, -10, 11)) * SECOND
    row = rows.get(key)
    if deed.action == "delete":
        rows.pop(key, None)
    elif row is None or deed.action == "create":
        rows[key] = _row(*key, deed.customer_id, deed.data, when)
    elif row.customer_id == deed.customer_id:
        rows[key] = replace(row, updated_at=when, fields={**row.fields, **deed.data})


def _create_again(
    rng: Random,
    window: Window,
    customers: tuple[str, ...],
    deeds: list[Deed],
    rows: dict[tuple[str, str], Row],
) -> None:
    """By hand, on the new site: under a new id or one that was issued before."""
    new_ids: dict[tuple[str, str], str] = {}
    for number, deed in enumerate(deeds):
        is_lost = not deed.is_kept and (deed.kind, deed.entity_id) not in rows
        given_up = 0.1 if deed.is_newcomer else 0.4
        if not is_lost or deed.action == "delete" or rng.random() < given_up:
            continue
        id_ = rng.choice((f"{ID_LETTERS[deed.kind]}9{number}", any_id(rng, deed.kind)))
        if deed.kind == "availability":
            id_ = new_ids.get(("person", deed.entity_id), id_)
        if (deed.kind, id_) in rows:
            continue
        data = dict(deed.data)
        for name, kind in DEEP.kinds[deed.kind].refers_to.items():
            referred = data.get(name)
            if referred is not None and rng.random() < 0.8:
                data[name] = new_ids.get((kind, referred), referred)
        when = window.live_at + rng.choice((-1, 0, 1, 300, 600, 601, 1200, 3600, 90000)) * SECOND
        customer = deed.customer_id if rng.random() < 0.85 else rng.choice(customers)
        retype = retyped if deed.is_newcomer else respelled
        rows[deed.kind, id_] = _row(deed.kind, id_, customer, retype(rng, data), when)
        new_ids[deed.kind, deed.entity_id] = id_


def _put_beside(
    rng: Random, window: Window, deeds: list[Deed], rows: dict[tuple[str, str], Row]
) -> None:
    """Who is like a lost person and another, or had been there before: of any age."""
    somebody = crew(rng)
    lost = [deed for deed in deeds if deed.kind == "person" and not deed.is_kept]
    for number, deed in enumerate(lost):
        if rng.random() < 0.5:
            continue
        is_twin = rng.random() < 0.3
        data = retyped(rng, deed.data) if is_twin else beside(rng, deed.data, somebody)
        after = window.live_at + rng.choice((-3600, 60, 600, 1200, 90000)) * SECOND
        when = NOON if is_twin else rng.choice((NOON, after))
        rows["person", f"P8{number}"] = _row("person", f"P8{number}", deed.customer_id, data, when)


def _touch_later(
    rng: Random, window: Window, moments: list[datetime], rows: dict[tuple[str, str], Row]
) -> None:
    for key in rng.sample(sorted(rows), k=min(6, len(rows))):
        when = rng.choice(
            (moment(rng, moments), window.snapshot_at, window.live_at, window.live_at + SECOND)
        )
        row = rows[key]
        if row.created_at is None or when > row.created_at:
            rows[key] = replace(row, updated_at=when)


def _forget_times(rng: Random, rows: dict[tuple[str, str], Row]) -> None:
    """As where a column came later: nobody knows when it was made, or touched."""
    for key in rng.sample(sorted(rows), k=min(4, len(rows))):
        unknown = rng.choice(({"updated_at": None}, {"created_at": None, "updated_at": None}))
        rows[key] = replace(rows[key], **unknown)
