import os
import pickle
import tomllib
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.settings import Settings, load_settings
from flows.settings.values import duration
from transforms.errors import ConfigurationError

SMALLEST = """
[migration]
id = "m"
snapshot_at = 2021-05-18T20:00:00+02:00
live_at = 2021-05-18T23:18:00+02:00
[[access_logs]]
name = "proxy-a"
paths = ["a.log"]
[database]
url = "sqlite:///new.db"
"""
WHOLE = (Path(__file__).parent.parent.parent / "cases" / "migration.toml").read_text("utf-8")
MISTAKES = tomllib.loads(
    (Path(__file__).parent.parent.parent / "cases" / "wrong_settings.toml").read_text("utf-8")
)["cases"]


@pytest.fixture(autouse=True)
def _no_environment_but_the_tests_own(monkeypatch):
    for name in [name for name in os.environ if name.startswith("CUTOVER_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def load(tmp_path):
    def load(text):
        file = tmp_path / "migration.toml"
        file.write_text(text, "utf-8")
        return load_settings(file)

    return load


def refused(load, text):
    with pytest.raises(ConfigurationError) as caught:
        load(text)
    assert caught.value.exit_code == 2
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_every_key_of_a_whole_file_is_understood(load, tmp_path):
    settings = load(WHOLE)
    assert settings.base == tmp_path
    assert settings.file == tmp_path / "migration.toml"
    assert settings.output_folder == tmp_path / "out" / "frankfurt-2021"
    assert settings.contacts_path == tmp_path / "contacts.csv"
    assert settings.catalogue_path == tmp_path / "catalogue.toml"
    migration = settings.migration
    assert migration.snapshot_at == datetime(2021, 5, 18, 18, tzinfo=UTC)
    assert migration.minimum_versions == {"FE2": "2.22.160"}
    assert settings.window.live_at == datetime(2021, 5, 18, 21, 18, tzinfo=UTC)
    assert settings.window.live_at_uncertainty == timedelta(minutes=5)
    assert settings.window.margin == timedelta(minutes=30)
    assert settings.window.server_skew == timedelta(seconds=10)
    proxy, edge = settings.access_logs
    assert proxy.log_format is not None
    assert (proxy.gap, edge.gap) == (timedelta(minutes=2), "auto")
    assert proxy.accepted_gaps[0].to_at == datetime(2021, 5, 18, 19, 10, tzinfo=UTC)
    assert edge.fields["method"] == "req.method"
    assert settings.client_events[0].trusted
    assert settings.database.url.get_secret_value() == "sqlite:///new.db"
    assert settings.notices.formats == ("html", "txt")
    assert settings.smtp is not None
    assert settings.smtp.only_to == ("me@example.org",)


def test_what_is_left_out_has_a_default(load):
    settings = load(SMALLEST)
    assert settings.migration.title == "m"
    assert settings.migration.margin == timedelta(minutes=30)
    assert settings.access_logs[0].format == "nginx"
    assert settings.ledger.url.get_secret_value() == "sqlite:///ledger.db"
    assert settings.notices.output == "out"
    assert settings.smtp is None
    assert settings.catalogue_path is None


def test_a_collector_is_not_trusted_unless_somebody_says_so(load):
    settings = load(SMALLEST + '[[client_events]]\nname = "e"\npaths = ["e"]')
    assert not settings.client_events[0].trusted


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case["rule"])
def test_a_mistake_is_named_with_what_would_be_right(load, case):
    assert case["instead_of"] in SMALLEST
    text = SMALLEST.replace(case["instead_of"], case["written"])
    message = refused(load, text)
    for part in ("migration.toml: ", *case["says"]):
        assert part in message
    for secret in case.get("never", []):
        assert secret not in message


def test_a_mistake_in_the_toml_has_line_and_column(load):
    assert "line 3, column 5" in refused(load, '[migration]\nid = "m"\nx = \n')


def test_a_file_that_is_missing_or_no_text(tmp_path, load):
    with pytest.raises(ConfigurationError, match=r"none\.toml: .*can't be read"):
        load_settings(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"id = '\xff'")
    with pytest.raises(ConfigurationError, match=r"not in UTF-8 \(at byte 7\)"):
        load_settings(tmp_path / "binary.toml")


def test_all_mistakes_are_named_at_once_but_not_without_end(load):
    message = refused(load, SMALLEST + "".join(f"[x{n}]\n" for n in range(9)))
    assert "x0 is no known key" in message
    assert message.endswith("There are 4 more mistakes.")


def test_a_mistake_in_an_entry_names_the_entry(load):
    message = refused(load, SMALLEST.replace('paths = ["a.log"]', 'paths = ["a.log"]\ngap = "x"'))
    assert 'access_logs[0].gap (of "proxy-a") = "x" is no length of a gap' in message


class TestEnvironment:
    def test_it_wins_over_the_file(self, load, monkeypatch):
        given = {
            "CUTOVER_DATABASE__URL": "postgresql://u:geheim@h/n",
            "CUTOVER_MIGRATION__LIVE_AT": "2021-05-19T00:00:00+02:00",
            "CUTOVER_MIGRATION__MARGIN": "1h30m",
            "CUTOVER_MIGRATION__MINIMUM_VERSIONS__FE2": "2.23",
            "CUTOVER_NOTICES__FORMATS": '["txt"]',
            "CUTOVER_NOTICES__ANNOUNCE_FINAL": "true",
            "CUTOVER_ACCESS_LOGS__0__MAX_MALFORMED": "0.5",
            "CUTOVER_ACCESS_LOGS__PROXY_A__GAP": "3m",
            "CUTOVER_SMTP": '{"host": "mail"}',
            "CUTOVER_SMTP__PORT": "25",
            "CUTOVER_SMTP__PASSWORD": "12345",
            "CUTOVERED": "x",
            "CUTOVER_DEBUG": "x",
        }
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        settings = load(SMALLEST)
        assert settings.database.url.get_secret_value() == "postgresql://u:geheim@h/n"
        assert settings.migration.live_at == datetime(2021, 5, 18, 22, tzinfo=UTC)
        assert settings.migration.margin == timedelta(minutes=90)
        assert settings.migration.minimum_versions == {"FE2": "2.23"}
        assert settings.notices.formats == ("txt",)
        assert settings.notices.announce_final
        assert settings.access_logs[0].max_malformed == 0.5
        assert settings.access_logs[0].gap == timedelta(minutes=3)
        assert settings.smtp is not None
        assert (settings.smtp.host, settings.smtp.port) == ("mail", 25)
        assert settings.smtp.password is not None
        assert settings.smtp.password.get_secret_value() == "12345"

    @pytest.mark.parametrize(
        ("name", "value", "says"),
        [
            ("CUTOVER_NOTICES__FORMATS", "html", "CUTOVER_NOTICES__FORMATS (notices.formats)"),
            ("CUTOVER_MIGRATION__LIVE_AT", "2021-05-18T23:18:00", "is a local date-time"),
            ("CUTOVER_DATABSE__URL", "x", "CUTOVER_DATABSE__URL names the section databse"),
            ("CUTOVER_DATABASE__ULR", "x", "CUTOVER_DATABASE__ULR (database.ulr) is no known key"),
            ("CUTOVER_ACCESS_LOGS__EDGE__GAP", "1m", "its entries are 0 to 0, or by name PROXY_A"),
        ],
    )
    def test_a_mistake_names_the_variable(self, load, monkeypatch, name, value, says):
        monkeypatch.setenv(name, value)
        message = refused(load, SMALLEST)
        assert name in message
        assert says in message

    def test_a_section_that_only_the_environment_has(self, load, monkeypatch):
        monkeypatch.setenv("CUTOVER_DATABASE__URL", "sqlite:///other.db")
        text = SMALLEST.replace('[database]\nurl = "sqlite:///new.db"', "")
        assert load(text).database.url.get_secret_value() == "sqlite:///other.db"


def test_no_secret_is_shown_by_the_settings_themselves(load, monkeypatch):
    monkeypatch.setenv("CUTOVER_SMTP__PASSWORD", "geheim")
    monkeypatch.setenv("CUTOVER_SMTP__HOST", "mail")
    monkeypatch.setenv("CUTOVER_DATABASE__URL", "postgresql://u:geheim@h/n")
    settings = load(SMALLEST)
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert "geheim" not in shown


def test_settings_travel_to_another_process(load):
    settings = load(WHOLE)
    again = pickle.loads(pickle.dumps(settings))
    assert again == settings
    assert again.base == settings.base


def test_settings_do_not_change(load):
    settings = load(SMALLEST)
    with pytest.raises(ValueError, match="frozen"):
        settings.migration.title = "another"


def test_the_template_loads_as_it_is_and_names_every_key(load):
    template = (resources.files("flows") / "migration_template.toml").read_text("utf-8")
    load(template)
    missing = [
        f"{section}.{key}"
        for section, keys in sections(Settings).items()
        for key in keys
        if f"\n{key} = " not in template and f"\n# {key} = " not in template
    ]
    assert not missing


def test_the_template_shows_the_defaults(load):
    """What is commented out is the default, or an example that loads."""
    template = (resources.files("flows") / "migration_template.toml").read_text("utf-8")
    shown = "\n".join(
        line.removeprefix("# ")
        for line in template.splitlines()
        if line.startswith(
            (
                "# margin",
                "# clock_skew",
                "# server_skew",
                "# live_at_",
                "# country",
                "# role",
                "# new_upstreams",
                "# format =",
                "# gap",
                "# max_malformed",
                "# output",
                "# default_locale",
                "# formats",
                "# announce_final",
            )
        )
        or not line.startswith("#")
    )
    assert load(shown).model_dump() == load(template).model_dump()


@given(st.tuples(*[st.integers(0, 99)] * 4))
def test_a_duration_is_the_sum_of_its_parts(parts):
    days, hours, minutes, seconds = parts
    text = f"{days}d{hours}h{minutes}m{seconds}s"
    assert duration(text) == timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "5", "5 m", "-5m", "m", "5m1h", "1.5h", "5min", "１m", 5, None]
)
def test_what_is_no_duration(text):
    with pytest.raises(ValueError, match="is no duration"):
        duration(text)


def sections(settings):
    """Every section's keys, as they stand in the file."""
    found = {}
    for name, field in settings.model_fields.items():
        annotation = str(field.annotation)
        model = next(
            model
            for model in [field.annotation, *getattr(field.annotation, "__args__", ())]
            if hasattr(model, "model_fields")
        )
        assert annotation
        found[name] = [inner.alias or key for key, inner in model.model_fields.items()]
    return found
