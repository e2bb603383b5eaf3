"""Findings and notices put where their readers look for them."""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polars as pl

from flows.folders import settle, write_whole
from flows.packs import write_packs
from notifications.cases import read_cases
from notifications.content import Customer, MigrationFacts, Notice
from notifications.entries import persons_missing
from notifications.notice import word_notice
from notifications.paths import folder_name, notice_folder
from notifications.report_data import WorklistEntry
from transforms.asking import ASKING
from transforms.balance import NoticeRowCounts
from transforms.catalogue import Catalogue
from transforms.errors import BalanceError
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


def write_notices(
    output: Path,
    notices: Iterable[Notice],
    formats: Sequence[str],
    expected: Mapping[str, NoticeRowCounts],
) -> NoticeChanges:
    """Write each customer's pack, and take away the drafts that have nothing left to say.

    `expected` says what the notice of which customer must show; one that shows anything else is
    not written. Every file is read back and its rows counted before any of the customer's is put
    in place; one whose bytes are the same already stays as it is.
    """
    outcomes = dict(write_packs(output, _as_expected(notices, expected), formats))
    told = {customer_id for customer_id, counts in expected.items() if counts.rows}
    if missing := len(told - outcomes.keys()):
        raise BalanceError(
            f"{missing} customers have findings that ask for something, but no notice"
        )
    withdrawn = _withdraw_others(output / "notices", set(map(folder_name, outcomes)))
    changes = Counter(outcomes.values())
    if changes["new"] or changes["replaced"]:
        settle()
    return NoticeChanges(
        new=changes["new"],
        replaced=changes["replaced"],
        unchanged=changes["unchanged"],
        withdrawn=withdrawn,
    )


def _as_expected(
    notices: Iterable[Notice], expected: Mapping[str, NoticeRowCounts]
) -> Iterator[Notice]:
    """Hold each notice to the very numbers that were in the run's sums."""
    nothing = NoticeRowCounts(asking=0, rows=0, retries=0, acknowledgements=0)
    for notice in notices:
        wanted = expected.get(notice.customer_id, nothing)
        if notice.counts != wanted:
            raise BalanceError(
                f"A notice shows {notice.counts}, but the findings of its customer make {wanted}"
            )
        yield notice


def _withdraw_others(notices: Path, kept: set[str]) -> int:
    if not notices.is_dir():
        return 0
    others = [folder for folder in sorted(notices.iterdir()) if folder.name not in kept]
    for folder in others:
        shutil.rmtree(folder)
    return len(others)


def worklist(
    customer_ids: Iterable[str],
    findings: pl.DataFrame,
    customers: Mapping[str, Customer],
    catalogue: Catalogue,
) -> tuple[WorklistEntry, ...]:
    """The customers that support has to write to: those who get a notice."""
    asking = findings.filter(pl.col("verdict").is_in(ASKING))
    verdicts: dict[str, dict[str, int]] = {}
    for customer_id, verdict, count in (
        asking.group_by("customer_id", "verdict").len().sort("customer_id", "verdict").iter_rows()
    ):
        verdicts.setdefault(customer_id, {})[verdict] = count
    persons = persons_missing(findings, catalogue)
    return tuple(
        _entry(each, verdicts[each], persons.get(each, 0), customers.get(each))
        for each in customer_ids
    )


def _entry(
    customer_id: str, verdicts: Mapping[str, int], persons: int, customer: Customer | None
) -> WorklistEntry:
    return WorklistEntry(
        customer_id=customer_id,
        name=customer.name if customer else None,
        verdicts=verdicts,
        persons_missing=persons,
        revision=REVISION,
        folder=str(notice_folder(customer_id, REVISION)),
        email=customer.email if customer else None,
    )


def write_frames(output: Path, frames: Mapping[str, pl.DataFrame]) -> None:
    """Write each frame as `<name>.parquet`."""
    for name, frame in frames.items():
        buffer = BytesIO()
        frame.write_parquet(buffer)
        write_whole(output / f"{name}.parquet", buffer.getvalue())
