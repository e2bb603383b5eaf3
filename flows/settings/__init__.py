"""The migration file, checked to the last key before anything else is read."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import (
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from flows.mistakes import explain_mistakes
from flows.settings.environment import lay_over
from flows.settings.sections import (
    AcceptedGap,
    AccessLog,
    CatalogueFile,
    ClientEvents,
    Database,
    Ledger,
    Migration,
    Notices,
    Sender,
    Smtp,
)
from flows.toml_files import read_toml
from transforms.errors import ConfigurationError

if TYPE_CHECKING:
    from transforms.window import Window

__all__ = [
    "AcceptedGap",
    "AccessLog",
    "CatalogueFile",
    "ClientEvents",
    "Database",
    "Ledger",
    "Migration",
    "Notices",
    "Sender",
    "Settings",
    "Smtp",
    "load_settings",
]


class Settings(BaseSettings):
    """Everything that a migration file says, the environment laid over it."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    migration: Migration = Field(description="the section [migration]")
    access_logs: tuple[AccessLog, ...] = Field((), description="entries [[access_logs]]")
    client_events: tuple[ClientEvents, ...] = Field((), description="entries [[client_events]]")
    database: Database = Field(description="the section [database]")
    ledger: Ledger = Ledger()
    catalogue: CatalogueFile = CatalogueFile()
    notices: Notices = Notices()
    smtp: Smtp | None = None

    _file: Path = PrivateAttr(Path("migration.toml"))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (pydantic-settings asks so)
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """One source: the file's content, given by hand, with the environment laid over it."""
        return (_FileUnderEnvironment(settings_cls, init_settings()),)

    @model_validator(mode="after")
    def _has_sources_with_names_of_their_own(self) -> Self:
        names = [log.name for log in self.access_logs]
        names += [events.name for events in self.client_events]
        if not names:
            raise ValueError(
                "there is nothing to read: write at least one [[access_logs]] or [[client_events]]"
            )
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(
                f"the name {twice[0]!r} stands at more than one of [[access_logs]] and "
                "[[client_events]]; give each entry a name of its own"
            )
        return self

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read and check a migration file; see `load_settings`."""
        document = read_toml(path, "the migration file", ConfigurationError)
        try:
            settings = cls(**document)
        except ValidationError as error:
            overridden = lay_over(document, os.environ, cls.model_fields)
            problem = explain_mistakes(
                error,
                file=path,
                model=cls,
                document=overridden.document,
                variables=overridden.variables,
            )
            raise ConfigurationError(problem) from None
        settings._file = path.resolve()
        return settings

    @property
    def file(self) -> Path:
        """The migration file itself."""
        return self._file

    @property
    def base(self) -> Path:
        """The folder of the migration file: relative paths start here."""
        return self._file.parent

    @property
    def window(self) -> "Window":
        """The times in which a write is looked for."""
        # Loads what reads frames, which the commands for notices do without.
        from transforms.window import Window  # noqa: PLC0415

        return Window(
            snapshot_at=self.migration.snapshot_at,
            live_at=self.migration.live_at,
            live_at_uncertainty=self.migration.live_at_uncertainty,
            margin=self.migration.margin,
            clock_skew=self.migration.clock_skew,
            server_skew=self.migration.server_skew,
        )

    @property
    def output_folder(self) -> Path:
        """Where this migration's documents go."""
        return self.base / self.notices.output / self.migration.id

    @property
    def catalogue_path(self) -> Path | None:
        """The catalogue's file; None for the one that comes with the product."""
        return self.base / self.catalogue.path if self.catalogue.path else None

    @property
    def contacts_path(self) -> Path | None:
        """The file of contacts, if there is one."""
        return self.base / self.migration.contacts if self.migration.contacts else None


class _FileUnderEnvironment(PydanticBaseSettingsSource):
    def __init__(self, settings_cls: type[BaseSettings], document: dict[str, Any]) -> None:
        super().__init__(settings_cls)
        self._document = document

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[object, str, bool]:
        return self().get(field_name, field.default), field_name, False

    def __call__(self) -> dict[str, Any]:
        return lay_over(self._document, os.environ, self.settings_cls.model_fields).document


def load_settings(path: Path) -> Settings:
    """Read a migration file, lay the environment over it and check every key.

    Raises ConfigurationError: one paragraph with the file, each wrong key or variable, the value
    found (never a secret) and what would be right.
    """
    return Settings.from_file(path)
