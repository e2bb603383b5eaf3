"""A migration whose notices are there already: small packs, and a ledger that knows them."""

import functools
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from flows.ledger import Ledger, open_ledger
from flows.ledger.notices import (
    LedgerNotice,
    NoticeContent,
    NoticeItem,
    NoticeState,
    all_deliveries,
    approve,
    find_notice,
    latest_by_customer,
    put_content,
)
from flows.ledger.runs import start_run
from flows.ledger.tables import findings
from flows.settings import Settings, load_settings
from notifications.pack_hash import pack_hash
from notifications.paths import folder_name, notice_folder
from tests.flows.migrations import TABLES
from tests.flows.sending.letters import eml

AT = datetime(2021, 5, 19, 8, tzinfo=UTC)

TOML = """
[migration]
id = "mini"
title = "Umzug"
snapshot_at = 2021-05-18T20:00:00+02:00
live_at = 2021-05-18T23:18:00+02:00
[[access_logs]]
name = "proxy-a"
paths = ["logs/*.log*"]
[database]
url = "sqlite:///new.db"
[notices]
sender = {{ name = "Support", email = "support@example.org" }}
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
per_minute = 6000
only_to = {only_to}
"""


@dataclass
class Notices:
    """The notices of a migration, by its file."""

    file: Path

    @property
    def settings(self) -> Settings:
        return load_settings(self.file)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        settings = self.settings
        url, name = settings.ledger.url, settings.migration.id
        with open_ledger(url, base=settings.base, migration_id=name) as ledger:
            yield ledger

    def folder(self, customer_id: str, revision: int = 1) -> Path:
        return self.settings.output_folder / notice_folder(customer_id, revision)

    def put(
        self,
        customer_id: str,
        address: str | None,
        *,
        revision: int = 1,
        text: str = "Guten Tag",
        items: Sequence[NoticeItem] = (),
    ) -> LedgerNotice:
        """Write the pack and let the ledger know it, as a run does."""
        number = f"{folder_name(customer_id)}.{revision}.{len(text)}"
        letter = eml(address or "", number=number, text="Guten Tag\r\n")
        if address is None:
            letter = letter.replace(b"To: \r\n", b"")
        pack = {"notice.eml": letter, "notice.txt": f"{text}\n".encode()}
        folder = self.folder(customer_id, revision)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in pack.items():
            (folder / name).write_bytes(content)
        content = NoticeContent(
            customer_id=customer_id,
            revision=revision,
            content_hash=pack_hash(pack),
            recipient=address,
            is_supplement=revision > 1,
            is_final=False,
            items=items,
        )
        with self.ledger() as ledger, ledger.begin() as tx:
            put_content(tx, content, run=start_run(tx, "run", at=AT), at=AT)
        return self.find(customer_id, revision)

    def approve(self, *customers: str) -> None:
        with self.ledger() as ledger, ledger.begin() as tx:
            latest = latest_by_customer(tx)
            for customer in customers:
                notice = latest[customer]
                key = (customer, notice.revision)
                approve(tx, *key, content_hash=notice.content_hash, who="anna", at=AT)

    def close(self, finding_id: str, closure: str) -> None:
        """Let a finding be off the list, as a run that sees it in the database does."""
        row = {
            "migration_id": "mini",
            "finding_id": finding_id,
            "customer_id": "c",
            "kind": "person",
            "verdict": "restored",
            "asks": False,
            "seen_row": "row",
            "closure": closure,
            "first_run": 1,
            "changed_run": 1,
        }
        with self.ledger() as ledger, ledger.begin() as tx:
            tx.connection.execute(sa.insert(findings), row)

    def find(self, customer_id: str, revision: int = 1) -> LedgerNotice:
        with self.ledger() as ledger, ledger.reading() as tx:
            notice = find_notice(tx, customer_id, revision)
        assert notice is not None
        return notice

    def states(self) -> dict[str, NoticeState]:
        with self.ledger() as ledger, ledger.reading() as tx:
            return {name: notice.state for name, notice in latest_by_customer(tx).items()}

    def deliveries(self) -> list[tuple[str, int, str | None]]:
        """Customer, attempt and outcome of all that was tried."""
        with self.ledger() as ledger, ledger.reading() as tx:
            return [(each.customer_id, each.attempt, each.outcome) for each in all_deliveries(tx)]


@functools.cache
def _databases() -> dict[str, bytes]:
    """A ledger that knows nothing, and a new database without rows; made once for all tests.

    No log was read and no notice lists anything, so the one is just what the other says.
    """
    with tempfile.TemporaryDirectory() as folder:
        with open_ledger("sqlite:///ledger.db", base=Path(folder), migration_id="mini"):
            pass
        database = sqlite3.connect(Path(folder) / "new.db")
        for table, columns in TABLES.items():
            database.execute(f"CREATE TABLE {table} ({', '.join(columns.split())})")
        database.commit()
        database.close()
        return {name: (Path(folder) / name).read_bytes() for name in ("ledger.db", "new.db")}


def make_notices(folder: Path, *, port: int = 1, only_to: tuple[str, ...] = ()) -> Notices:
    file = folder / "migration.toml"
    for name, content in _databases().items():
        if not (folder / name).exists():
            (folder / name).write_bytes(content)
    file.write_text(TOML.format(port=port, only_to=list(only_to)), "utf-8")
    return Notices(file)


def approved(notices: Notices, *customers: str) -> Notices:
    """Notices for these customers, approved; each has the address <customer>@example.org."""
    for customer in customers:
        notices.put(customer, f"{customer}@example.org")
    notices.approve(*customers)
    return notices
