"""The formats of access logs, by the names that a migration file has for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from transforms.access_logs.alb import compile_alb
from transforms.access_logs.apache import compile_apache
from transforms.access_logs.caddy import compile_caddy
from transforms.access_logs.haproxy import compile_haproxy
from transforms.access_logs.json_lines import compile_json_lines
from transforms.access_logs.nginx import compile_nginx
from transforms.access_logs.parsed import LogFormat
from transforms.access_logs.traefik import compile_traefik
from transforms.errors import ConfigurationError


@dataclass(frozen=True)
class Writing:
    """How a source writes its lines: a format, and what else has to be known of it."""

    format: str
    log_format: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    timezone: str | None = None

    def compiled(self) -> LogFormat:
        """Make the parser. Raises ConfigurationError."""
        if self.format not in _COMPILERS:
            raise ConfigurationError(f'format is "{self.format}", which nobody knows.')
        return _COMPILERS[self.format](self)


_COMPILERS: Final[Mapping[str, Callable[[Writing], LogFormat]]] = {
    "nginx": lambda how: compile_nginx(how.log_format),
    "apache": lambda how: compile_apache(how.log_format, how.timezone),
    "haproxy": lambda how: compile_haproxy(how.timezone),
    "alb": lambda _: compile_alb(),
    "caddy": lambda how: compile_caddy(how.fields, how.timezone),
    "traefik": lambda how: compile_traefik(how.fields, how.timezone),
    "json": lambda how: compile_json_lines(how.fields, how.timezone),
}
