"""The columns of every frame that goes from one step to the next, in one place.

Times are UTC with microseconds and end in `_at` (`at` alone: when the write happened). A null key
matches nothing.
"""

from typing import Final, TypeAlias

import polars as pl

Schema: TypeAlias = dict[str, pl.DataType]

TIME: Final = pl.Datetime("us", "UTC")

# One value that a write gives a field of its entity. `value` is null where the write empties the
# field; a field that is not in the list is unknown. `from_path` marks what only addresses the
# entity (`{alarm_id}` of a route) and so says nothing about what the write changed.
FIELD: Final = pl.Struct({"name": pl.String(), "value": pl.String(), "from_path": pl.Boolean()})
FIELDS: Final = pl.List(FIELD)

# What a route or an event type says of a write. `action` is create, update or delete.
_SUBJECT: Final[Schema] = {
    "kind": pl.String(),
    "action": pl.String(),
    "customer_id": pl.String(),
    "entity_id": pl.String(),
    "device_id": pl.String(),
    "fields": FIELDS,
}

# One parsed access-log line. `line` counts from 1 in `file`, which is relative to the migration
# file; `source` is the name of the `[[access_logs]]` entry.
REQUESTS: Final[Schema] = {
    "at": TIME,
    "client_ip": pl.String(),
    "method": pl.String(),
    "path": pl.String(),
    "query": pl.String(),
    "status": pl.Int32(),
    "bytes": pl.Int64(),
    "user_agent": pl.String(),
    "request_id": pl.String(),
    "location": pl.String(),
    "upstream": pl.String(),
    "source": pl.String(),
    "file": pl.String(),
    "line": pl.Int64(),
}

# A request that fits a route. The query served for matching and is gone. `digest` is the same for
# lines that are the same to the byte.
WRITES: Final[Schema] = {
    **{name: dtype for name, dtype in REQUESTS.items() if name not in {"query", "location"}},
    "digest": pl.String(),
    **_SUBJECT,
}

# One CloudEvent of a known type. `event_source` and `event_id` are the CloudEvent's own; `source`
# is the name of the `[[client_events]]` entry. `customer_id` is null for sources not trusted.
EVENTS: Final[Schema] = {
    "event_at": TIME,
    "event_source": pl.String(),
    "event_id": pl.String(),
    "request_id": pl.String(),
    "source": pl.String(),
    "file": pl.String(),
    "line": pl.Int64(),
    "app_version": pl.String(),
    **_SUBJECT,
}

QUARANTINE: Final[Schema] = {
    "source": pl.String(),
    "file": pl.String(),
    "line": pl.Int64(),
    "reason": pl.String(),
    "text": pl.String(),
}

# A second in which a source logged at least one line.
SEEN: Final[Schema] = {"source": pl.String(), "second_at": TIME}

# A silence of a source inside the window; `accepted` where the migration file names it.
GAPS: Final[Schema] = {
    "source": pl.String(),
    "from_at": TIME,
    "to_at": TIME,
    "accepted": pl.Boolean(),
}

EVIDENCE: Final[Schema] = {
    "customer_id": pl.String(),
    "kind": pl.String(),
    "action": pl.String(),
    "entity_id": pl.String(),
    "finding_id": pl.String(),
    "at": TIME,
    "line_at": TIME,
    "event_at": TIME,
    "clock_offset_s": pl.Float64(),
    "paired_by": pl.String(),
    "source": pl.String(),
    "file": pl.String(),
    "line": pl.Int64(),
    "event_file": pl.String(),
    "event_line": pl.Int64(),
    "event_id": pl.String(),
    "request_id": pl.String(),
    "client_ip": pl.String(),
    "user_agent": pl.String(),
    "device_id": pl.String(),
    "fields": pl.String(),
}

FINDINGS: Final[Schema] = {
    "finding_id": pl.String(),
    "customer_id": pl.String(),
    "kind": pl.String(),
    "entity_id": pl.String(),
    "action": pl.String(),
    "verdict": pl.String(),
    "confidence": pl.String(),
    "reason": pl.String(),
    "first_at": TIME,
    "last_at": TIME,
    "sources": pl.List(pl.String()),
    "lines": pl.Int64(),
    "events": pl.Int64(),
    "fields": pl.String(),
    "current": pl.String(),
    "matched_id": pl.String(),
    "match_score": pl.Float64(),
}


def row_schema(fields: tuple[str, ...]) -> Schema:
    """The rows of one kind in the new database, with the catalogue's fields as strings."""
    return {
        "id": pl.String(),
        "customer_id": pl.String(),
        "created_at": TIME,
        "updated_at": TIME,
        "fields": pl.Struct(dict.fromkeys(fields, pl.String())),
    }


def empty(schema: Schema) -> pl.LazyFrame:
    """A frame of this schema without rows."""
    return pl.LazyFrame(schema=schema)
