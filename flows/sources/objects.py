"""Objects in a store that speaks S3: listed, and read as a stream that goes on where it broke."""

import errno
import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flows.sources.found import FoundFile, Status
from flows.sources.opened import OpenedFile, changed
from flows.sources.stores import (
    Access,
    access,
    answer_of,
    client,
    failures,
    is_passing,
    refusal,
)
from transforms.errors import SourceError

SCHEME: Final = "s3://"
# How long is waited before each further try to read on; what came in between starts it anew.
PAUSES_S: Final = (0.5, 1.0, 2.0, 4.0)
# What is lost where a connection breaks: small, so that even one that keeps breaking gets on.
_PIECE: Final = 64 << 10
_SECOND_NS: Final = 1_000_000_000
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")


@dataclass(frozen=True, order=True)
class ObjectName:
    """A bucket, and a key in it or what keys begin with."""

    bucket: str
    key: str

    def __str__(self) -> str:
        """As in `paths`."""
        return f"{SCHEME}{self.bucket}/{self.key}"

    @classmethod
    def of(cls, url: str, what: str) -> "ObjectName":
        """Take a URL apart; raises SourceError where it is none."""
        bucket, slash, key = url.removeprefix(SCHEME).partition("/")
        if not url.startswith(SCHEME) or not slash or not _BUCKET.fullmatch(bucket):
            raise SourceError(
                f"{what}, which can't be read: name objects as s3://bucket/key, with a bucket's "
                "whole name, such as 's3://our-logs/proxy-a/*.log.gz', and files by their path."
            )
        return cls(bucket, key)


@dataclass(frozen=True, kw_only=True)
class StoredObject(FoundFile):
    """An object as it was listed; its label is its URL."""

    label: str
    name: ObjectName
    size: int
    modified_ns: int

    def status(self) -> Status:
        """What the list has told."""
        identity = (self.label, self.size, self.modified_ns)
        return Status(size=self.size, modified_ns=self.modified_ns, identity=identity)

    @contextmanager
    def open(self) -> Iterator[OpenedFile]:
        """Open what has this name now; it may be another than what was listed."""
        file = OpenedObject(self.name, access(self.label))
        try:
            yield file
        finally:
            file.close()


def listed(
    beginning: ObjectName, what: str, *, is_bucket_needed: bool = True
) -> Iterator[StoredObject]:
    """All objects whose key begins so; none where there is no bucket, and none is needed.

    Raises SourceError, beginning with `what`.
    """
    given = access(what)
    pages = client(given).get_paginator("list_objects_v2")
    try:
        for page in pages.paginate(Bucket=beginning.bucket, Prefix=beginning.key):
            for each in page.get("Contents", ()):
                name = ObjectName(beginning.bucket, each["Key"])
                yield StoredObject(
                    label=str(name),
                    name=name,
                    size=each["Size"],
                    modified_ns=_modified_ns(each),
                )
    except failures() as error:
        if answer_of(error)[0] == "NoSuchBucket" and not is_bucket_needed:
            return
        raise refusal(error, what, beginning.bucket, given) from _cause(error)


def _modified_ns(told: Mapping[str, Any]) -> int:
    """The second of the last change, and what stands for the content below it.

    Stores tell whole seconds, in which an object may be replaced twice.
    """
    at: datetime = told["LastModified"]
    content = hashlib.sha256(_etag(told).encode()).digest()
    return int(at.timestamp()) * _SECOND_NS + int.from_bytes(content[:8]) % _SECOND_NS


def _etag(told: Mapping[str, Any]) -> str:
    return str(told.get("ETag", "")).strip('"')


def _cause(error: Exception) -> OSError | None:
    """Let tasks try again what may pass; the library's own words stay behind."""
    return TimeoutError(errno.ETIMEDOUT, "the object store failed") if is_passing(error) else None


class OpenedObject(OpenedFile):
    """An object as it is when it is opened: whatever takes its name later is not read.

    A connection that breaks is made again from the byte where it broke, a few times.
    """

    def __init__(self, name: ObjectName, given: Access) -> None:
        self.name = str(name)
        self._object = name
        self._given = given
        self._at = 0
        # What was read last, from where on: files are looked at before they are read.
        self._piece = b""
        self._piece_at = 0
        # What the connection gives next.
        self._body: Any = None
        self._body_at = 0
        answer = self._first_answer()
        self._body = answer["Body"]
        self.size: int = answer["ContentLength"]
        self.modified_ns = _modified_ns(answer)
        self._tag = answer.get("ETag", "")

    def read(self, count: int, /) -> bytes:
        """Read up to `count` bytes; fewer only at the end."""
        taken = bytearray()
        wanted = min(count, self.size - self._at)
        while len(taken) < wanted:
            begin = self._at - self._piece_at
            part = self._piece[begin : begin + wanted - len(taken)] if begin >= 0 else b""
            if part:
                taken += part
                self._at += len(part)
            else:
                self._piece, self._piece_at = self._next_piece(), self._at
        return bytes(taken)

    def seek(self, offset: int, /) -> None:
        """Read on from there."""
        self._at = offset

    def was_touched(self) -> bool:
        """Never: the store gives what it gave at first, or refuses."""
        return False

    def close(self) -> None:
        """End the connection."""
        if self._body is not None:
            with suppress(*failures()):
                self._body.close()
            self._body = None

    def _first_answer(self) -> dict[str, Any]:
        try:
            return self._ask()
        except failures() as error:
            if answer_of(error)[0] == "NoSuchKey":
                raise SourceError(
                    f"{self.name} is not there any more. If it was just replaced, run again."
                ) from None
            raise self._refused(error) from _cause(error)

    def _ask(self, **only: str) -> dict[str, Any]:
        answer: dict[str, Any] = client(self._given).get_object(
            Bucket=self._object.bucket, Key=self._object.key, **only
        )
        return answer

    def _next_piece(self) -> bytes:
        """Read from the place where reading is; raises SourceError where no try helps."""
        for pause in (*PAUSES_S, None):
            try:
                if self._body is None or self._body_at != self._at:
                    self._reopen()
                if piece := self._body.read(min(_PIECE, self.size - self._at)):
                    self._body_at += len(piece)
                    return bytes(piece)
            except failures() as error:
                if not is_passing(error):
                    raise self._refused(error) from None
            self.close()
            if pause is not None:
                time.sleep(pause)
        raise SourceError(
            f"{self.name} can't be read on from byte {self._at:,} of {self.size:,}: the connection "
            f"to {self._given.where} broke off {len(PAUSES_S) + 1} times. What was read before is "
            "not kept. Run again when the network is better."
        ) from TimeoutError(errno.ETIMEDOUT, "the connection broke off")

    def _reopen(self) -> None:
        self.close()
        answer = self._ask(Range=f"bytes={self._at}-", IfMatch=self._tag)
        # Not every store knows conditions and ranges.
        if answer.get("ETag", "") != self._tag:
            raise changed(self.name, "was replaced")
        if not str(answer.get("ContentRange", "")).startswith(f"bytes {self._at}-"):
            raise SourceError(
                f"{self.name} can't be read on from byte {self._at:,}: {self._given.where} gives "
                "whole objects only. Copy the object to a folder and name that."
            )
        self._body, self._body_at = answer["Body"], self._at

    def _refused(self, error: Exception) -> Exception:
        code, _ = answer_of(error)
        if code == "PreconditionFailed":
            return changed(self.name, "was replaced")
        if code == "InvalidRange":
            return changed(self.name, "has become shorter")
        if code == "NoSuchKey":
            return changed(self.name, "was deleted")
        return refusal(error, self.name, self._object.bucket, self._given)
