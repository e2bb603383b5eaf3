"""What a run leaves in Prefect for its operator: its name, its progress, its end, and events.

Nothing here is personal: customers' ids and counts, names of sources and files, times.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeVar, cast
from uuid import UUID

from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.orchestration import get_client
from prefect.events import emit_event
from prefect.runtime import flow_run

from flows.operator_view import (
    coverage_page,
    customers_table,
    nothing_new_page,
    proposal_table,
    sending_table,
    summary_page,
    sums_table,
)
from flows.outcome import Published, Run
from flows.sending.mailing import Mailing
from flows.sending.proposal import Proposal
from flows.settings import Settings
from flows.sources.found import FoundFile
from flows.sources.taking import TakenFile
from flows.stock import SourceFile
from flows.summary import Summary
from transforms.errors import SourceError

# Events that an automation may wait for.
GAPS: Final = "cutover-recon.gaps"
AFTER_LIVE_LOSSES: Final = "cutover-recon.after-live-losses"
SUPPLEMENTS: Final = "cutover-recon.supplements"

PROGRESS_EVERY_S: Final = 2.0

AnyFile = TypeVar("AnyFile", bound=SourceFile[Any])
Reader: TypeAlias = Callable[[Sequence[AnyFile]], Iterator[TakenFile]]


def introduce(settings: Settings, number: int) -> None:
    """Name the flow run after its migration and number, and tag it with the migration."""
    id_ = settings.migration.id
    with get_client(sync_client=True) as client:
        run_id = UUID(str(flow_run.id))
        tags = {*client.read_flow_run(run_id).tags, "cutover-recon", id_}
        client.update_flow_run(run_id, name=f"{id_} #{number}", tags=tags)


def show(run: Run, published: Published, summary: Summary) -> None:
    """Leave summary, coverage, customers, sums and the way to the report; emit what is alarming."""
    id_ = summary.migration
    create_markdown_artifact(
        summary_page(summary, is_dry=run.is_dry), key=f"summary-{id_}", description="Summary"
    )
    create_markdown_artifact(
        coverage_page(run), key=f"coverage-{id_}", description="What the logs cover"
    )
    create_table_artifact(
        customers_table(published.worklist),
        key=f"customers-{id_}",
        description=f"Customers with a notice: {len(published.worklist)}",
    )
    create_table_artifact(sums_table(published), key=f"sums-{id_}", description="Sums")
    create_link_artifact(
        (summary.output / "report.html").as_uri(),
        link_text="report.html on the machine that ran this",
        key=f"report-{id_}",
        description="Report",
    )
    for event, counts in alarming(summary):
        emit_event(
            event,
            resource={"prefect.resource.id": resource_of(id_), "prefect.resource.name": id_},
            payload=dict(counts),
        )


def show_nothing_new(summary: Summary) -> None:
    """Leave a word that all stands as it was."""
    create_markdown_artifact(
        nothing_new_page(summary), key=f"summary-{summary.migration}", description="Summary"
    )


def show_proposal(id_: str, proposal: Proposal) -> None:
    """Leave what would be sent: to whom, and who is left out, and why."""
    create_table_artifact(
        proposal_table(proposal), key=f"to-send-{id_}", description=f"To be sent: {proposal.says}"
    )


def show_sending(id_: str, mailing: Mailing) -> None:
    """Leave what became of each notice."""
    create_table_artifact(
        sending_table(mailing),
        key=f"sending-{id_}",
        description=f"What became of it: {mailing.says}",
    )


def alarming(summary: Summary) -> Iterator[tuple[str, Mapping[str, int]]]:
    """The events that an automation may wait for, each with its counts."""
    if summary.gaps:
        yield GAPS, {"gaps": len(summary.gaps)}
    if count := summary.losses_beyond.get("after_live"):
        yield AFTER_LIVE_LOSSES, {"findings": count}
    if count := summary.notices.supplement:
        yield SUPPLEMENTS, {"notices": count}


def resource_of(migration_id: str) -> str:
    """Name the migration to Prefect, as what its events are about."""
    return f"cutover-recon.migration.{migration_id}"


def with_progress(what: str, read: Reader[AnyFile]) -> Reader[AnyFile]:
    """Read files as `read` does, and tell Prefect how many of their bytes are done."""

    def reading(files: Sequence[AnyFile]) -> Iterator[TakenFile]:
        if not files:
            return
        total = sum(_size_bytes(file.found) for file in files) or 1
        said = f"{what}: {len(files)} files, {total / 1e6:,.1f} MB"
        progress = cast("UUID", create_progress_artifact(0.0, description=said))
        done, shown_at = 0, time.monotonic()
        for taken in read(files):
            yield taken
            done += taken.kept.size_bytes
            # A thousand files must not mean a thousand messages.
            if done >= total or time.monotonic() - shown_at > PROGRESS_EVERY_S:
                percent = min(100.0, 100 * done / total)
                update_progress_artifact(progress, percent, description=said)
                shown_at = time.monotonic()

    return reading


def _size_bytes(file: FoundFile) -> int:
    """Ask for a file's size; one that was rotated away is missed by whoever reads it."""
    try:
        return file.status().size
    except SourceError:
        return 0
