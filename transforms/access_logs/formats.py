"""The formats of access logs, by the names that a migration file has for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from transforms.access_logs.apache import compile_apache
from transforms.access_logs.caddy import compile_caddy
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
        match self.format:
            case "nginx":
                return compile_nginx(self.log_format)
            case "apache":
                return compile_apache(self.log_format, self.timezone)
            case "caddy":
                return compile_caddy(self.fields, self.timezone)
            case "traefik":
                return compile_traefik(self.fields, self.timezone)
            case "json":
                return compile_json_lines(self.fields, self.timezone)
            case other:
                raise ConfigurationError(f'format is "{other}", which nobody knows.')
