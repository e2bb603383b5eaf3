"""The border: worlds as the frames that the core takes, findings as plain lists to compare."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from tests.oracle.model import Fields, Finding, World
from transforms.schemas import EVENTS, GAPS, WRITES, row_schema

DEVICES = {"device_id": pl.String(), "customer_id": pl.String()}

# What both give alike. Times are datetimes in UTC, `fields` a dict.
COMPARED = (
    "customer_id", "kind", "entity_id", "action", "verdict", "confidence", "reason", "first_at",
    "last_at", "lines", "events", "matched_id", "match_score", "fields",
)  # fmt: skip


def writes_frame(world: World) -> pl.LazyFrame:
    """All lines as `WRITES`; the roles of the sources are in `world.new_sources`."""
    return _frame(
        (
            {
                **vars(line),
                "client_ip": "192.0.2.1",
                "method": {"create": "POST", "update": "PUT", "delete": "DELETE"}[line.action],
                "path": line.path,
                "status": 200,
                "bytes": 0,
                "user_agent": "FE2/2.22.160",
                "fields": _fields(line.fields),
            }
            for line in world.lines
        ),
        WRITES,
    ).lazy()


def events_frame(world: World) -> pl.LazyFrame:
    """All events as `EVENTS`."""
    return _frame(
        (
            {
                **vars(event),
                "source": "events",
                "app_version": None,
                "fields": _fields(event.fields),
            }
            for event in world.events
        ),
        EVENTS,
    ).lazy()


def rows_by_kind(world: World) -> dict[str, pl.DataFrame]:
    """The rows of every kind of the catalogue, of some none."""
    return {
        name: _frame((vars(row) for row in world.rows if row.kind == name), row_schema(kind.fields))
        for name, kind in world.catalogue.kinds.items()
    }


def devices_frame(world: World) -> pl.DataFrame:
    """Which customers a device belongs to, as the table app_registrations says."""
    return _frame(
        (
            {"device_id": row.fields.get("device_id"), "customer_id": row.customer_id}
            for row in world.rows
            if world.catalogue.kinds[row.kind].table == world.catalogue.devices.table
        ),
        DEVICES,
    ).unique(maintain_order=True)


def gaps_frame(world: World) -> pl.DataFrame:
    """The gaps as `GAPS`."""
    return _frame((vars(gap) for gap in world.gaps), GAPS)


def of_oracle(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The oracle's findings as dicts of `COMPARED`, in a stable order."""
    return _in_order({name: getattr(finding, name) for name in COMPARED} for finding in findings)


def of_frame(findings: pl.DataFrame) -> list[dict[str, Any]]:
    """The core's findings (`FINDINGS`) in the same form."""
    return _in_order(
        {**{name: row[name] for name in COMPARED}, "fields": json.loads(row["fields"] or "{}")}
        for row in findings.iter_rows(named=True)
    )


def _in_order(findings: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(findings, key=lambda one: json.dumps(one, default=str, sort_keys=True))


def _fields(fields: Fields) -> list[dict[str, Any]]:
    return [{"name": name, **given._asdict()} for name, given in sorted(fields.items())]


def _frame(rows: Iterable[Mapping[str, Any]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)
