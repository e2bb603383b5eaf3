"""What decides how a file is read, as a key: where it changes, the file is read anew.

The window decides nothing here: what is read is kept for all times, and filtered later.
"""

import hashlib
from typing import Final

import orjson

from flows.settings import AccessLog, ClientEvents
from transforms.catalogue import Catalogue
from transforms.client_events import event_types

# Of the program: counted on where the same file gives other rows than before. A test holds it.
EXTRACT_VERSION: Final = 3


def log_key(entry: AccessLog, catalogue: Catalogue) -> str:
    """For the files of an `[[access_logs]]` entry: its format, and the catalogue's routes."""
    how = entry.model_dump(include={"format", "log_format", "fields", "timezone"})
    routes = {
        name: [route.model_dump() for route in kind.routes]
        for name, kind in catalogue.kinds.items()
    }
    return _key("access log", how, routes)


def events_key(entry: ClientEvents, catalogue: Catalogue) -> str:
    """For the files of a `[[client_events]]` entry: is it trusted, and the catalogue's types."""
    types = {
        name: [type_.kind, type_.action, sorted(type_.fields), type_.sets]
        for name, type_ in event_types(catalogue).items()
    }
    spelled = {name: kind.types for name, kind in catalogue.kinds.items() if kind.types}
    zone = catalogue.time_zone if spelled else None
    return _key("client events", entry.trusted, types, spelled, zone)


def _key(*what: object) -> str:
    told = orjson.dumps([EXTRACT_VERSION, *what], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told).hexdigest()
