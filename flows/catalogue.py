"""Loading a catalogue: the one that comes with the product, or a vendor's own."""

from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from flows.mistakes import explain_mistakes
from flows.toml_files import read_toml
from transforms.catalogue import Catalogue
from transforms.errors import CatalogueError
from transforms.routes import compile_routes


def load_catalogue(path: Path | None) -> Catalogue:
    """Read and check a catalogue; without a path, the FE2 catalogue that the product ships.

    Raises CatalogueError: one paragraph with the file, each wrong key, the value found and what
    would be right.
    """
    with resources.as_file(resources.files("transforms") / "fe2.toml") as shipped:
        file = path or shipped
        document = read_toml(file, "the catalogue", CatalogueError)
    try:
        catalogue = Catalogue.model_validate(document)
    except ValidationError as error:
        problem = explain_mistakes(error, file=file, model=Catalogue, document=document)
        raise CatalogueError(problem) from None
    try:
        # Routes can be right one by one and contradict each other: `check` says so, not the run.
        compile_routes(catalogue)
    except CatalogueError as error:
        raise CatalogueError(f"{file}: {error}") from None
    return catalogue
