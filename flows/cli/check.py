"""`cutover-recon check`: whether everything that a migration file names is there and right."""

from pathlib import Path
from typing import Annotated

import typer

from transforms.printable import printable

_LONGEST_LINE = 2_000


def check(
    migration: Annotated[Path | None, typer.Argument(metavar="MIGRATION.toml")] = None,
    sniff: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Guess this access log's format and print its entry."),
    ] = None,
) -> None:
    """Say line by line whether files, formats, database, catalogue and SMTP are right.

    With --sniff, look at one access log that no migration file describes yet.
    """
    if (migration is None) == (sniff is None):
        raise typer.BadParameter("Name a migration file, or an access log after --sniff.")
    if sniff is not None:
        _sniff(sniff)
    if migration is not None:
        raise typer.Exit(_checked(migration))


def _sniff(path: Path) -> None:
    from flows.sniffing import sniffed  # noqa: PLC0415 - as below

    for line in sniffed(path):
        typer.echo(printable(line, _LONGEST_LINE))


def _checked(migration: Path) -> int:
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
    return exit_code
