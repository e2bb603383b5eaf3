"""A style sheet written into the elements of a page, since many mail programs drop `<style>`.

It is done once, to the template's source: the template stays plain HTML with classes, and a notice
costs nothing more to render.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_ROOT: Final = re.compile(r"\s*:root\s*\{([^{}]*)\}")
_VARIABLE: Final = re.compile(r"var\((--[a-z-]+)\)")
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_AT_RULE: Final = re.compile(r"^(?=@)", re.MULTILINE)
_NAME: Final = re.compile(r"\.([a-z][a-z0-9]*)")
_SELECTOR: Final = re.compile(r"\.?[a-z][a-z0-9]*")
# An opening tag. In a template, an expression in one of its attributes can't hold "<" or ">".
_TAG: Final = re.compile(r"<([a-z][a-z0-9]*)\b([^<>]*)>")
_CLASS: Final = re.compile(r' class="([^"]*)"')
_PLACE: Final = "<style></style>"


def inlined(page: str, sheet: str) -> str:
    """Give the page with the sheet's rules in its elements.

    What can't be there, from the first `@` on, goes where the page has an empty `<style>`: a block
    for each, since some programs drop a whole block for one thing that they do not know. A class
    stays only where these speak of it. Variables are those of `:root`, which comes first. Raises
    `ValueError` for a selector that is more than an element or a class, and for a class that has
    no rule.
    """
    plain, *blocks = _AT_RULE.split(_with_values(_COMMENT.sub("", sheet)))
    styles = _styles(plain)
    spoken_of = {name for block in blocks for name in _NAME.findall(block)}

    def with_style(tag: re.Match[str]) -> str:
        element, attributes = tag.groups()
        found = _CLASS.search(attributes)
        classes = found[1].split() if found else []
        for name in classes:
            if f".{name}" not in styles and name not in spoken_of:
                raise ValueError(f"no rule for class {name!r} of <{element}>")
        kept = " ".join(name for name in classes if name in spoken_of)
        wanted = (element, *(f".{name}" for name in classes))
        style = ";".join(styles[each] for each in wanted if each in styles)
        written = (f' class="{kept}"' if kept else "") + (f' style="{style}"' if style else "")
        return f"<{element}{_CLASS.sub('', attributes)}{written}>"

    written = "\n".join(f"<style>\n{block.rstrip()}\n</style>" for block in blocks)
    return _TAG.sub(with_style, page).replace(_PLACE, written)


def _with_values(sheet: str) -> str:
    """Write the variables' values where they are used."""
    root = _ROOT.match(sheet)
    values = dict(_declarations(root[1])) if root else {}
    rest = sheet[root.end() :] if root else sheet
    return _VARIABLE.sub(lambda used: values[used[1]], rest)


def _styles(rules: str) -> Mapping[str, str]:
    """Collect what is declared for each element and class, in the order of the sheet."""
    styles: dict[str, list[str]] = defaultdict(list)
    for selectors, declarations in _RULE.findall(rules):
        for selector in map(str.strip, selectors.split(",")):
            if not _SELECTOR.fullmatch(selector):
                raise ValueError(f"can't be written into elements: {selector!r}")
            styles[selector] += (f"{name}:{value}" for name, value in _declarations(declarations))
    return {selector: ";".join(declared) for selector, declared in styles.items()}


def _declarations(text: str) -> list[tuple[str, str]]:
    parts = (each.partition(":") for each in text.split(";") if each.strip())
    return [(name.strip(), value.strip()) for name, _, value in parts]
