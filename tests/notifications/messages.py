"""All texts that the code and the templates ask translations for."""

from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir

import notifications

ROOT = Path(notifications.__file__).parent
_KEYWORDS = {"say": None, "_": None, "count": (1, 2)}
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]


def extracted() -> Catalog:
    catalogue = Catalog(domain="notifications")
    found = extract_from_dir(ROOT, _METHODS, keywords=_KEYWORDS)
    for file, line, message, comments, context in found:
        catalogue.add(message, locations=[(file, line)], auto_comments=comments, context=context)
    return catalogue
