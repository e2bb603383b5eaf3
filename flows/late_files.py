"""Which files a run would have to look into, told without opening any of them."""

from flows.catalogue import load_catalogue
from flows.ledger import open_ledger
from flows.ledger.source_files import known_files
from flows.reading import event_stock, log_stock
from flows.settings import Settings
from flows.shelf import recalled


def late_files(settings: Settings) -> tuple[str, ...]:
    """Name the files that are new, have grown or were rewritten since the last run.

    By size and time alone; a file whose time alone has changed is among them, and the run that
    looks into it finds that nothing is new.
    """
    catalogue = load_catalogue(settings.catalogue_path)
    with (
        open_ledger(
            settings.ledger.url, base=settings.base, migration_id=settings.migration.id
        ) as ledger,
        ledger.reading() as tx,
    ):
        known = [recalled(row) for row in known_files(tx)]
    stocks = log_stock(settings, catalogue, known), event_stock(settings, catalogue, known)
    return tuple(str(file) for stock in stocks for file in stock.unread)
