"""The templates, compiled once per process."""

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
