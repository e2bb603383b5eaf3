"""The product's own memory: what runs did, what they found, and what was told to whom.

`open_ledger` opens it for one migration; the functions of the other modules work within a
transaction of it. `tables` says what is kept. All changes of state are compare-and-set.
"""

from flows.ledger.connection import Ledger, LockLostError, Transaction, open_ledger
from flows.ledger.errors import LedgerError

__all__ = ["Ledger", "LedgerError", "LockLostError", "Transaction", "open_ledger"]
