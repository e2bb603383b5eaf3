"""`cutover-recon demo`: the main job on the sample migration, twice."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

# Only a folder with this file is cleared away: no demo may cost anybody's own migration.
_MARK = ".cutover-recon-demo"


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where to put it; made anew each time.")
    ] = Path("demo"),
) -> None:
    """Reconcile the sample migration: its first logs, then those that came late."""
    from flows.cli.result import tell  # noqa: PLC0415 - loads what reads and judges
    from flows.orchestration import run_reconcile  # noqa: PLC0415

    migration = _lay_out(folder)
    typer.echo("First batch: what was at hand on the morning after.\n")
    tell(run_reconcile(migration))
    shutil.copytree(_sample() / "late", folder, dirs_exist_ok=True)
    typer.echo("\nLate batch: a proxy's disk has been saved, phones have been switched on.\n")
    tell(run_reconcile(migration))


def _sample() -> Path:
    import data_samples  # noqa: PLC0415 - only the demo needs it

    return Path(data_samples.__file__).parent / "sample"


def _lay_out(folder: Path) -> Path:
    """Copy the first batch, over what an earlier demo has left; refuse any other folder."""
    mark = folder / _MARK
    if folder.exists() and any(folder.iterdir()):
        if not mark.exists():
            raise typer.BadParameter(f"{folder} holds something else; name another folder")
        shutil.rmtree(folder)
    shutil.copytree(_sample(), folder, ignore=shutil.ignore_patterns("late"))
    mark.touch()
    return folder / "migration.toml"
