"""The templates, compiled once per process."""

from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

# A misspelt name fails instead of leaving a hole; whatever ends in .html is escaped.
TEMPLATES: Final = Environment(
    loader=PackageLoader("notifications", "templates"),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def asset(name: str) -> str:
    """Read a stylesheet or script as it will stand in a page."""
    return (files(__name__) / name).read_text("utf-8")
