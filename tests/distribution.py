"""Which tests run in one process: those of a file, and of all files that name one `xdist_group`.

So what a module's tests share is made once, and a server that several files need as well. The
scheduling that xdist has for its mark goes by a group's name in the tests' ids, and no longer
finds it there with pytest 9.2.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

_GROUP = re.compile(r"mark\.xdist_group\(\"([^\"]+)\"\)")


class ByGroup(LoadScopeScheduling):
    """Hands out whole groups: those with slow tests first, so that no process ends long before."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(self._file(nodeid))

    def _file(self, nodeid: str) -> Path:
        return self.config.rootpath / nodeid.partition("::")[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        groups = {group: list(map(self._file, tests)) for group, tests in self.workqueue.items()}
        self.workqueue.move_to_end(slowest(groups), last=False)
        super()._assign_work_unit(node)


def slowest(groups: Mapping[str, Sequence[Path]]) -> str:
    """Of groups, each with its tests' files: that with most tests in files with slow ones."""

    def weight(group: str) -> tuple[int, int]:
        return sum(map(has_slow_tests, groups[group])), len(groups[group])

    return max(groups, key=weight)


@cache
def group_of(file: Path) -> str:
    """The group that the file names, or else the file itself."""
    named = set(_GROUP.findall(file.read_text("utf-8")))
    assert len(named) <= 1, f"{file} is of several groups: {named}"
    return named.pop() if named else str(file)


@cache
def has_slow_tests(file: Path) -> bool:
    """Whether any test of the file is marked as slow."""
    return "mark.slow" in file.read_text("utf-8")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Take the place of xdist's own scheduling by groups, and of no other."""
    return ByGroup(config, log) if config.getvalue("dist") == "loadgroup" else None
