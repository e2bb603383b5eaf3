"""The reader's language: wording from gettext catalogues, times and numbers by locale.

The English texts stand in the code. Any other language is `locale/<language>/LC_MESSAGES/
notifications.po`, compiled when it is first needed; `locale/README.md` says how to add one.
"""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, get_timezone_name
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

SOURCE_LANGUAGE: Final = "en"
_LOCALES: Final = files("notifications") / "locale"
# Where only a language is known, a customary way to write dates: "en" alone would be American.
_CUSTOMARY: Final = {"en": "en_GB"}


@cache
def languages() -> frozenset[str]:
    """Name the languages that there is wording in."""
    there = (folder.name for folder in _LOCALES.iterdir() if folder.is_dir())
    return frozenset((SOURCE_LANGUAGE, *there))


def translations(language: str) -> gettext.NullTranslations | None:
    """Give the catalogue of a language, or None where there is none."""
    # What a stranger has written for a language becomes no path.
    return _compiled(language) if language in languages() else None


@cache
def _compiled(language: str) -> gettext.NullTranslations:
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    source = _LOCALES / language / "LC_MESSAGES" / "notifications.po"
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source.read_bytes()), locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@dataclass(frozen=True, eq=False)
class Language:
    """Says things in one language. Values are filled in after translation, never translated.

    There is one for each combination of locales, so that what it has said can be kept by it.
    """

    tag: str
    locale: Locale
    catalogue: gettext.NullTranslations

    @classmethod
    @lru_cache(maxsize=256)
    def of(cls, *wanted: str | None) -> Self:
        """Take the first of the wanted locales (`de`, `de-AT`, `en_GB`) that has wording."""
        for name in wanted:
            tag = (name or "").replace("-", "_").split(".")[0]
            language = tag.split("_")[0].lower()
            if language and (catalogue := translations(language)):
                return cls(language, _locale(tag, language), catalogue)
        return cls(SOURCE_LANGUAGE, _locale("", SOURCE_LANGUAGE), gettext.NullTranslations())

    def say(self, message: str, /, **values: object) -> str:
        """Give the message in this language, with `{names}` filled in."""
        return self.catalogue.gettext(message).format(**values)

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Give the message for `n` things; `{n}` is the number, written as the locale does."""
        return self.catalogue.ngettext(one, many, n).format(n=self.number(n), **values)

    def pick(self, texts: Mapping[str, str], otherwise: str = "") -> str:
        """Pick the text of a catalogue's table of languages, else English, else whatever it has."""
        for language in (self.tag, SOURCE_LANGUAGE, *texts):
            if language in texts:
                return texts[language]
        return otherwise

    def number(self, value: float) -> str:
        """Write a number with the locale's separators."""
        return _number(value, self.locale)

    def both(self, parts: list[str]) -> str:
        """Join parts as a list in a sentence: a, b and c."""
        return format_list(parts, locale=self.locale)

    def day(self, at: datetime) -> str:
        """Write a date in a sentence: 18. Mai 2021."""
        return format_date(at, "long", locale=self.locale)

    def clock(self, at: datetime) -> str:
        """Write hours and minutes: 20:14; with their offset where clocks go back."""
        text = at.strftime("%H:%M")
        return f"{text} {self._offset(at)}" if is_said_twice(at) else text

    def moment(self, at: datetime) -> str:
        """Write a local time for a table; with its offset where clocks go back."""
        text = f"{_date(at.date(), self.locale)} {at.time().isoformat('seconds')}"
        return f"{text} {self._offset(at)}" if is_said_twice(at) else text

    def _offset(self, at: datetime) -> str:
        return format_datetime(at, "xxx", locale=self.locale)

    def zone(self, start: datetime, end: datetime, zone: ZoneInfo) -> str:
        """Name a time zone and its key: Mitteleuropäische Sommerzeit, Europe/Berlin.

        Where clocks are changed in between, it is neither summer time nor standard time.
        """
        start, end = start.astimezone(zone), end.astimezone(zone)
        named = start if start.utcoffset() == end.utcoffset() else zone
        return f"{get_timezone_name(named, 'long', locale=self.locale)}, {zone.key}"

    def minutes(self, duration: timedelta) -> str:
        """Write a duration, rounded to minutes."""
        minutes = max(1, round(duration.total_seconds() / 60))
        return self.count("{n} minute", "{n} minutes", minutes)


def is_said_twice(at: datetime) -> bool:
    """Whether the clocks were put back and this local time came twice: it needs its offset."""
    return at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()


def time_zone(*wanted: str | None) -> ZoneInfo:
    """Take the first of the wanted zones that exists, else UTC."""
    for key in wanted:
        try:
            if key:
                return ZoneInfo(key)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


# A notice has the same few numbers and the same day over and over.
@lru_cache(maxsize=4096)
def _number(value: float, locale: Locale) -> str:
    return format_decimal(value, locale=locale)


@lru_cache(maxsize=4096)
def _date(day: date, locale: Locale) -> str:
    return format_date(day, "medium", locale=locale)


def _locale(tag: str, language: str) -> Locale:
    for name in (tag if tag.lower() != language else "", _CUSTOMARY.get(language, language)):
        try:
            if name:
                return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(language)
