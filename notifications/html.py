"""`notice.html`: a letter for mail programs, browsers, phones and paper; nothing from outside."""

from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Template

from notifications.content import Notice
from notifications.inline import inlined
from notifications.templates import TEMPLATES

NAME: Final = "notice.html"
_FILES: Final = files("notifications") / "templates"


def notice_html(notice: Notice) -> bytes:
    """Render the notice for screens of any size, and for paper."""
    return _template().render(notice=notice, words=notice.words).encode()


@cache
def _template() -> Template:
    """Compile the template with its styles in its elements, once per process."""
    return TEMPLATES.from_string(inlined(_source(NAME), _source("notice.css")))


def _source(name: str) -> str:
    return (_FILES / name).read_text("utf-8")
