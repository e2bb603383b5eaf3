"""`cutover-recon status`: runs, coverage, findings, notices, and who is at work."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.run import MigrationFile

if TYPE_CHECKING:
    from flows.status import Status

_AT = "%Y-%m-%d %H:%M:%S UTC"
_GAPS_SHOWN = 5


def status(
    migration: MigrationFile,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object, and nothing else, on standard output."),
    ] = False,
) -> None:
    """Say how the migration stands: runs, coverage, findings, notices by state, who is at work."""
    from flows.settings import load_settings  # noqa: PLC0415 - `--help` needs none of it
    from flows.status import read_status  # noqa: PLC0415

    read = read_status(load_settings(migration))
    if as_json:
        sys.stdout.write(json.dumps(read.as_json()) + "\n")
        return
    for line in _lines(read):
        typer.echo(line)


def _lines(read: "Status") -> Iterator[str]:
    from flows.status import RUNS_SHOWN  # noqa: PLC0415
    from transforms.printable import printable  # noqa: PLC0415

    yield f"Migration {read.migration}"
    if read.purged_at:
        yield f"Purged {read.purged_at:{_AT}}: what was personal is gone, the counts are left."
    if read.at_work:
        yield read.at_work.says(read.migration)
    if not read.runs:
        yield "No run yet: `cutover-recon run` starts one."
        return
    yield f"Runs: {len(read.runs)}"
    if (earlier := len(read.runs) - RUNS_SHOWN) > 0:
        yield f"  … {earlier} earlier"
    for run in read.runs[-RUNS_SHOWN:]:
        ended = f"to {run.ended_at:%H:%M:%S} " if run.ended_at else ""
        how = f"{run.state.value} {run.result or ''}"
        yield f"  {run.number:3} {run.started_at:{_AT}} {ended}{how}"
    yield f"Coverage: {_coverage(read)}"
    findings = ", ".join(f"{n:,} {name}" for name, n in read.summary.get("findings", {}).items())
    yield f"Findings: {findings or 'none'}"
    notices = ", ".join(f"{n:,} {name}" for name, n in read.notices.items())
    yield f"Notices: {printable(notices) or 'none'}"


def _coverage(read: "Status") -> str:
    if not read.summary:
        return "not known, as no run has come to its end"
    if not read.gaps:
        return "complete"
    shown = "; ".join(
        f"{source} {begin} to {end}" for source, begin, end in read.gaps[:_GAPS_SHOWN]
    )
    more = len(read.gaps) - _GAPS_SHOWN
    return f"{len(read.gaps)} gaps: {shown}" + (f" and {more} more" if more > 0 else "")
