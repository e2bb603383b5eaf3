"""The client events' files: JSON lines and Parquet, from a trusted collector and from the open."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from data_samples.compression import written
from data_samples.model import (
    FE2_FILE,
    MIXED_FILE,
    OPEN_FILE,
    PERSONS_FILE,
    PHONES_FILE,
    Event,
    Migration,
    RawEvent,
)
from data_samples.schema import PERSON
from data_samples.timeline import LOCAL

# Where the events of a file go: on time, and late.
EVENT_PATHS = {
    FE2_FILE: ("events/fe2-servers.jsonl", "events/fe2-servers-late.jsonl.gz"),
    PHONES_FILE: ("events/phones.jsonl.gz", "events/phones-late.jsonl"),
    MIXED_FILE: ("events/collected.parquet", "events/collected-late.parquet"),
    PERSONS_FILE: ("events/persons.parquet", "events/persons-late.parquet"),
    OPEN_FILE: ("events-open/apps.jsonl.zst", "events-open/apps-late.jsonl"),
}
_COLUMNS = (
    "specversion",
    "id",
    "source",
    "type",
    "time",
    "subject",
    "customerid",
    "deviceid",
    "requestid",
    "appversion",
    "data",
)
_PERSON = pa.struct([(name, pa.string()) for name in PERSON.fields])


def write_events(migration: Migration, directory: Path, *, late: bool) -> int:
    """Write the event files of one delivery, and count what is in them."""
    count = 0
    for name, paths in EVENT_PATHS.items():
        found = [
            event
            for case in migration.planted
            for event in case.events
            if event.file == name and event.late == late
        ]
        raw = [
            entry
            for case in migration.planted
            for entry in case.raw_events
            if entry.file == name and not late
        ]
        # Events come in no order in particular.
        Random(f"{migration.settings.seed} {name} {late}").shuffle(found)
        if found or raw:
            _write(name, found, raw, directory / paths[late])
        count += len(found) + len(raw)
    return count


def _write(name: str, events: Sequence[Event], raw: Sequence[RawEvent], path: Path) -> None:
    if name == PERSONS_FILE:
        _write_parquet(_typed(events), path)
    elif name == MIXED_FILE:
        _write_parquet(_strings(events, raw), path)
    else:
        lines = [json.dumps(_record(event), ensure_ascii=False).encode() for event in events]
        step = len(lines) // (len(raw) + 1)
        for index, entry in enumerate(raw):
            lines.insert((index + 1) * step + index, entry.text)
        with written(path) as out:
            out.write(b"".join(line + b"\n" for line in lines))


def _record(event: Event) -> dict[str, object]:
    optional = {
        "customerid": event.customer,
        "deviceid": event.device,
        "requestid": event.request_id,
        "appversion": event.version,
        "data": event.data,
    }
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "time": _spelled(event),
        "subject": event.subject,
        **{name: value for name, value in optional.items() if value is not None},
    }


def _spelled(event: Event) -> str:
    """Spell the time in one of the ways that clients do, always the same for an event."""
    how = int(event.id[:2], 16) % 4
    if how == 0:
        return event.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if how == 1:
        return event.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    local = event.time.astimezone(LOCAL)
    return local.isoformat(timespec="milliseconds" if how == 2 else "microseconds")


def _strings(events: Sequence[Event], raw: Sequence[RawEvent]) -> pa.Table:
    records = [_record(event) for event in events] + [json.loads(entry.text) for entry in raw]
    for record in records:
        if "data" in record:
            record["data"] = json.dumps(record["data"], ensure_ascii=False)
    schema = pa.schema([(name, pa.string()) for name in _COLUMNS])
    return pa.Table.from_pylist([_whole(record) for record in records], schema=schema)


def _typed(events: Sequence[Event]) -> pa.Table:
    types = {"time": pa.timestamp("us", tz="UTC"), "data": _PERSON}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in _COLUMNS])
    records = [{**_whole(_record(event)), "time": _in_utc(event.time)} for event in events]
    return pa.Table.from_pylist(records, schema=schema)


def _whole(record: dict[str, object]) -> dict[str, object]:
    return {name: record.get(name) for name in _COLUMNS}


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _write_parquet(table: pa.Table, path: Path) -> None:
    buffer = BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())
