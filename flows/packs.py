"""Each customer's files: rendered, read back, and put in their place."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Final

from flows.folders import make_private, write_one_of_many
from flows.processes import in_processes
from notifications.content import Notice
from notifications.pack import render_pack
from notifications.pack_hash import pack_hash
from notifications.paths import notice_folder
from notifications.readback import read_back

# Fewer notices than this are done before other processes have started.
_WORTH_PROCESSES: Final = 100
# More would wait for this process, which words the notices.
_MOST_PROCESSES: Final = 8


def write_packs(
    output: Path, notices: Iterable[Notice], formats: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Write all packs, in several processes if it pays.

    Yields customer ids and the hashes of their packs (`pack_hash`), in any order. The files are
    the same to the byte however many processes there are.
    """
    work = partial(write_pack, output, tuple(formats))
    processes = min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)
    remaining = iter(notices)
    first = list(islice(remaining, _WORTH_PROCESSES))
    if processes == 1 or len(first) < _WORTH_PROCESSES:
        return map(work, chain(first, remaining))
    return in_processes(work, chain(first, remaining), processes=processes)


def write_pack(output: Path, formats: Sequence[str], notice: Notice) -> tuple[str, str]:
    """Write one customer's files, unless they are there already.

    Every file is read back and its rows counted before any of them is put in place.
    """
    pack = render_pack(notice, formats)
    read_back(pack, notice)
    folder = output / notice_folder(notice.customer_id, notice.revision)
    _put(folder, pack)
    return notice.customer_id, pack_hash(pack)


def _put(folder: Path, pack: Mapping[str, bytes]) -> None:
    """Bring a folder to hold the pack and nothing else."""
    before = {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}
    changed = {
        name: content
        for name, content in pack.items()
        if name not in before or before[name].read_bytes() != content
    }
    if not before:
        make_private(folder)
    for name, content in changed.items():
        write_one_of_many(folder / name, content)
    for name in before.keys() - pack.keys():
        before[name].unlink(missing_ok=True)
