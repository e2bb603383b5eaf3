"""What the form says holds for that run; what it says wrong is refused by the field's name."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from flows.forms import OtherWindow, checked_sources, with_window
from flows.settings import load_settings
from tests.flows.migrations import write_migration
from transforms.errors import ConfigurationError

SUMMER = timezone(timedelta(hours=2))


@pytest.fixture
def settings(tmp_path):
    return load_settings(write_migration(tmp_path))


def test_an_empty_form_changes_nothing(settings):
    assert with_window(settings, OtherWindow()) is settings


def test_what_the_form_says_holds_and_the_rest_stays(settings):
    live = datetime(2021, 5, 18, 23, 30, tzinfo=SUMMER)
    changed = with_window(settings, OtherWindow(live_at=live, margin="1h30m"))
    assert changed.migration.live_at == datetime(2021, 5, 18, 21, 30, tzinfo=UTC)
    assert changed.window.margin == timedelta(minutes=90)
    assert changed.migration.snapshot_at == settings.migration.snapshot_at
    assert changed.output_folder == settings.output_folder
    assert changed.migration.minimum_versions == settings.migration.minimum_versions


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValidationError, match="live_at"):
        OtherWindow(live_at=datetime(2021, 5, 18, 23, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ({"margin": "soon"}, r"window\.margin = soon: is no duration; write it such as"),
        ({"timezone": "Europe/Frankfurt"}, r"window\.timezone = Europe/Frankfurt: is no IANA"),
        ({"live_at": datetime(2021, 5, 18, tzinfo=UTC)}, "the snapshot is taken first"),
    ],
)
def test_a_wrong_value_is_refused_by_its_field(settings, window, said):
    with pytest.raises(ConfigurationError, match=said):
        with_window(settings, OtherWindow(**window))


def test_no_source_chosen_means_all(settings):
    names = {entry.name for entry in (*settings.access_logs, *settings.client_events)}
    assert checked_sources(settings, []) == names


def test_a_source_that_is_none_is_refused(settings):
    known = settings.access_logs[0].name
    assert checked_sources(settings, [known]) == {known}
    with pytest.raises(ConfigurationError, match=f"sources: 'proxy-x' is no source.*{known}"):
        checked_sources(settings, [known, "proxy-x"])
