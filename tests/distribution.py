"""Which tests run in one process: those of a file, and of all files that name one `xdist_group`.

So what a module's tests share is made once, and a server that several files need as well. The
scheduling that xdist has for its mark goes by a group's name in the tests' ids, and no longer
finds it there with pytest 9.2.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_GROUP = re.compile(r"mark\.xdist_group\(\"([^\"]+)\"\)")


class ByGroup(LoadScopeScheduling):
    """Hands out whole groups, those with most tests first."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(self.config.rootpath / nodeid.partition("::")[0])


@cache
def group_of(file: Path) -> str:
    """The group that the file names, or else the file itself."""
    named = set(_GROUP.findall(file.read_text("utf-8")))
    assert len(named) <= 1, f"{file} is of several groups: {named}"
    return named.pop() if named else str(file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Take the place of xdist's own scheduling by groups, and of no other."""
    return ByGroup(config, log) if config.getvalue("dist") == "loadgroup" else None
