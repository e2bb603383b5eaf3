"""What all tests share."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.browser",
    "tests.distribution",
    "tests.mariadb",
    "tests.object_store",
    "tests.real_servers.caddy",
]

# How many times as many examples as usual the property tests try.
EFFORT = int(os.environ.get("HYPOTHESIS_EFFORT", "1"))
IS_CI = "CI" in os.environ

# Prefect reads it once, when the first test file imports it; the command line sets it as well.
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")

# In CI the examples are always the same, so that it fails for what was changed and nothing else.
settings.register_profile(
    "tests",
    settings.get_profile("ci") if IS_CI else settings.get_profile("default"),
    deadline=None,
    max_examples=100 * EFFORT,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tests")
# An example of a law is a whole night of small migrations, judged twice.
settings.register_profile("laws", settings.get_profile("tests"), max_examples=8 * EFFORT)
# Where an example is a block of lines: to parse a block takes long, however few there are in it.
settings.register_profile("blocks", settings.get_profile("tests"), max_examples=40 * EFFORT)


@pytest.fixture(scope="session", autouse=True)
def _prefect_of_its_own(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Keep Prefect's records out of the developer's home; its server starts with the first flow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
        patch.setenv("PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW", "ignore")
        yield
