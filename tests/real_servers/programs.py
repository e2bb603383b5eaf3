"""Programs that tests need and that no wheel brings."""

import os
import shutil
from pathlib import Path

import pytest

# Debian keeps servers where only root's PATH leads.
_PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/libexec")


def program(*names: str, package: str) -> str:
    """Where the first of these programs is; without one a test is skipped, but in CI it fails."""
    places = os.pathsep.join(map(str, (*os.get_exec_path(), *_PLACES)))
    found = next(filter(None, (shutil.which(name, path=places) for name in names)), None)
    if found is None:
        missing = f"{' or '.join(names)} is not installed (Debian: {package})"
        if "CI" in os.environ:
            pytest.fail(missing)
        pytest.skip(missing)
    return found


def homeless(folder: Path) -> dict[str, str]:
    """An environment in which a program leaves nothing in anybody's home."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
    xdg = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
    return kept | dict.fromkeys(("HOME", *xdg), str(folder))
