"""The commands, registered.

A command's module imports what it needs inside the command, so that `--help` and the quick
commands load neither Prefect nor what reads and writes documents.
"""

import functools

import typer

from flows.cli.check import check
from flows.cli.demo import demo
from flows.cli.explain import explain
from flows.cli.init import init
from flows.cli.notices import notices
from flows.cli.purge import purge
from flows.cli.run import run
from flows.cli.serve import serve
from flows.cli.status import status

_DEBUG = "With --debug, an error shows where it comes from."

app = typer.Typer(
    help="Finds what a database move has lost, and writes each customer a notice.",
    epilog=_DEBUG,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
command = functools.partial(app.command, epilog=_DEBUG)

command("demo")(demo)
command("init")(init)
command("check")(check)
command("run")(run)
command("serve")(serve)
command("status")(status)
command("explain")(explain)
app.add_typer(notices, name="notices", epilog=_DEBUG)
command("purge")(purge)
