"""The customers that support writes to: how far each one's notice is, and how much is done."""

from collections.abc import Mapping
from pathlib import PurePosixPath

import polars as pl

from flows.ledger.notices.queries import LedgerNotice
from flows.ledger.notices.states import NoticeState
from notifications.content import Customer
from notifications.entries import persons_missing
from notifications.paths import notice_folder
from notifications.report_data import WorklistEntry
from transforms.asking import ASKING
from transforms.catalogue import Catalogue


def worklist(
    latest: Mapping[str, LedgerNotice],
    findings: pl.DataFrame,
    changes: pl.DataFrame,
    customers: Mapping[str, Customer],
    catalogue: Catalogue,
    *,
    folder: str = ".",
) -> tuple[WorklistEntry, ...]:
    """One entry for each customer with a notice that stands, by customer id.

    `findings` is of FINDINGS, `changes` of `transforms.supplements.CHANGES`. `folder` is where the
    notices are, from the report.
    """
    asking = findings.filter(pl.col("verdict").is_in(ASKING))
    verdicts: dict[str, dict[str, int]] = {}
    for customer_id, verdict, count in (
        asking.group_by("customer_id", "verdict").len().sort("customer_id", "verdict").iter_rows()
    ):
        verdicts.setdefault(customer_id, {})[verdict] = count
    done = dict(
        changes.filter(pl.col("change") == "done").group_by("customer_id").len().iter_rows()
    )
    persons = persons_missing(findings, catalogue)
    return tuple(
        WorklistEntry(
            customer_id=customer_id,
            name=customers[customer_id].name if customer_id in customers else None,
            verdicts=verdicts.get(customer_id, {}),
            persons_missing=persons.get(customer_id, 0),
            revision=notice.revision,
            folder=str(PurePosixPath(folder, notice_folder(customer_id, notice.revision))),
            email=customers[customer_id].email if customer_id in customers else None,
            state=notice.state.value,
            done=done.get(customer_id, 0),
        )
        for customer_id, notice in sorted(latest.items())
        if notice.state is not NoticeState.WITHDRAWN
    )
