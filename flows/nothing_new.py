"""Whether a run has anything to do: all that its results rest on, told by digests.

After the files, which are known by size and time, only the new database has to be asked: the very
questions of the last run. If all is as it was, what that run wrote stands, to the byte.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from typing import Any, Final

import polars as pl
from pydantic import TypeAdapter, ValidationError

from flows.comparison import ASKED, ask_again
from flows.correspondence import Correspondence, read_correspondence
from flows.explaining import FOLDER
from flows.frames import write_frames
from flows.ledger import Ledger
from flows.ledger.runs import last_done
from flows.notices import NoticeChanges
from flows.outcome import Run
from flows.settings import Settings
from flows.sources.kept import inputs_digest
from flows.stock import Files
from flows.summary import Stopwatch, Summary
from transforms.catalogue import Catalogue

# What a run writes last, and the page that people open: without them its results are not whole.
_WRITTEN: Final = ("findings.parquet", "report.html")
_SUMMARY: Final = TypeAdapter(Summary)


@dataclass(frozen=True, kw_only=True)
class Same:
    """The last run's summary as this run's, and what the ledger is to count of it."""

    summary: Summary
    counts: Mapping[str, Any]


def remember(run: Run, summary: Summary, ledger: Ledger) -> Mapping[str, Any]:
    """Keep what the next run needs to see that nothing is new; gives what the ledger counts."""
    write_frames(run.settings.output_folder / FOLDER, {"asked": run.compared.asked})
    with ledger.reading() as tx:
        basis = _basis(run.settings, run.catalogue, run.files, read_correspondence(tx))
    return {
        "basis": basis,
        "answers": run.compared.answers,
        "summary": _SUMMARY.dump_python(summary, mode="json"),
    }


def nothing_new(
    settings: Settings,
    catalogue: Catalogue,
    files: Files,
    ledger: Ledger,
    *,
    run_id: str,
    watch: Stopwatch,
) -> Same | None:
    """Give the last run's results where all is as it was then; None where there is work to do."""
    if files.read:
        return None
    with ledger.reading() as tx:
        last = last_done(tx)
        correspondence = read_correspondence(tx)
    counts = (last.counts if last else None) or {}
    output = settings.output_folder
    asked = output / FOLDER / "asked.parquet"
    is_whole = asked.exists() and all((output / name).exists() for name in _WRITTEN)
    is_same = counts.get("basis") == _basis(settings, catalogue, files, correspondence)
    if not (is_whole and is_same):
        return None
    with watch.stage("database"):
        answers = ask_again(settings, catalogue, pl.read_parquet(asked, schema=ASKED))
    if counts["answers"] != answers:
        return None
    try:
        summary = _SUMMARY.validate_python(counts["summary"])
    except ValidationError:
        # Another version has counted otherwise.
        return None
    return Same(summary=_as_of_now(summary, files, run_id, watch), counts=counts)


def _as_of_now(summary: Summary, files: Files, run_id: str, watch: Stopwatch) -> Summary:
    notices = summary.notices
    standing = notices.new + notices.replaced + notices.supplement + notices.unchanged
    return replace(
        summary,
        run_id=run_id,
        files_read=0,
        files_skipped=files.skipped,
        notices=NoticeChanges(unchanged=standing),
        changes=dict.fromkeys(summary.changes, 0),
        seconds=watch.read(),
    )


def _basis(
    settings: Settings, catalogue: Catalogue, files: Files, correspondence: Correspondence
) -> str:
    """Name all that results rest on but the new database; what else is read has to be added."""
    standing = [
        (one.customer_id, one.revision, one.state.value, one.content_hash)
        for one in correspondence.latest.values()
    ]
    content = hashlib.blake2b(digest_size=16)
    for part in (
        metadata.version("cutover-recon"),
        pl.__version__,
        inputs_digest(files.kept),
        repr(sorted(files.gone)),
        settings.model_dump_json(),
        settings.database.url.get_secret_value(),
        catalogue.model_dump_json(),
        settings.contacts_path.read_text("utf-8") if settings.contacts_path else "",
        repr(standing),
    ):
        content.update(part.encode() + b"\0")
    return content.hexdigest()
