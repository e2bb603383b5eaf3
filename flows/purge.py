"""The flow `purge`: what is personal removed, the counts kept."""

from pathlib import Path

from prefect import State, flow
from prefect.states import Completed

from flows.discretion import ends_in_a_state
from flows.purging import Removal, purge_migration, what_goes
from flows.settings import load_settings
from transforms.errors import CutoverError


class NotConfirmedError(CutoverError):
    """What was typed to confirm it is not the migration's id."""


@flow(name="purge", persist_result=False)
@ends_in_a_state
def purge(migration_file: str, *, confirm: str) -> State[Removal]:
    """Remove all personal data of a migration from ledger and output; the counts stay.

    Logs, events, the new database, the migration file and backups are not touched. No run is
    possible after it.

    Args:
        migration_file: The migration.toml that describes the migration, as a path on the machine
            that runs this.
        confirm: The id of the migration, typed by hand, as what is removed is gone for good.
    """
    settings = load_settings(Path(migration_file))
    if confirm.strip() != settings.migration.id:
        raise NotConfirmedError(
            f"confirm is not the id of the migration in {settings.file.name}, which is "
            f"{settings.migration.id}. Nothing was removed; type that to have it removed."
        )
    removal = what_goes(settings)
    purge_migration(settings)
    personal = removal.personal
    return Completed(
        name="Purged",
        message=f"Removed: {removal.files} files, and what told of {personal.customers} customers, "
        f"{personal.findings} findings and {personal.files} source files.",
        data=removal,
    )
