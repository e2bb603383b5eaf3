"""The command line."""

import os
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType

import typer
from typer.main import get_command

from flows.cli.app import app
from transforms.errors import CutoverError
from transforms.printable import printable

_LONGEST_LINE = 10_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line as the script `cutover-recon`; always ends by SystemExit.

    An error that a user can mend is one paragraph on standard error, with its own exit code;
    `--debug`, wherever it stands, shows the traceback as well.
    """
    # Whatever is written holds personal data: it is for its owner only.
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no umlauts must not end the run.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    given = list(sys.argv[1:] if arguments is None else arguments)
    is_debug = "--debug" in given
    if not is_debug:
        sys.excepthook = _say_briefly
    try:
        get_command(app)(
            args=[each for each in given if each != "--debug"], prog_name="cutover-recon"
        )
    except CutoverError as error:
        if is_debug:
            traceback.print_exc()
        for line in str(error).splitlines():
            typer.echo(printable(line, _LONGEST_LINE), err=True)
        raise SystemExit(error.exit_code) from None


def _say_briefly(
    kind: type[BaseException], _error: BaseException, _traceback: TracebackType | None
) -> None:
    # The error's own text may hold personal data.
    typer.echo(
        f"This should not have happened ({kind.__name__}): a mistake in the program, not in your "
        "files. Run it again with --debug to see where, and report that.",
        err=True,
    )
