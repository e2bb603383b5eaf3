"""A rule broken: what a mutant is, and how the broken module takes the place of the whole one."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Mutant(NamedTuple):
    """One rule broken: in `module`, `old` (found exactly once) becomes `new`.

    `caught_by` is a test below `tests/` that is known to notice, and soon. It only saves time:
    where it no longer notices, all other tests are asked.
    """

    name: str
    module: str
    old: str
    new: str
    caught_by: str

    @property
    def applies(self) -> bool:
        """Whether the source still has what is replaced, at one place."""
        file = ROOT.joinpath(*self.module.split(".")).with_suffix(".py")
        return file.exists() and file.read_text("utf-8").count(self.old) == 1


class _BrokenLoader(SourceFileLoader):
    """Compiles the broken source; nothing of it is ever written to disk."""

    def __init__(self, mutant: Mutant, path: str) -> None:
        super().__init__(mutant.module, path)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        source = Path(self.path).read_text("utf-8")
        broken = source.replace(self._mutant.old, self._mutant.new)
        return compile(broken, self.path, "exec", dont_inherit=True)


class _BrokenFinder(MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path) if fullname == self._mutant.module else None
        if spec is not None and spec.origin is not None:
            spec.loader = _BrokenLoader(self._mutant, spec.origin)
        return spec


def break_this_process(mutant: Mutant) -> None:
    """Whatever imports the module from now on gets the broken one, until the process ends."""
    sys.meta_path.insert(0, _BrokenFinder(mutant))
