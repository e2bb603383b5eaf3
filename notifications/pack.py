"""All files that one customer gets with a notice."""

from collections.abc import Callable, Collection
from typing import Final

from notifications import html, lists, mail, pdf, text, workbook
from notifications.content import Notice
from notifications.shortened import shortened

_Render = Callable[[Notice], bytes]
# What is read as a letter, and what has every value whole.
_LETTERS: Final[dict[str, tuple[str, _Render]]] = {
    "html": (html.NAME, html.notice_html),
    "txt": (text.NAME, text.notice_text),
    "pdf": (pdf.NAME, pdf.notice_pdf),
}
_LISTS: Final[dict[str, tuple[str, _Render]]] = {
    "xlsx": (workbook.NAME, workbook.workbook),
    "csv": (lists.REPROVISIONING, lists.reprovisioning_csv),
}


def render_pack(notice: Notice, formats: Collection[str]) -> dict[str, bytes]:
    """Render the files by name.

    `csv` includes the import files of the product; `eml` has those of the others attached that
    are no letter themselves. The same notice makes the same bytes.
    """
    whole_in = next((name for format_, (name, _) in _LISTS.items() if format_ in formats), None)
    letter = shortened(notice, whole_in)
    pack = {
        name: render(document)
        for document, renderers in ((letter, _LETTERS), (notice, _LISTS))
        for format_, (name, render) in renderers.items()
        if format_ in formats
    }
    if "csv" in formats:
        pack |= {file.name: lists.import_csv(file) for file in notice.imports}
    if "eml" in formats:
        pack[mail.NAME] = mail.notice_eml(letter, pack)
    return pack
