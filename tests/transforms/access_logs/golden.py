"""Golden cases: lines as data, each headed by the rule that it shows."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from transforms.access_logs.parsed import ParsedLines

CASES = Path(__file__).parents[2] / "cases"


def golden(program: str) -> dict[str, Any]:
    """The formats and the cases of a program."""
    return tomllib.loads((CASES / f"{program}.toml").read_text("utf-8"))


def named(cases: list[dict[str, Any]], *before: object, of: str) -> list[Any]:
    """The cases as parameters of a test, named after their rules."""
    return [pytest.param(*before, case, id=f"{of}: {case['rule']}") for case in cases]


def check(case: dict[str, Any], parsed: ParsedLines) -> None:
    """What came out of the case's line is what the case expects."""
    if "expected" not in case:
        reasons = [case["malformed"]] if "malformed" in case else []
        assert parsed.malformed["reason"].to_list() == reasons
        assert parsed.requests.is_empty()
        assert parsed.seconds.is_empty()
        return
    assert parsed.malformed.is_empty()
    request = parsed.requests.with_columns(at=pl.col("at").dt.replace_time_zone(None))
    request = request.row(0, named=True)
    wanted = {name: value or None for name, value in case["expected"].items()}
    if "at" in wanted:
        wanted["at"] = str(datetime.fromisoformat(wanted["at"]))
    found = {name: None if request[name] is None else str(request[name]) for name in wanted}
    assert found == wanted
