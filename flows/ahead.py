"""Work that goes on while the next items are fetched and the results are taken in."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# While one is worked on, the next is fetched and the one before is taken in. More would take more
# memory.
_AT_ONCE: Final = 2


def in_order(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield what `work` makes of each item, in the items' order; it must be safe in threads.

    No more than two items are held at once. What goes wrong with one is raised in its turn.
    """
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="ahead") as threads:
        begun: deque[Future[Result]] = deque()
        for item in items:
            begun.append(threads.submit(work, item))
            if len(begun) == _AT_ONCE:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
