"""Whole documents held against what they were when somebody last looked at them."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "snapshots"
HOW = (
    "Look at the difference; if it is meant, renew it: "
    "RENEW_SNAPSHOTS=1 python -m pytest -n 0 --no-cov and this test, and commit the files"
)


def assert_same(name: str, document: bytes) -> None:
    path = FOLDER / name
    if os.environ.get("RENEW_SNAPSHOTS"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document)
    assert path.is_file(), f"There is no snapshot {name}. {HOW}"
    assert document.decode() == path.read_bytes().decode(), f"{name} has changed. {HOW}"
