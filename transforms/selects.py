"""A SELECT of the catalogue's own, which is read as if it were a table.

That nothing is written is seen to by the transaction. What is refused here would not be what its
author means once it stands in parentheses, or is no reading.
"""

import re
from typing import Final

_QUOTED: Final = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`""")
_WORD: Final = re.compile(r"[a-z_]\w*", re.IGNORECASE)
_DOLLARS: Final = re.compile(r"\$\w*\$")
# SELECT ... INTO makes a table, or a file on the server; FOR UPDATE waits for those who write.
_WRITING: Final = re.compile(
    r"\b(insert|update|delete|merge|into|for\s+share|in\s+share\s+mode)\b", re.IGNORECASE
)


def one_select(text: str) -> str:
    """The statement without its last semicolon.

    Raises ValueError where it is not one SELECT, with or without a WITH before it.
    """
    statement = text.strip().removesuffix(";").rstrip()
    bare = _QUOTED.sub("''", statement)
    if problem := _problem(statement, bare):
        raise ValueError(f"{problem}; write one SELECT such as {_EXAMPLE}")
    return statement


_EXAMPLE: Final = '"SELECT a.id, o.customer_id FROM addresses a JOIN orders o ON o.id = a.order_id"'


def _problem(statement: str, bare: str) -> str:
    words = [word.lower() for word in _WORD.findall(bare)]
    begins = bare[:1].isalpha() and words[0] in {"select", "with"}
    writing = _WRITING.search(bare)
    problems = {
        "is no SELECT": not begins or "select" not in words,
        # It ends the text on some servers and not on others.
        "has a quote after a backslash, where a quote inside of a text is written twice": (
            re.search(r"""\\['"]""", statement)
        ),
        "has a text that does not end, or one in dollar signs": (
            re.search(r"""['"`]""", bare.replace("''", "")) or _DOLLARS.search(bare)
        ),
        "has several statements": ";" in bare,
        "has a comment, which belongs in front of the key, after a #": re.search(r"--|/\*", bare),
        "has parentheses that do not match": not _is_balanced(bare),
        f"says {writing and writing[0].upper()}, and the new database is only read": writing,
    }
    return next((said for said, is_so in problems.items() if is_so), "")


def _is_balanced(bare: str) -> bool:
    depth = 0
    for character in bare:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0
