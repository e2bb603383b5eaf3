"""Work that goes on while its results are taken in: the next blocks are parsed meanwhile."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# While one is parsed, the next is read and the one before is written. More would take more memory.
_AT_ONCE: Final = 2


def in_order(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield what `work` makes of each item, in the items' order; it must be safe in threads.

    No more than two items are held at once. What goes wrong with one is raised in its turn.
    """
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="parsing") as threads:
        begun: deque[Future[Result]] = deque()
        for item in items:
            begun.append(threads.submit(work, item))
            if len(begun) == _AT_ONCE:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
