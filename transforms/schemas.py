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

# The one row that says in which window, and by which tolerances, findings were judged.
WINDOW: Final[Schema] = {
    "snapshot_at": TIME,
    "live_at": TIME,
    "live_at_uncertainty": pl.Duration("us"),
    "margin": pl.Duration("us"),
    "clock_skew": pl.Duration("us"),
    "server_skew": pl.Duration("us"),
}

# A log line as it may be shown: query values masked, control characters replaced.
LINES: Final[Schema] = {
    "source": pl.String(),
    "file": pl.String(),
    "line": pl.Int64(),
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

# What the verdict of a finding of a known entity rests on, beside its evidence. `row_id` is where
# the entity was looked for in the new database (null: its id is somebody else's now), `row_*` its
# own row there, `matched_*` the row that it may have become; `row_updated_at` is the time that was
# compared. `net` and `judged_*` are of `effects.net_effects`; `changes` are the fields that updates
# have set; `present` is a JSON object of the values that were compared with the row: references
# under the ids by which the new database knows them.
HELD: Final[Schema] = {
    "finding_id": pl.String(),
    "net": pl.String(),
    "judged_at": TIME,
    "judged_has_line": pl.Boolean(),
    "judged_on_new": pl.Boolean(),
    "is_covered": pl.Boolean(),
    "is_explained": pl.Boolean(),
    "is_recreated": pl.Boolean(),
    "changes": pl.List(pl.String()),
    "is_equal": pl.Boolean(),
    "row_id": pl.String(),
    "has_row": pl.Boolean(),
    "row_created_at": TIME,
    "row_updated_at": TIME,
    "matched_created_at": TIME,
    "matched_updated_at": TIME,
    "reissued_at": TIME,
    "is_moved_by_guess": pl.Boolean(),
    "update_of_missing": pl.Boolean(),
    "changed_since": pl.Boolean(),
    "parent_is_gone": pl.Boolean(),
    "parent_is_lost": pl.Boolean(),
    "parent_is_doubtful": pl.Boolean(),
    "present": pl.String(),
}

# A row of the new database that a finding was compared with: was it created again by hand? `score`
# is between 0 and 1; `outcome` says what came of it; `agreement` is a JSON object of how alike each
# part is (0 to 1, null where either side does not know it), `fields` one of the row's values.
COMPARISONS: Final[Schema] = {
    "finding_id": pl.String(),
    "row_id": pl.String(),
    "created_at": TIME,
    "score": pl.Float64(),
    "outcome": pl.String(),
    "agreement": pl.String(),
    "fields": pl.String(),
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
