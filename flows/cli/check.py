"""`cutover-recon check`: whether everything that a migration file names is there and right."""

from pathlib import Path
from typing import Annotated

import typer

from transforms.printable import printable

_LONGEST_LINE = 2_000


def check(
    migration: Annotated[Path, typer.Argument(metavar="MIGRATION.toml")],
) -> None:
    """Say line by line whether files, formats, database, catalogue and SMTP are right."""
    # Loaded here, so that `--help` needs none of it.
    from flows.checks import check_all  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415

    exit_code = 0
    for result in check_all(load_settings(migration)):
        exit_code = max(exit_code, result.exit_code)
        mark = "✗" if result.exit_code else "✓"
        typer.echo(printable(f"{mark} {result.what}: {result.said}", _LONGEST_LINE))
        for sample in result.samples:
            typer.echo(printable(f"    {sample}", _LONGEST_LINE))
    raise typer.Exit(exit_code)
