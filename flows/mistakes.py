"""What is wrong with a document that a person wrote: one paragraph, from pydantic's findings.

The migration file and the catalogue share this. Every mistake is named with its key, the value
found and what would be right. No secret is repeated, nor the value of an unknown key, which may be
a mistyped password.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from flows.toml_files import nearest
from transforms.printable import printable

Key: TypeAlias = tuple[str | int, ...]

_SHOWN = 5
# What pydantic says of Python's types, in the words of TOML.
_IN_TOML = {
    "model_type": "is no table",
    "dict_type": "is no table",
    "tuple_type": "is no list",
    "too_short": "has too few entries",
    "string_type": "is no text",
    "int_type": "is no whole number",
    "float_type": "is no number",
    "bool_type": "is neither true nor false",
}
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_CREDENTIALS = re.compile(r"(?<=://)[^/\s]*@")


def explain_mistakes(
    error: ValidationError,
    *,
    file: Path,
    model: type[BaseModel],
    document: Mapping[str, Any],
    variables: Mapping[Key, str] | None = None,
) -> str:
    """All mistakes of a document in one paragraph.

    `variables` says which keys the environment has overridden, by which variable.
    """
    sentences: dict[Key, str] = {}
    mistakes = [(_as_written(each, document), each) for each in error.errors(include_url=False)]
    looked_into = {key[:length] for key, _ in mistakes for length in range(len(key))}
    for key, mistake in mistakes:
        # A default that is made from another key can't be wrong by itself.
        if mistake["type"] == "default_factory_not_called":
            continue
        # Where a value may have one of two forms, pydantic has a complaint for each: one will do,
        # and of a table with a mistake in it not the one that it is no text.
        if mistake["type"] in _IN_TOML and key in looked_into:
            continue
        sentences.setdefault(key, _sentence(mistake, key, model, document, variables or {}))
    shown = list(sentences.values())[:_SHOWN]
    if more := len(sentences) - len(shown):
        shown.append(f"There are {more} more mistakes.")
    return f"{file}: {' '.join(shown)}"


def without_credentials(text: str) -> str:
    """A text without the user and password of any address in it."""
    return _CREDENTIALS.sub("***@", text)


def _sentence(
    mistake: ErrorDetails,
    key: Key,
    model: type[BaseModel],
    document: Mapping[str, Any],
    variables: Mapping[Key, str],
) -> str:
    variable = next(
        (variables[key[:n]] for n in range(len(key), 0, -1) if key[:n] in variables), ""
    )
    place = f"{variable} ({_dotted(key, document)})" if variable else _dotted(key, document)
    field, _ = _declared(model, key)
    right = f" Right is {field.description}." if field and field.description else ""
    if mistake["type"] == "missing":
        return f"{place or 'The file'} is missing.{right}"
    if mistake["type"] == "extra_forbidden":
        known = _keys_of(_declared(model, key[:-1])[1])
        return _ended(f"{place} is no known key; {nearest(str(key[-1]), known)}")
    value = _shown(mistake["input"], field)
    if mistake["type"] == "value_error":
        problem = without_credentials(str(mistake["ctx"]["error"]))
        found = f"{place} = {value} " if value else f"{place}: " if place else ""
        return _ended(f"{found}{problem}")
    if in_toml := _IN_TOML.get(mistake["type"]):
        return f"{place}{value and ' = '}{value} {in_toml}.{right}"
    problem = mistake["msg"][:1].lower() + mistake["msg"][1:]
    return f"{place}{value and ' = '}{value}: {problem}.{right}"


def _variable(key: Key, variables: Mapping[Key, str]) -> str | None:
    """The variable that gave this key, or the table that it stands in."""
    above = (key[:length] for length in range(len(key), 0, -1))
    return next((variables[each] for each in above if each in variables), None)


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith(("?", ".")) else f"{sentence}."


def _as_written(mistake: ErrorDetails, document: Mapping[str, Any]) -> Key:
    """The key as it stands in the document, without what pydantic adds (the form it tried)."""
    key: list[str | int] = []
    here: Any = document
    for part in mistake["loc"]:
        within = isinstance(here, list) or (isinstance(here, Mapping) and part in here)
        if within:
            here = here[part]
        elif mistake["type"] == "missing" and isinstance(here, Mapping):
            here = None
        else:
            continue
        key.append(part)
    return tuple(key)


def _dotted(key: Key, document: Mapping[str, Any]) -> str:
    """`access_logs[0].gap (of "edge")`: list entries have a number from 0, and often a name."""
    dotted, owner = "", ""
    here: Any = document
    for part in key:
        if isinstance(part, int):
            dotted += f"[{part}]"
        else:
            bare = part if _BARE_KEY.fullmatch(part) else json.dumps(part, ensure_ascii=False)
            dotted += f".{bare}" if dotted else bare
        within = isinstance(here, list) or (isinstance(here, Mapping) and part in here)
        here = here[part] if within else None
        if isinstance(part, int) and isinstance(here, Mapping):
            name = here.get("name")
            owner = f" (of {json.dumps(name, ensure_ascii=False)})" if isinstance(name, str) else ""
    return printable(dotted + owner)


def _shown(value: object, field: FieldInfo | None) -> str:
    """The value found; "" where it is secret, or as large as a table."""
    if isinstance(value, Mapping | list | tuple) or (field and _is_secret(field.annotation)):
        return ""
    if field and _model_in(field.annotation) and isinstance(value, str):
        return "a text"
    if isinstance(value, date):
        return value.isoformat()
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return printable(without_credentials(shown), limit=80)


def _is_secret(annotation: object) -> bool:
    return annotation is SecretStr or any(_is_secret(part) for part in get_args(annotation))


def _declared(model: type[BaseModel], key: Key) -> tuple[FieldInfo | None, object]:
    """How the models declare a key: its field, if it has one of its own, and its type."""
    field: FieldInfo | None = None
    annotation: object = model
    for part in key:
        field, annotation = _step(_unwrapped(annotation), part)
    return field, annotation


def _step(annotation: object, part: str | int) -> tuple[FieldInfo | None, object]:
    if get_origin(annotation) in {list, tuple}:
        return None, get_args(annotation)[0]
    if get_origin(annotation) is dict:
        return None, get_args(annotation)[1]
    if model := _model_in(annotation):
        for name, field in model.model_fields.items():
            if part == _name(name, field):
                return field, field.annotation
    return None, None


def _keys_of(annotation: object) -> list[str]:
    model = _model_in(annotation)
    return [_name(name, field) for name, field in model.model_fields.items()] if model else []


def _name(name: str, field: FieldInfo) -> str:
    return field.alias or name


def _unwrapped(annotation: object) -> object:
    """What stands in `Annotated`, or in a union the one member that has a form of its own."""
    while get_origin(annotation) in {Annotated, Union, UnionType}:
        parts = get_args(annotation)
        if get_origin(annotation) is not Annotated:
            parts = tuple(part for part in parts if _model_in(part) or get_origin(part)) or parts
        annotation = parts[0]
    return annotation


def _model_in(annotation: object) -> type[BaseModel] | None:
    inner = _unwrapped(annotation)
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None
