"""Prefect as this product wants it: quiet on the terminal, and calling nobody home."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.summary import Summary

# Set before Prefect is imported, which reads them once. What the user has set stays.
_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_CLI_PROMPT": "false",
}
# Errors are told by the command line, in one paragraph; Prefect's own log stays in its UI.
_SILENT = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}


def run_reconcile(migration_file: Path, *, is_debug: bool = False) -> "Summary":
    """Run the flow in this process, on the server that PREFECT_API_URL names or one of its own.

    A server of its own lives as long as the process and keeps its records with Prefect's.
    """
    for name, value in (_QUIET | ({} if is_debug else _SILENT)).items():
        os.environ.setdefault(name, value)
    # Takes a second, and only what runs the flow should wait for it.
    from flows.reconcile import reconcile  # noqa: PLC0415

    return reconcile(str(migration_file))
