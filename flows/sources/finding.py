"""Finding the source files that `paths` names: in folders, and in object stores."""

import glob
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from flows.sources.found import FoundFile, LocalFile
from flows.sources.globs import fits, is_glob, literal_beginning
from flows.sources.objects import SCHEME, ObjectName, StoredObject, listed
from transforms.errors import SourceError


def find_files(
    base: Path, patterns: Sequence[str], *, entry: str, once_there: Collection[str] = ()
) -> list[FoundFile]:
    """Find the files that an entry of the migration file names, each once, sorted by name.

    Globs (`*`, `?`, `[...]`, `**` for any depth) are relative to `base`, or s3://bucket/key. A
    glob without a match is no error, as logs arrive late; a file named in full must be there, or
    have been `once_there`. Raises SourceError, naming the entry and the pattern.
    """
    found: dict[str, FoundFile] = {}
    for pattern in patterns:
        look = _objects if "://" in pattern else _local_files
        for file in look(base, pattern, f"{entry}: paths names {pattern!r}", once_there):
            found.setdefault(file.label, file)
    return [found[label] for label in sorted(found)]


def still_there(base: Path, label: str, patterns: Sequence[str]) -> bool:
    """Whether a file is there that `patterns` did not find."""
    if not label.startswith(SCHEME):
        return (base / label).exists()
    # What a pattern means was listed a moment ago, and so costs no request.
    looked_for = [pattern for pattern in patterns if pattern.startswith(SCHEME)]
    if any(label == pattern or fits(label, pattern) for pattern in looked_for):
        return False
    what = f"{label}, which an earlier run has read"
    name = ObjectName.of(label, what)
    return any(found.name == name for found in listed(name, what, is_bucket_needed=False))


def _local_files(
    base: Path, pattern: str, what: str, once_there: Collection[str]
) -> Iterator[LocalFile]:
    if _label(base, pattern) in once_there and not (base / pattern).exists():
        return
    for name in _matches(base, pattern, what):
        yield LocalFile(_label(base, name), Path(os.path.normpath(base / name)))


def _label(base: Path, name: str) -> str:
    path = os.path.relpath(os.path.normpath(base / name), base)
    return os.fsencode(path).decode("utf-8", "replace")


def _matches(base: Path, pattern: str, what: str) -> list[str]:
    # A file may have a bracket in its name; then it is meant, not a set of characters.
    if not is_glob(pattern) or (base / pattern).is_file():
        if not (base / pattern).is_file():
            how = "is no file" if (base / pattern).exists() else "does not exist"
            raise SourceError(
                f"{what}, which {how} (looked for in {base}). "
                "Name an existing file, or a glob such as 'logs/*.log*' where files may still come."
            )
        return [pattern]
    # Path.glob refuses absolute patterns.
    names = glob.glob(pattern, root_dir=base, recursive=True)  # noqa: PTH207
    if broken := sorted(name for name in names if not (base / name).exists()):
        raise SourceError(
            f"{what}: {broken[0]!r}, which it finds, is a link to a file that does not "
            "exist. Remove the link or bring the file back."
        )
    return [name for name in names if (base / name).is_file()]


def _objects(
    _base: Path, pattern: str, what: str, once_there: Collection[str]
) -> Sequence[StoredObject]:
    beginning = ObjectName.of(literal_beginning(pattern), what)
    key = pattern.removeprefix(f"{SCHEME}{beginning.bucket}/")
    means_many = is_glob(key)
    if not means_many and (not key or key.endswith("/")):
        raise SourceError(
            f"{what}, which is no object but a beginning of names. "
            f"Name an object, or a glob such as '{pattern.rstrip('/')}/*.log.gz'."
        )
    found = []
    for each in listed(beginning, what):
        # As with files: a bracket may be part of the name.
        if each.name.key == key:
            return [each]
        # What ends so stands for a folder, and has no content.
        if means_many and fits(each.name.key, key) and not each.name.key.endswith("/"):
            found.append(each)
    if not means_many and pattern not in once_there:
        raise SourceError(
            f"{what}, which does not exist. Name an existing object, or a glob such as "
            f"'{pattern[: pattern.rindex('/')]}/*.log*' where objects may still come."
        )
    return found
