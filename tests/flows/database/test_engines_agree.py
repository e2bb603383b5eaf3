"""The sample migration has the same findings, wherever its new database is kept."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal

import data_samples
from data_samples.filling import fill_database
from data_samples.model import Settings
from data_samples.plan import build
from tests.in_process import findings_of

SAMPLE = Path(data_samples.__file__).parent / "sample"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("servers")]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample") / "sample"
    shutil.copytree(SAMPLE, folder)
    shutil.copytree(SAMPLE / "late", folder, dirs_exist_ok=True)
    return folder / "migration.toml"


@pytest.fixture(scope="module")
def in_a_file(sample):
    return findings_of(sample)


def test_findings_are_those_of_the_file(place, sample, in_a_file, monkeypatch):
    fill_database(build(Settings(2021, 40, 18_000, 0, True)), place.everything)
    tables = sa.inspect(sa.create_engine(place.everything, poolclass=sa.NullPool)).get_table_names()
    place.let_read(*tables)
    monkeypatch.setenv("CUTOVER_DATABASE__URL", place.reader)
    found = findings_of(sample)
    assert found.findings.height > 300
    for name in vars(in_a_file):
        of_file, of_server = getattr(in_a_file, name), getattr(found, name)
        by = [column for column in ("finding_id", "row_id") if column in of_file.columns]
        assert_frame_equal(of_server.sort(by), of_file.sort(by))
