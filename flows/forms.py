"""What the form of a run offers beside the migration file, in that run only."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from flows.settings import Migration, Settings
from transforms.errors import ConfigurationError

_DURATION = "such as 90s, 30m or 1h30m"


class OtherWindow(BaseModel):
    """Times instead of those in the migration file; what is empty stays as the file has it."""

    model_config = ConfigDict(extra="forbid")

    snapshot_at: AwareDatetime | None = Field(
        None, title="Snapshot taken at", description="When the copy was made, with its zone."
    )
    live_at: AwareDatetime | None = Field(
        None, title="New site live at", description="When the new site went live, with its zone."
    )
    live_at_uncertainty: str | None = Field(
        None, title="Uncertainty of that", description=f"How sure that is: {_DURATION}."
    )
    margin: str | None = Field(
        None, title="Margin", description=f"Looked at before and after the window: {_DURATION}."
    )
    clock_skew: str | None = Field(
        None,
        title="Clock skew",
        description=f"By how much the clocks of phones may be wrong: {_DURATION}.",
    )
    timezone: str | None = Field(
        None, title="Zone", description="The zone that notices tell times in: Europe/Berlin."
    )


def with_window(settings: Settings, window: OtherWindow) -> Settings:
    """Lay the times of the form over those of the migration file.

    Raises ConfigurationError with the form's field, the value found, and what would be right.
    """
    given = window.model_dump(exclude_none=True)
    if not given:
        return settings
    kept = settings.migration.model_dump(by_alias=True)
    try:
        migration = Migration(**{**kept, **given})
    except ValidationError as error:
        raise ConfigurationError(" ".join(_mistakes(error, given))) from None
    return settings.model_copy(update={"migration": migration})


def checked_sources(settings: Settings, sources: list[str]) -> frozenset[str]:
    """The sources to look for new files in; all of them where none is named.

    Raises ConfigurationError where the migration file has no such source.
    """
    known = {entry.name for entry in settings.access_logs}
    known |= {entry.name for entry in settings.client_events}
    if unknown := sorted(set(sources) - known):
        raise ConfigurationError(
            f"sources: {unknown[0]!r} is no source of {settings.file.name}; it has "
            f"{', '.join(sorted(known))}. Choose some of them, or none for all."
        )
    return frozenset(sources) or frozenset(known)


def _mistakes(error: ValidationError, given: dict[str, object]) -> list[str]:
    said = []
    for mistake in error.errors(include_url=False):
        field = ".".join(map(str, ("window", *mistake["loc"])))
        found = f" = {given[str(mistake['loc'][0])]}" if mistake["loc"] else ""
        problem = mistake["ctx"]["error"] if mistake["type"] == "value_error" else mistake["msg"]
        said.append(f"{field}{found}: {problem}.")
    return said
