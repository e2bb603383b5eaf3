"""`cutover-recon run`: the reconciliation."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import orjson
import typer

from flows.runner import Runner

_LABEL_SHOWN = 40
_LONGEST_LINE = 1_000
MigrationFile = Annotated[
    Path, typer.Argument(metavar="MIGRATION.toml", help="The file that describes the migration.")
]


def run(
    migration: MigrationFile,
    *,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object, and nothing else, on standard output."),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Read all files anew, also those that earlier runs have read, and forget what "
            "was read from files that are gone.",
        ),
    ] = False,
    wait: Annotated[
        bool,
        typer.Option(
            "--wait", help="Wait for the end of another run, or of sending, instead of failing."
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Write findings and report, into the folder dry-run, but no notices."
        ),
    ] = False,
    runner: Annotated[
        Runner,
        typer.Option(help="Where files are read: in this process, or on a Dask cluster."),
    ] = Runner.LOCAL,
    dask_address: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="The cluster's scheduler, such as tcp://10.0.0.5:8786; without it, a cluster is "
            "started on this machine.",
        ),
    ] = "",
) -> None:
    """Find what was lost, and write findings, notices and a report."""
    from flows.cli.result import tell  # noqa: PLC0415 - loads what reads and judges
    from flows.orchestration import run_reconcile  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415

    # A mistake in the file is told at once, not after the orchestrator has started.
    settings = load_settings(migration)
    with _progress() if sys.stderr.isatty() and not as_json else _sentences():
        summary = run_reconcile(
            settings.file,
            verify=verify,
            wait=wait,
            dry_run=dry_run,
            runner=runner,
            dask_address=dask_address,
        )
    if as_json:
        sys.stdout.write(orjson.dumps(summary.as_json()).decode() + "\n")
    else:
        tell(summary)


@contextmanager
def _progress() -> Iterator[None]:
    """Show on standard error what is being read, by file."""
    from rich.console import Console  # noqa: PLC0415 - only where somebody looks

    from flows.progress import Reading, hearing, listening  # noqa: PLC0415
    from transforms.printable import printable  # noqa: PLC0415

    console = Console(stderr=True, highlight=False)
    with console.status("Starting …") as status:

        def show(read: Reading) -> None:
            now = ", ".join(printable(label, _LABEL_SHOWN) for label in read.now)
            what = f"reading {now}" if now else "comparing and writing"
            status.update(f"{read.files} files read ({read.bytes / 1e6:,.0f} MB); {what} …")

        def say(sentence: str) -> None:
            console.print(printable(sentence, _LONGEST_LINE), markup=False)
            status.update("Waiting …")

        with listening(show), hearing(say):
            yield


@contextmanager
def _sentences() -> Iterator[None]:
    """Say on standard error for whom the run waits; nobody looks at what is being read."""
    from flows.progress import hearing  # noqa: PLC0415 - as above
    from transforms.printable import printable  # noqa: PLC0415

    with hearing(lambda said: typer.echo(printable(said, _LONGEST_LINE), err=True)):
        yield
