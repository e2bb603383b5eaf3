"""Every text has a translation with the same places to fill in."""

import string
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.language import Language, time_zone, translations
from tests.notifications.messages import ROOT, extracted

BERLIN = ZoneInfo("Europe/Berlin")
LANGUAGES = sorted(path.parts[-3] for path in ROOT.glob("locale/*/LC_MESSAGES/notifications.po"))
RENEW = "see notifications/locale/README.md for how to renew the translations"


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_german_is_there():
    assert "de" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_in_english(language):
    catalogue = translations(language)
    for message in extracted():
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            one, many = message.id
            for n in (1, 2):
                text = catalogue._catalog.get((one, catalogue.plural(n)))
                assert text, f"{one!r} has no translation in {language}; {RENEW}"
                assert places(text) == places(many), f"{one!r} in {language}"
        else:
            text = catalogue._catalog.get(message.id)
            assert text, f"{message.id!r} has no translation in {language}; {RENEW}"
            assert places(text) == places(message.id), f"{message.id!r} in {language}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_outlives_its_text(language):
    used = {one for message in extracted() for one in (message.id or ()) if one} | {
        message.id for message in extracted() if isinstance(message.id, str)
    }
    kept = {
        key[0] if isinstance(key, tuple) else key for key in translations(language)._catalog if key
    }
    assert not kept - used, RENEW


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (("de",), "de"),
        (("de-AT", "en"), "de"),
        (("de_CH.UTF-8",), "de"),
        (("fr", "de"), "de"),
        ((None, "de"), "de"),
        (("../../x", "zz"), "en"),
        ((), "en"),
    ],
)
def test_the_first_language_that_there_is_speaks(wanted, language):
    assert Language.of(*wanted).tag == language


@pytest.mark.parametrize(("locale", "text"), [("de", "18.05.2021"), ("en", "18 May 2021")])
def test_times_are_local_and_in_the_locales_own_form(locale, text):
    local = datetime(2021, 5, 18, 18, 14, 5, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))
    assert Language.of(locale).moment(local) == f"{text} 20:14:05"


def test_an_hour_that_comes_twice_has_its_offset():
    hours = [
        Language.of("de").moment(
            datetime(2021, 10, 31, utc, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))
        )
        for utc in (0, 1)
    ]
    assert hours == ["31.10.2021 02:30:00 +02:00", "31.10.2021 02:30:00 +01:00"]


def test_hours_and_minutes_that_come_twice_have_their_offset():
    put_back = datetime(2021, 10, 31, 0, 30, tzinfo=UTC).astimezone(BERLIN)
    assert Language.of("de").clock(put_back) == "02:30 +02:00"
    assert Language.of("de").clock(put_back + timedelta(days=1)) == "02:30"


@pytest.mark.parametrize(
    ("day", "zone"),
    [
        (30, "Mitteleuropäische Sommerzeit, Europe/Berlin"),
        (31, "Mitteleuropäische Zeit, Europe/Berlin"),
    ],
)
def test_a_zone_whose_clocks_are_changed_meanwhile_is_neither_summer_nor_standard_time(day, zone):
    start = datetime(2021, 10, day, 0, 10, tzinfo=UTC)
    assert Language.of("de").zone(start, start + timedelta(hours=3), BERLIN) == zone


def test_an_unknown_zone_falls_back():
    assert time_zone("Mars/Olympus", "../etc", "Europe/Vienna").key == "Europe/Vienna"
    assert time_zone(None, "").key == "UTC"
