"""Whether the order in which files come makes a difference: `python -m tests.benchmarks.orders`.

Delivers the files of the sample migration (or of a simulated one) one at a time, with a whole run
after each, in random orders; of a log that grows, what came first comes first. In the end all must
be as after one run over everything: findings and evidence to the byte. Each order is gone through
twice. Nothing is sent: then the packs are the same to the byte, too. Or some notices are approved
and marked as sent after each run: then each customer's last notice must list the same, but for what
makes no supplement: what one that was sent lists may count as done by now, or be in doubt.

Without Prefect, and without PDF, so that a run takes a second. Exit code 1 on any difference.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

import data_samples
from data_samples.simulate import LATE, simulate
from flows.ledger import Transaction, open_ledger
from flows.ledger.notices.approval import approve, mark_sent
from flows.ledger.notices.queries import NoticeItem, find_notices, items_of
from flows.ledger.notices.states import NoticeState
from flows.ledger.tables import findings
from flows.settings import load_settings
from tests.in_process import whole_run
from tests.simulated import Simulated
from transforms.supplements import SURE

_DELIVERED = ("logs", "events", "events-open")
_FRAMES = (
    "findings", "evidence", "unattributed", "quarantine",
    "explain/held", "explain/comparisons", "explain/silences", "explain/lines",
)  # fmt: skip
# How many of the notices that wait are sent after each run.
_SENT_SHARE = 0.3

# Files by name, and what each customer's last notice lists.
Files = Mapping[str, bytes]
Lists = Mapping[str, "LastNotice"]


@dataclass(frozen=True)
class LastNotice:
    """What a customer's last notice lists, by finding id."""

    is_sent: bool
    items: Mapping[str, NoticeItem]


@dataclass(frozen=True)
class Standing:
    """All that is to be the same, however the files came."""

    files: Files
    lists: Lists
    supplements: int


@dataclass(frozen=True)
class Delivery:
    """A file that comes: its name in the migration's folder, and where it is until then."""

    name: str
    source: Path

    @property
    def is_log(self) -> bool:
        return self.name.startswith("logs/")


@dataclass(frozen=True)
class Result:
    """How all stood in the end of one order, and what happened on the way."""

    standing: Standing
    runs: int
    sent: int


@dataclass(frozen=True)
class Orders:
    """Orders in which the files of one migration come, each beside one run over everything."""

    origin: Path
    folder: Path
    wanted: Standing

    def go(self, order: Sequence[Delivery], sender: random.Random | None) -> Result:
        """Deliver the files in this order, with a run after each; `sender` sends some notices."""
        folder = self.folder / "one-by-one"
        migration_file = lay_out(self.origin, folder)
        runs = sent = 0
        for delivery in order:
            deliver(delivery, folder)
            # Without any log a run would rightly refuse.
            if any(each.is_file() for each in (folder / "logs").rglob("*")):
                whole_run(migration_file)
                runs += 1
                sent += send_some(migration_file, sender) if sender else 0
        result = Result(standing_of(migration_file), runs, sent)
        shutil.rmtree(folder)
        return result


def orders_of(origin: Path, folder: Path) -> Orders:
    """Everything at once first, as what all orders are held against."""
    everything = folder / "at-once"
    migration_file = lay_out(origin, everything)
    for delivery in deliveries(origin):
        deliver(delivery, everything)
    whole_run(migration_file)
    return Orders(origin=origin, folder=folder, wanted=standing_of(migration_file))


def deliveries(origin: Path) -> list[Delivery]:
    """All files that come; what a late one replaces stands before it."""
    return [
        Delivery(str(path.relative_to(batch)), path)
        for batch in (origin, origin / LATE)
        for part in _DELIVERED
        for path in sorted((batch / part).rglob("*"))
        if path.is_file()
    ]


def shuffled(files: Sequence[Delivery], chance: random.Random) -> list[Delivery]:
    """A random order in which a log has never been longer than it is."""
    names = [each.name for each in files]
    chance.shuffle(names)
    remaining = list(files)
    order = []
    for name in names:
        order.append(next(each for each in remaining if each.name == name))
        remaining.remove(order[-1])
    return order


def lay_out(origin: Path, folder: Path) -> Path:
    """Lay out a migration to which no file has come yet; its migration file."""
    folder.mkdir()
    for name in ("migration.toml", "contacts.csv", "new.db"):
        shutil.copy(origin / name, folder)
    return Simulated(folder).with_formats("html", "txt", "csv", "eml").migration_file


def deliver(delivery: Delivery, folder: Path) -> None:
    """Let a file come, or grow."""
    path = folder / delivery.name
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(delivery.source, path)


@contextmanager
def transaction(migration_file: Path) -> Iterator[Transaction]:
    """Look into the ledger of a migration, or write there as a person does."""
    settings = load_settings(migration_file)
    url, name = settings.ledger.url, settings.migration.id
    with open_ledger(url, base=settings.base, migration_id=name) as ledger, ledger.begin() as tx:
        yield tx


def send_some(migration_file: Path, chance: random.Random) -> int:
    """Approve some of the notices that wait, and mark them as sent; how many."""
    now = datetime.now(UTC)
    with transaction(migration_file) as tx:
        waiting = find_notices(tx, states=[NoticeState.DRAFT])
        chosen = [notice for notice in waiting if chance.random() < _SENT_SHARE]
        for notice in chosen:
            key = (notice.customer_id, notice.revision)
            approve(tx, *key, content_hash=notice.content_hash, who="Eva", at=now)
            mark_sent(tx, *key, who="Eva", at=now)
    return len(chosen)


def standing_of(migration_file: Path) -> Standing:
    """How a migration stands after its last run."""
    output = load_settings(migration_file).output_folder
    files = [output / f"{name}.parquet" for name in _FRAMES]
    files += [path for path in output.glob("notices/**/*") if path.is_file()]
    with transaction(migration_file) as tx:
        standing = [one for one in find_notices(tx) if one.state is not NoticeState.WITHDRAWN]
        last = {notice.customer_id: notice for notice in standing}
        closed = sa.select(findings.c.finding_id).where(findings.c.closure == "repaired")
        done = frozenset(tx.connection.execute(closed).scalars())
        lists = {
            customer: LastNotice(
                is_sent=notice.state is NoticeState.SENT,
                items={
                    item.finding_id: item
                    for item in items_of(tx, customer, notice.revision)
                    if item.finding_id not in done
                },
            )
            for customer, notice in last.items()
        }
    return Standing(
        files={str(path.relative_to(output)): path.read_bytes() for path in files},
        # Where all was withdrawn, a customer who was never written to has no notice at all.
        lists={customer: notice for customer, notice in lists.items() if notice.items},
        supplements=sum(notice.is_supplement for notice in standing),
    )


def differences(wanted: Standing, found: Standing, *, is_sending: bool) -> Iterator[str]:
    """In what two ends differ."""
    for name in sorted(wanted.files.keys() | found.files.keys()):
        is_pack = name.startswith("notices/")
        if wanted.files.get(name) != found.files.get(name) and not (is_pack and is_sending):
            yield f"{name} differs, or is there in one only"
    nothing = LastNotice(is_sent=False, items={})
    for customer in sorted(wanted.lists.keys() | found.lists.keys()):
        ours, theirs = (each.lists.get(customer, nothing) for each in (wanted, found))
        for finding_id in sorted(ours.items.keys() | theirs.items.keys()):
            want, have = ours.items.get(finding_id), theirs.items.get(finding_id)
            if not (want and have and _tells(have, want, is_sent=theirs.is_sent)):
                yield f"the list of {customer}: wanted {want}, found {have}"


def _tells(have: NoticeItem, want: NoticeItem, *, is_sent: bool) -> bool:
    """Whether an item says what is so now, by the rules of what is news (`supplements`)."""
    if not is_sent:
        return have == want
    is_as_sure = have.verdict in SURE or want.verdict not in SURE
    is_same = (have.kind, have.grounds, have.what) == (want.kind, want.grounds, want.what)
    return is_same and is_as_sure


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.orders",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--orders", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--simulated", type=int, metavar="SEED", help="instead of the sample")
    chosen = parser.parse_args(arguments)
    begun = time.monotonic()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="orders-") as name:
        origin = Path(data_samples.__file__).parent / "sample"
        if chosen.simulated is not None:
            origin = Path(name, "simulated")
            simulate(origin, seed=chosen.simulated)
        orders = orders_of(origin, Path(name))
        files = deliveries(origin)
        runs = sent = more = 0
        for number in range(chosen.orders):
            for is_sending in (False, True):
                chance = random.Random(f"{chosen.seed} {number}")
                order = shuffled(files, chance)
                result = orders.go(order, chance if is_sending else None)
                found = list(differences(orders.wanted, result.standing, is_sending=is_sending))
                runs, sent = runs + result.runs, sent + result.sent
                more += result.standing.supplements
                wrong += bool(found)
                if found:
                    print(f"order {number}{', sending' * is_sending}:", *found, sep="\n  ")
            print(f"{number + 1} orders, {time.monotonic() - begun:,.0f} s", file=sys.stderr)
    print(
        f"{chosen.orders} orders of {len(files)} files, each without and with sending: "
        f"{runs} runs, {sent} notices sent, {more} supplements, {wrong} ends that differ"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
