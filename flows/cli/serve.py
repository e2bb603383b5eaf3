"""`cutover-recon serve`: the migration in Prefect's page."""

import os
import signal
import sys
from typing import Annotated

import typer

from flows.cli.run import MigrationFile


def serve(
    migration: MigrationFile,
    port: Annotated[
        int,
        typer.Option(
            min=1, max=65535, help="Where its own server listens; without use by PREFECT_API_URL."
        ),
    ] = 4200,
) -> None:
    """Have runs started, watched and cancelled in Prefect's page, until Ctrl-C.

    Starts a Prefect server on this machine, for this machine only, which ends with the command; or
    uses the one that PREFECT_API_URL names.
    """
    from flows.orchestration import be_quiet  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415

    settings = load_settings(migration)
    be_quiet()
    # Takes seconds, which a mistake in the file should not cost.
    from flows.serving.serve import serve as serving  # noqa: PLC0415

    def ready(page: str) -> None:
        typer.echo(
            f"{settings.migration.title} is served at {page}/deployments\n"
            f"Open that page, choose {settings.migration.id} where it says reconcile, then Run, "
            "Custom run. Ctrl-C here ends the runs and whatever was started for them."
        )
        sys.stdout.flush()

    typer.echo("Starting Prefect …", err=True)
    if serving(settings, port=port, on_ready=ready) is signal.SIGTERM:
        # As whoever sent it expects.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
