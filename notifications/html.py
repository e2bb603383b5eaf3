"""`notice.html`: one page without scripts and without anything from outside."""

from notifications.content import Notice
from notifications.templates import TEMPLATES

NAME = "notice.html"


def notice_html(notice: Notice) -> bytes:
    """Render the notice for screens of any size, and for paper."""
    return TEMPLATES.get_template("notice.html").render(notice=notice, words=notice.words).encode()
