"""`cutover-recon explain`: why a finding got its verdict."""

import json
import sys
from datetime import datetime
from typing import Annotated

import typer

from flows.cli.run import MigrationFile


def explain(
    migration: MigrationFile,
    finding: Annotated[
        str,
        typer.Argument(
            metavar="FINDING",
            help="A finding_id (its first six letters or more), or customer/kind/entity.",
        ),
    ],
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object, and nothing else, on standard output."),
    ] = False,
) -> None:
    """Say why a finding got its verdict, by what the last run has read and compared."""
    # Loaded here, so that `--help` needs none of it.
    from flows.explaining import recall  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415
    from notifications.explanation.building import explain as explained  # noqa: PLC0415

    explanation = explained(recall(load_settings(migration), finding))
    if as_json:
        # In ASCII: recorded values may hold what steers a terminal.
        sys.stdout.write(json.dumps(explanation.as_json(), default=_time) + "\n")
        return
    from rich.console import Console  # noqa: PLC0415

    from flows.cli.explanation_view import show  # noqa: PLC0415

    show(explanation, Console(highlight=False, markup=False, emoji=False))


def _time(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
