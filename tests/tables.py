"""Small tables in, tables out: frames drawn as text.

Times are of 2021-05-18, UTC. The snapshot was taken at 18:00, the new site went live at 21:18, and
what stands under `fields` is `name=value, name=value`; `*name=value` came from the path.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

import transforms
from tests.reconciliation import reconcile
from transforms.catalogue import Catalogue
from transforms.findings import Findings
from transforms.schemas import EVENTS, GAPS, TIME, WRITES, Schema, row_schema
from transforms.window import Window
from transforms.writes import LogSource

FE2 = Catalogue.model_validate(
    tomllib.loads((Path(transforms.__file__).parent / "fe2.toml").read_text("utf-8"))
)


def at(text: str) -> datetime:
    """`20:14`, `20:14:05`, `20:14:05.120` of the day."""
    day = datetime(2021, 5, 18, tzinfo=UTC)
    hours, minutes, *seconds = text.split(":")
    return day + timedelta(
        hours=int(hours), minutes=int(minutes), seconds=float(seconds[0]) if seconds else 0
    )


def of_kinds(names: Iterable[str], catalogue: Catalogue = FE2) -> Catalogue:
    """Of the catalogue only these kinds and what they refer to: each further one takes time."""
    known, due = set[str](), set(names)
    while due:
        known |= due
        due = {it for name in due for it in catalogue.kinds[name].refers_to.values()} - known
    kinds = {name: kind for name, kind in catalogue.kinds.items() if name in known}
    return catalogue.model_copy(update={"kinds": kinds})


WINDOW = Window(snapshot_at=at("18:00"), live_at=at("21:18"))


def table(text: str) -> list[dict[str, str | None]]:
    """The rows below the heading; an empty or missing last cell is None."""
    lines = [line for line in text.splitlines() if line.strip()]
    heading, *rows = [[cell.strip() or None for cell in line.split("|")] for line in lines]
    names = [name for name in heading if name]
    padded = [row + [None] * (len(names) - len(row)) for row in rows]
    return [dict(zip(names, row, strict=True)) for row in padded]


def fields(text: str | None) -> list[dict[str, Any]]:
    """`name=value, *name=value` as a list of `schemas.FIELD`; `name=` empties the field."""
    known = []
    for part in (text or "").split(","):
        name, _, value = part.strip().partition("=")
        if name:
            known.append(
                {
                    "name": name.lstrip("*"),
                    "value": value or None,
                    "from_path": name.startswith("*"),
                }
            )
    return known


def writes(text: str) -> pl.DataFrame:
    """Lines that fit a route. Each is different from the others unless `digest` says so."""
    rows = []
    for number, cells in enumerate(table(text), 1):
        row: dict[str, Any] = dict.fromkeys(WRITES) | {
            "customer_id": "1",
            "source": "proxy-a",
            "file": "a.log",
            "line": number,
            "digest": f"line {number}",
            "method": "POST",
            "path": f"/{number}",
            "status": 201,
            "client_ip": "192.0.2.1",
            "user_agent": "FE2/2.22.158",
        }
        row |= _cells(cells, WRITES)
        rows.append(row)
    return pl.DataFrame(rows, schema=WRITES)


def events(text: str) -> pl.DataFrame:
    """Events of a trusted source; `at` is the device's own time."""
    rows = []
    for number, cells in enumerate(table(text), 1):
        row: dict[str, Any] = dict.fromkeys(EVENTS) | {
            "customer_id": "1",
            "source": "fe2",
            "file": "events.jsonl",
            "line": number,
            "event_source": "/fe2",
            "event_id": f"e{number}",
        }
        row |= _cells(cells | {"event_at": cells["at"]}, EVENTS)
        rows.append(row)
    return pl.DataFrame(rows, schema=EVENTS)


def rows_of(kind: str, text: str) -> pl.DataFrame:
    """Rows of the new database: `id`, `created` and `updated` at, `fields`."""
    names = FE2.kinds[kind].fields
    rows = []
    for cells in table(text):
        values = {one["name"]: one["value"] for one in fields(cells.get("fields"))}
        rows.append(
            {
                "id": cells["id"],
                "customer_id": cells.get("customer", "1"),
                "created_at": _when(cells.get("created")),
                "updated_at": _when(cells.get("updated") or cells.get("created")),
                "fields": {name: values.get(name) for name in names},
            }
        )
    return pl.DataFrame(rows, schema=row_schema(names))


def silences(text: str) -> pl.DataFrame:
    """Gaps in coverage: `source`, `from`, `to`."""
    rows = [(c["source"], _when(c["from"]), _when(c["to"]), False) for c in table(text)]
    return pl.DataFrame(rows, schema=GAPS, orient="row")


def reconciled(
    *,
    lines: str = "at",
    told: str = "at",
    rows: Mapping[str, str] | None = None,
    devices: Mapping[str, list[str]] | None = None,
    gaps: str = "source",
    window: Window = WINDOW,
    sources: tuple[LogSource, ...] = (LogSource(name="proxy-a"), LogSource(name="proxy-b")),
) -> Findings:
    """Run the core over lines, events (`told`), the new database's rows and gaps.

    The catalogue has no kinds but those, so that no test waits for the others.
    """
    drawn, heard = writes(lines), events(told)
    kinds = {*drawn["kind"], *heard["kind"], *(rows or {})} or {"person"}
    owners = [(device, owner) for device, all_ in (devices or {}).items() for owner in all_]
    return reconcile(
        drawn.lazy(),
        heard.lazy(),
        {kind: rows_of(kind, text) for kind, text in (rows or {}).items()},
        pl.DataFrame(
            owners, schema={"device_id": pl.String, "customer_id": pl.String}, orient="row"
        ),
        silences(gaps),
        window=window,
        sources=sources,
        catalogue=of_kinds(kinds),
    )


def findings(
    expected: str, **given: Any
) -> tuple[list[dict[str, str | None]], list[dict[str, str | None]]]:
    """What was found, in the columns of the expected table, and the expected table itself.

    Both in a canonical order, so `found, wanted = findings(...)` compares as a set of rows.
    """
    wanted = table(expected)
    frame = reconciled(**given).findings.rename(
        {"customer_id": "customer", "entity_id": "entity", "matched_id": "matched"}
    )
    found = [
        {name: None if row[name] is None else str(row[name]) for name in wanted[0]}
        for row in frame.to_dicts()
    ]
    return sorted(found, key=repr), sorted(wanted, key=repr)


def _cells(cells: Mapping[str, str | None], schema: Schema) -> dict[str, Any]:
    short = {"customer": "customer_id", "entity": "entity_id", "request": "request_id"}
    short |= {"device": "device_id", "id": "event_id"}
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        column = short.get(name, name)
        if column == "fields":
            values[column] = fields(cell)
        elif schema.get(column) == TIME:
            values[column] = _when(cell)
        elif schema.get(column) in {pl.Int64(), pl.Int32()}:
            values[column] = int(cell or 0)
        elif column in schema:
            values[column] = cell
    return values


def _when(text: str | None) -> datetime | None:
    return at(text) if text else None
