"""What all formats share: from the logged texts to the columns of a request."""

import re
from collections.abc import Callable, Iterator, Set

import polars as pl

from transforms.access_logs.parsed import PARSED_REQUESTS

# RFC 9112 3: a method (a token), a target, and the version, which HTTP/0.9 did not send. nginx
# accepts blanks in a target.
_REQUEST_LINE = (
    r"(?s)^(?P<method>[A-Za-z0-9!#$%&'*+.^_`|~-]+) "
    r"(?P<target>[^ ].*?)(?: HTTP/[0-9](?:\.[0-9])?)?$"
)
# Nearly all of them; no engine need look back in it, so it is found sooner.
_PLAIN_REQUEST_LINE = r"^(?P<method>[A-Z]+) (?P<target>[!-~]+) HTTP/[0-9](?:\.[0-9])?$"
# RFC 9112 3.2.2: a proxy gets the target with scheme and host in front.
_SCHEME_AND_HOST = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*")
_ABSOLUTE_FORM = r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*"
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_UPSTREAM_SEPARATOR = r", | : "


def null_if_none(text: pl.Expr) -> pl.Expr:
    """Take an empty value and `-` for no value."""
    return pl.when(~text.is_in(["", "-"])).then(text)


def requests_of(values: pl.DataFrame) -> pl.DataFrame:
    """Make requests (PARSED_REQUESTS) of the texts that a format's lines gave.

    `values` has `line`, `at` and `text`; `status`; what was asked for, as `request` (a whole
    request line), or as `method` and `target` (encoded, with its query), or as `method` and `path`
    (already decoded) with `query`; and those of the other columns that the format has. Nulls stand
    for what was not logged.
    """
    there = set(values.columns)
    parsed = values.lazy()
    if "request" in there:
        parsed = _with_request_line(parsed, there)
    if there & {"request", "target"}:
        parsed = _with_path_and_query(parsed)
        there |= {"method", "path", "query"}
    return parsed.select(
        (pl.col(name) if name in there else pl.lit(None)).cast(dtype, strict=False).alias(name)
        for name, dtype in PARSED_REQUESTS.items()
    ).collect()


def _with_request_line(values: pl.LazyFrame, there: Set[str]) -> pl.LazyFrame:
    """Split `request` into `method` and `target`.

    What is no request line (TLS bytes on a plain port, `-`, nothing) gives null for both: somebody
    knocked, nothing was asked. What is logged as `method` and `target` besides stands in for it.
    """
    request = pl.col("request")
    plain = request.str.extract_groups(_PLAIN_REQUEST_LINE).struct
    others = pl.when(plain.field("method").is_null()).then(request)
    parts = others.str.extract_groups(_REQUEST_LINE).struct
    return values.with_columns(
        pl.coalesce(plain.field(name), parts.field(name), *({name} & there)).alias(name)
        for name in ("method", "target")
    )


def _with_path_and_query(values: pl.LazyFrame) -> pl.LazyFrame:
    """Split `target` into `path` (decoded) and `query` (as it was sent; null without one).

    A target in absolute form loses scheme and host; a fragment is no part of either.
    """
    is_absolute = pl.col("target").str.contains(_ABSOLUTE_FORM)
    # Nothing to replace is found sooner than something to extract.
    target = pl.col("target").str.replace(_ABSOLUTE_FORM, "").str.replace(r"(?s)#.*$", "")
    path = target.str.replace(r"(?s)\?.*$", "")
    path = pl.when(is_absolute & (path == "")).then(pl.lit("/")).otherwise(path)
    return values.with_columns(
        path=converted(path, only_with="%", by=percent_decode),
        query=target.str.extract(r"(?s)\?(.*)$", 1),
    )


def last_upstream(upstream: pl.Expr) -> pl.Expr:
    """Of several backends that were tried (`, `) or redirected to (` : `), the one that answered.

    nginx: ngx_http_upstream_module, $upstream_addr.
    """
    separated = upstream.str.replace_all(_UPSTREAM_SEPARATOR, "\n")
    return separated.str.split("\n").list.last().str.strip_chars()


def without_port(address: pl.Expr) -> pl.Expr:
    """Return the host of `host:port`, where an IPv6 address stands in brackets."""
    return pl.coalesce(
        address.str.extract(r"^\[([^\]]*)\](?::[0-9]*)?$", 1),
        address.str.extract(r"^([^:]*):[0-9]*$", 1),
        address,
    )


def percent_decode(text: str) -> str:
    """Decode `%XX`; bytes that are no UTF-8 become replacement characters (RFC 3986 2.1)."""
    encoded = text.encode()
    decoded = _PERCENT.sub(lambda match: bytes.fromhex(match[1].decode()), encoded)
    return decoded.decode("utf-8", "replace")


def query_values(query: str) -> Iterator[tuple[str, str]]:
    """Yield the decoded names and values of a query (a form's encoding: `+` is a blank)."""
    for part in query.split("&"):
        name, _, value = part.replace("+", " ").partition("=")
        yield percent_decode(name), percent_decode(value)


def converted(values: pl.Expr, *, only_with: str, by: Callable[[str], str]) -> pl.Expr:
    """Convert those values that hold a certain text; in most lines none does."""

    def convert(texts: pl.Series) -> pl.Series:
        if not texts.str.contains(only_with, literal=True).any():
            return texts
        return pl.Series(
            texts.name,
            [by(text) if text is not None and only_with in text else text for text in texts],
            dtype=pl.String,
        )

    return values.map_batches(convert, return_dtype=pl.String(), is_elementwise=True)


def url_path(url: str) -> str:
    """Return the still encoded path of an absolute or relative URL."""
    return re.split(r"[?#]", _SCHEME_AND_HOST.sub("", url), maxsplit=1)[0]
