"""Findings and notices put where their readers look for them."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polars as pl

from flows.folders import write_whole
from notifications.cases import read_cases
from notifications.content import Customer, MigrationFacts, Notice
from notifications.notice import word_notice
from notifications.pack import render_pack
from notifications.paths import folder_name, notice_folder
from notifications.readback import read_back
from notifications.report_data import WorklistEntry
from transforms.asking import ASKING
from transforms.catalogue import Catalogue
from transforms.findings import Findings

# Nothing has been sent, so every notice is a draft, and the first to its customer.
REVISION = 1
_CUSTOMERS_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class NoticeChanges:
    """What became of the notices on the disk."""

    new: int
    replaced: int
    unchanged: int
    withdrawn: int


def word_notices(
    found: Findings,
    rows: Mapping[str, pl.DataFrame],
    customers: Mapping[str, Customer],
    facts: MigrationFacts,
    catalogue: Catalogue,
) -> Iterator[Notice]:
    """One notice for each customer who has something to be told, by customer id.

    Cases are read some customers at a time: all of them at once would not fit into memory.
    """
    asking = found.findings.filter(pl.col("verdict").is_in(ASKING))
    ids = asking.get_column("customer_id").unique().sort()
    for some in ids.to_frame().iter_slices(_CUSTOMERS_AT_ONCE):
        cases = read_cases(
            found.findings.join(some, on="customer_id", how="semi", maintain_order="left"),
            found.evidence.join(some, on="customer_id", how="semi", maintain_order="left"),
            {kind: frame.join(some, on="customer_id", how="semi") for kind, frame in rows.items()},
            catalogue,
            old_sources=facts.old_sources,
        )
        for customer_id in some.get_column("customer_id"):
            customer = customers.get(customer_id) or Customer(id=customer_id)
            case = cases[customer_id]
            if notice := word_notice(case, customer, facts, catalogue, revision=REVISION):
                yield notice


def write_notices(output: Path, notices: Sequence[Notice], formats: Sequence[str]) -> NoticeChanges:
    """Write each customer's pack, and take away the drafts that have nothing left to say.

    Every file is read back and its rows counted before any of the customer's is put in place; one
    whose bytes are the same already stays as it is.
    """
    outcomes = []
    for notice in notices:
        pack = render_pack(notice, formats)
        read_back(pack, notice)
        outcomes.append(_put(output / notice_folder(notice.customer_id, REVISION), pack))
    kept = {folder_name(notice.customer_id) for notice in notices}
    return NoticeChanges(
        new=outcomes.count("new"),
        replaced=outcomes.count("replaced"),
        unchanged=outcomes.count("unchanged"),
        withdrawn=_withdraw_others(output / "notices", kept),
    )


def _put(folder: Path, pack: Mapping[str, bytes]) -> str:
    """Bring a folder to hold the pack and nothing else."""
    before = {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}
    changed = {
        name: content
        for name, content in pack.items()
        if name not in before or before[name].read_bytes() != content
    }
    for name, content in changed.items():
        write_whole(folder / name, content)
    gone = before.keys() - pack.keys()
    for name in gone:
        before[name].unlink()
    if not before:
        return "new"
    return "replaced" if changed or gone else "unchanged"


def _withdraw_others(notices: Path, kept: set[str]) -> int:
    if not notices.is_dir():
        return 0
    others = [folder for folder in sorted(notices.iterdir()) if folder.name not in kept]
    for folder in others:
        shutil.rmtree(folder)
    return len(others)


def worklist(
    notices: Sequence[Notice], findings: pl.DataFrame, customers: Mapping[str, Customer]
) -> tuple[WorklistEntry, ...]:
    """The customers that support has to write to."""
    asking = findings.filter(pl.col("verdict").is_in(ASKING))
    verdicts: dict[str, dict[str, int]] = {}
    for customer_id, verdict, count in (
        asking.group_by("customer_id", "verdict").len().sort("customer_id", "verdict").iter_rows()
    ):
        verdicts.setdefault(customer_id, {})[verdict] = count
    return tuple(_entry(notice, verdicts[notice.customer_id], customers) for notice in notices)


def _entry(
    notice: Notice, verdicts: Mapping[str, int], customers: Mapping[str, Customer]
) -> WorklistEntry:
    customer = customers.get(notice.customer_id)
    return WorklistEntry(
        customer_id=notice.customer_id,
        name=customer.name if customer else None,
        verdicts=verdicts,
        revision=notice.revision,
        folder=str(notice_folder(notice.customer_id, notice.revision)),
        email=customer.email if customer else None,
    )


def write_frames(output: Path, frames: Mapping[str, pl.DataFrame]) -> None:
    """Write each frame as `<name>.parquet`."""
    for name, frame in frames.items():
        buffer = BytesIO()
        frame.write_parquet(buffer)
        write_whole(output / f"{name}.parquet", buffer.getvalue())
