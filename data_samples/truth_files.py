"""The truth of a migration: each finding that must come out, and the sums known beforehand."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data_samples.log_files import LogCount
from data_samples.model import Migration, Opinion, Tally, Truth
from data_samples.proxies import PROXY_B
from data_samples.timeline import LATE_GAP

_TEXTS = pa.list_(pa.string())
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("kind", pa.string()),
        ("entity_id", pa.string()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("verdict", pa.string()),
        ("confidence", pa.string()),
        ("reason", pa.string()),
        ("matched_id", pa.string()),
        ("fields", pa.string()),
        ("case", pa.string()),
        ("first_verdict", pa.string()),
        ("first_confidence", pa.string()),
        ("first_reason", pa.string()),
        ("also_allowed", _TEXTS),
        ("also_reasons", _TEXTS),
    ]
)


def write_truth(migration: Migration, path: Path) -> None:
    """Write one row for each finding of the first batch or of everything."""
    records = [_record(truth, case.case) for case in migration.planted for truth in case.truths]
    records.sort(key=lambda record: tuple(str(record[name]) for name in SCHEMA.names[:4]))
    pq.write_table(pa.Table.from_pylist(records, schema=SCHEMA), path, compression="zstd")


def write_totals(
    migration: Migration,
    logs: Mapping[str, Mapping[str, LogCount]],
    events: Mapping[str, int],
    path: Path,
) -> None:
    """Write what is known of the sums, after each batch."""
    totals = {
        batch: {
            "lines": {source: asdict(count) for source, count in logs[batch].items()},
            "events": {"read": events[batch], **_events(migration, batch)},
            "passed_two_proxies": _passed_two_proxies(migration),
            "unattributed": _unattributed(migration),
            "gaps": _gaps() if batch == "first" and migration.settings.batches else [],
        }
        for batch in logs
    }
    path.write_text(json.dumps(totals, indent=2) + "\n")


def tally(migration: Migration) -> Tally:
    """Add up what comes to nothing."""
    total = Tally()
    for case in migration.planted:
        total = total.plus(case.tally)
    return total


def _record(truth: Truth, case: str) -> dict[str, object]:
    fields = None if not truth.fields else json.dumps(dict(truth.fields), ensure_ascii=False)
    return {
        "customer_id": truth.customer,
        "kind": truth.kind,
        "entity_id": truth.entity,
        "at": truth.at,
        **_opinion("", truth.final),
        **_opinion("first_", truth.first),
        "matched_id": truth.matched,
        "fields": fields,
        "case": case,
        "also_allowed": list(truth.also_verdicts),
        "also_reasons": list(truth.also_reasons),
    }


def _opinion(prefix: str, opinion: Opinion | None) -> dict[str, str | None]:
    return {
        f"{prefix}verdict": opinion.verdict if opinion else None,
        f"{prefix}confidence": opinion.confidence if opinion else None,
        f"{prefix}reason": opinion.reason if opinion else None,
    }


def _events(migration: Migration, batch: str) -> dict[str, int]:
    total = tally(migration)
    return {
        "malformed": sum(len(case.raw_events) for case in migration.planted),
        "unknown_type": total.unknown_events,
        "outside": total.outside_events,
        "duplicate": total.duplicate_events
        + (total.late_duplicate_events if batch == "final" else 0),
    }


def _passed_two_proxies(migration: Migration) -> int:
    """Count the writes that two proxies logged under one request id."""
    seen: dict[str, set[str]] = {}
    for case in migration.planted:
        for line in case.lines:
            if line.writes and line.request_id:
                seen.setdefault(line.request_id, set()).add(line.proxy)
    return sum(len(proxies) - 1 for proxies in seen.values())


def _unattributed(migration: Migration) -> dict[str, int]:
    total = tally(migration)
    return {"lines": total.unattributed_lines, "events": total.unattributed_events}


def _gaps() -> list[dict[str, str]]:
    start, end = LATE_GAP.start.isoformat(), LATE_GAP.end.isoformat()
    return [{"source": PROXY_B, "from": start, "to": end}]
