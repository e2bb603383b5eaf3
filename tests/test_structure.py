"""Imports go one way, flows → notifications → transforms, and each layer keeps to its own."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ("transforms", "notifications", "flows")

# What would bring files, clocks, networks or an orchestrator into the core.
IMPURE = {
    *("os", "io", "pathlib", "shutil", "tempfile", "glob", "fileinput", "gzip", "zipfile"),
    *("time", "socket", "ssl", "http", "urllib", "smtplib", "asyncio", "subprocess", "random"),
    *("threading", "multiprocessing", "sqlite3", "logging", "importlib"),
    *("prefect", "sqlalchemy", "jinja2", "typer", "rich", "zstandard", "pyarrow", "xlsxwriter"),
}
# What reads the clock or a file although its module may be imported.
IMPURE_CALLS = {
    *("open", "print", "input"),
    *("now", "utcnow", "today"),
    *("read_csv", "read_parquet", "read_ndjson", "scan_parquet", "scan_csv", "scan_ndjson"),
    *("write_csv", "write_parquet", "write_ndjson", "sink_parquet", "sink_csv", "read_text"),
}


def modules(layer: str) -> list[Path]:
    found = sorted((ROOT / layer).rglob("*.py"))
    assert found, layer
    return found


def imports(path: Path) -> set[str]:
    """The top-level packages that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add((node.module or "").split(".")[0])
    return names


def everything(layer: str) -> set[str]:
    return {name for path in modules(layer) for name in imports(path)}


@pytest.mark.parametrize(
    ("layer", "above"), [("transforms", LAYERS[1:]), ("notifications", LAYERS[2:])]
)
def test_imports_go_one_way(layer, above):
    assert not everything(layer) & {*above, "tests", "data_samples"}


def test_the_product_does_not_know_its_tests():
    assert "tests" not in everything("flows")


def test_the_core_touches_no_file_clock_or_network():
    for path in modules("transforms"):
        assert not imports(path) & IMPURE, path
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                name = (
                    called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                )
                assert name not in IMPURE_CALLS, f"{path}:{node.lineno} calls {name}"


def test_prefect_and_sqlalchemy_are_the_shells_only():
    for layer in ("transforms", "notifications"):
        assert not everything(layer) & {"prefect", "sqlalchemy"}


def test_jinja_is_for_documents_only():
    assert "jinja2" not in everything("transforms") | everything("flows")


def test_the_simulator_knows_nothing_of_the_product():
    """It is a second reading of the rules, so it must not share the first one's mistakes."""
    assert not everything("data_samples") & set(LAYERS)


def test_the_core_imports_only_what_computes():
    allowed = {"polars", "pydantic", "orjson", "rapidfuzz", "phonenumbers", "transforms"}
    foreign = everything("transforms") - set(sys.stdlib_module_names) - allowed
    assert not foreign


def test_modules_stay_small():
    for layer in LAYERS:
        for path in modules(layer):
            assert len(path.read_text("utf-8").splitlines()) <= 320, path
