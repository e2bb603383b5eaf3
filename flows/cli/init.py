"""`cutover-recon init`: a migration file to be filled in."""

import os
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from transforms.errors import ConfigurationError

_FILE = "migration.toml"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the file is to be.")],
) -> None:
    """Write a commented migration.toml, with every key and what it means."""
    file = folder / _FILE
    template = (resources.files("flows") / "migration_template.toml").read_bytes()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Readable by its owner only: somebody may write a password into it.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigurationError(
            f"{file} can't be made, as something of that name exists and nothing is overwritten; "
            "name another folder, or move it away."
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"{file} can't be written: {error.strerror}; name another folder."
        ) from None
    with os.fdopen(descriptor, "wb") as written:
        written.write(template)
    typer.echo(f"{file} is written. Fill it in, then: cutover-recon check {file}")
