"""Endpoints that write: the part of a catalogue that says which requests mean what."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field

from transforms.tables import Part

Action = Literal["create", "update", "delete"]

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
SUBJECT_PLACEHOLDERS = frozenset({"customer_id", "entity_id", "device_id"})
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")


def _as_tuple(value: object) -> object:
    """Let one value stand for a list of one, as TOML authors write it."""
    return (value,) if isinstance(value, str | int) else value


def _route_path(value: str) -> str:
    """Refuse what no decoded path holds: such a route would never match, and nobody would know."""
    around = PLACEHOLDER.sub("", value)
    if "{" in around or "}" in around:
        raise ValueError(
            "has a brace that is no placeholder's; write placeholders of letters, digits and _ "
            "such as {customer_id}"
        )
    if "?" in around:
        raise ValueError(
            'holds a query; name the values that it must have such as query = { mode = "accept" }'
        )
    if _ENCODED.search(around):
        raise ValueError("is encoded; write it decoded, such as /a b instead of /a%20b")
    return value


Methods = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[A-Za-z-]+$")], ...],
    BeforeValidator(_as_tuple),
    Field(min_length=1, description='a method such as "POST", or a list such as ["PUT", "PATCH"]'),
]


class Route(Part):
    """One endpoint that writes, and what a request to it means."""

    action: Action
    method: Methods
    path: Annotated[str, Field(pattern=r"^/"), AfterValidator(_route_path)]
    status: Annotated[
        tuple[Annotated[int, Field(ge=100, le=599)], ...], BeforeValidator(_as_tuple)
    ] = Field(default=(), validation_alias=AliasChoices("status", "statuses"))
    query: dict[str, str] = {}
    sets: dict[str, str | None] = {}

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names in braces, from left to right."""
        return tuple(PLACEHOLDER.findall(self.path))
