"""`cutover-recon notices`: support's work, from draft to sent."""

import functools

import typer

from flows.cli.notices.deciding import approve, mark_sent, reject
from flows.cli.notices.listing import list_notices
from flows.cli.notices.sending import send
from flows.cli.notices.showing import show

notices = typer.Typer(
    help="Look at the notices, approve them, and send them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
command = functools.partial(
    notices.command, epilog="With --debug, an error shows where it comes from."
)

command("list")(list_notices)
command("show")(show)
command("approve")(approve)
command("reject")(reject)
command("send")(send)
command("mark-sent")(mark_sent)
