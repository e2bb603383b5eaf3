"""`cutover-recon purge`: what is personal removed, the counts kept."""

import sys
from typing import Annotated

import typer

from flows.cli.run import MigrationFile


def purge(
    migration: MigrationFile,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove all personal data of a migration from ledger and output; the counts stay."""
    from flows.purging import KEPT, purge_migration, what_goes  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415
    from transforms.printable import printable  # noqa: PLC0415

    settings = load_settings(migration)
    removal = what_goes(settings)
    personal = removal.personal
    kept = " and ".join(sorted(name for name in KEPT if name.startswith("incident")))
    typer.echo(
        f"This removes for good, of {settings.migration.id}: {removal.files:,} files below "
        f"{printable(str(removal.folder))} (all but {kept}), and from the ledger what tells of "
        f"{personal.customers:,} customers, {personal.findings:,} findings, {personal.files:,} "
        "source files and who did what. Counts, times and states stay. Logs, events, the new "
        "database, the migration file and backups are not touched. No run is possible after it."
    )
    if not yes:
        if not sys.stdin.isatty():
            typer.echo("Nothing was removed: nobody can be asked here; --yes says so.", err=True)
            raise typer.Exit(2)
        typed = typer.prompt(f"Type the id of the migration ({settings.migration.id}) to go on")
        if typed.strip() != settings.migration.id:
            typer.echo("Nothing was removed.")
            raise typer.Exit(1)
    purge_migration(settings)
    typer.echo("Removed. `cutover-recon status` still tells what happened.")
