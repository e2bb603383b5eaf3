"""The end of a run on the terminal."""

import typer

from flows.summary import Summary
from flows.summary_words import lines


def tell(summary: Summary) -> None:
    """Say what was found, what is still missing, and where the report is."""
    for line in lines(summary):
        typer.echo(line)
