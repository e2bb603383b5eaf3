"""Which requests are writes, and of what, by the catalogue's routes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Final

import polars as pl

from transforms.access_logs.request_parts import query_values
from transforms.catalogue import SUBJECT_PLACEHOLDERS, Catalogue, Route
from transforms.errors import CatalogueError
from transforms.locations import FromLocation, from_location, with_ids_from_location
from transforms.path_patterns import PathPattern, segments
from transforms.schemas import FIELDS, WRITES
from transforms.spelling import in_one_case

# Most lines have these methods, so routes on them are told by their paths instead.
_READING: Final = frozenset({"GET", "HEAD"})
_IN_ONE_CASE: Final = tuple(in_one_case(pl.col(name)) for name in sorted(SUBJECT_PLACEHOLDERS))


@dataclass(frozen=True)
class CompiledRoute:
    """A route of a kind; `number` is its place in the order in which routes are tried."""

    kind: str
    route: Route
    pattern: PathPattern
    number: int = 0

    @property
    def methods(self) -> frozenset[str]:
        """The methods as requests spell them."""
        return frozenset(method.upper() for method in self.route.method)

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The query values that it requires."""
        return tuple(sorted(self.route.query.items()))

    @property
    def endpoint(self) -> tuple[object, ...]:
        """What it shares with those routes from which only method and status tell it apart."""
        return (self.pattern.shape, self.query)


@dataclass(frozen=True)
class Routes:
    """All routes of a catalogue, in the order in which they are tried.

    The most specific path comes first; of one path, the route that requires more of the query; of
    one endpoint, those that name statuses before those that take any 2xx.
    """

    routes: tuple[CompiledRoute, ...]

    @cached_property
    def matching(self) -> "_Matching":
        """The routes as expressions; to make them takes longer than to match a few lines."""
        return _matching(self)

    def first_at(self, endpoint: tuple[object, ...]) -> int:
        """The number of the first route at an endpoint."""
        return next(route.number for route in self.routes if route.endpoint == endpoint)


@dataclass(frozen=True)
class _Matching:
    """One after the other: which endpoint, which route of it, what that says, ids from there."""

    endpoint: pl.Expr
    route: pl.Expr
    said: tuple[pl.Expr, ...]
    location: FromLocation


@dataclass(frozen=True)
class RawLiterals:
    """What stands in a raw line if it is a write: at least one of `texts` (none: unknown)."""

    texts: tuple[str, ...]

    def may_be_write(self) -> pl.Expr:
        """Whether a line, over `text`, may be a write. Never false for one that is."""
        if not self.texts:
            return pl.lit(value=True)
        return pl.col("text").str.contains_any(list(self.texts))


def compile_routes(catalogue: Catalogue) -> Routes:
    """Bring a catalogue's routes into order.

    Raises CatalogueError where the same request would mean two things.
    """
    found = [
        CompiledRoute(kind, route, PathPattern.of(route.path))
        for kind, content in catalogue.kinds.items()
        for route in content.routes
    ]
    found.sort(key=_order)
    for one, other in combinations(found, 2):
        if _is_ambiguous(one, other):
            raise CatalogueError(
                f"The routes {one.route.action} of kinds.{one.kind} and {other.route.action} of "
                f"kinds.{other.kind} both fit {'/'.join(sorted(one.methods & other.methods))} "
                f"{one.route.path} with the same statuses. Let them differ in method, path, "
                "status or query."
            )
    return Routes(tuple(replace(route, number=number) for number, route in enumerate(found)))


def _order(route: CompiledRoute) -> tuple[object, ...]:
    pattern = route.pattern
    has_statuses = bool(route.route.status)
    return (pattern.ranks, pattern.shape, -len(route.query), route.query, not has_statuses)


def _is_ambiguous(one: CompiledRoute, other: CompiledRoute) -> bool:
    return (
        one.endpoint == other.endpoint
        and not one.methods.isdisjoint(other.methods)
        and (
            one.route.status == other.route.status
            or not set(one.route.status).isdisjoint(other.route.status)
        )
    )


def raw_literals(catalogue: Catalogue) -> RawLiterals:
    r"""Say what a raw line must hold to be possibly a write, before anything of it is parsed.

    That is one of the methods, wherever in the line, or a part of the path of a route on GET or
    HEAD. A backslash may hide either (`\x50OST`, `\/`), a percent sign a path, so such lines are
    possible writes too.
    """
    routes = compile_routes(catalogue).routes
    methods = {method for route in routes for method in route.methods}
    texts = {"\\", *(methods - _READING)}
    if paths := {route.pattern.longest_text for route in routes if route.methods & _READING}:
        texts |= {"%", *paths}
    return RawLiterals(tuple(sorted(texts)))


def match_routes(requests: pl.LazyFrame, routes: Routes) -> pl.LazyFrame:
    """Find the writes among requests (REQUESTS and `digest`): WRITES.

    Method, path and query decide to which endpoint a request went, the most specific path first;
    only then the status decides whether, and what, it wrote there. A create's id may stand in
    `location`.
    """
    matching = routes.matching
    return (
        requests.filter(pl.col("path").str.starts_with("/"))
        .with_columns(segments=segments(pl.col("path")))
        .with_columns(endpoint=matching.endpoint)
        .with_columns(route=matching.route)
        .filter(pl.col("route").is_not_null())
        .with_columns(*matching.said)
        .pipe(with_ids_from_location, matching.location)
        .with_columns(*_IN_ONE_CASE)
        .select(pl.col(name).cast(dtype) for name, dtype in WRITES.items())
    )


def _matching(routes: Routes) -> _Matching:
    return _Matching(
        endpoint=_endpoint(routes),
        route=_route(routes),
        said=(
            _by_route("kind", {route.number: route.kind for route in routes.routes}),
            _by_route("action", {route.number: route.route.action for route in routes.routes}),
            *(_captured(routes, name) for name in sorted(SUBJECT_PLACEHOLDERS)),
            _fields(routes).alias("fields"),
        ),
        location=from_location(_patterns(routes), is_open=_may_be_located(routes)),
    )


def _first_that_holds(cases: Iterable[tuple[pl.Expr, int]]) -> pl.Expr:
    found = [pl.when(holds).then(pl.lit(number, pl.Int32)) for holds, number in cases]
    return pl.coalesce(pl.lit(None, pl.Int32), *found)


def _endpoint(routes: Routes) -> pl.Expr:
    """Number the endpoint that a request went to: by the first route at it."""
    split_path = pl.col("segments")
    return _first_that_holds(
        (
            route.pattern.fits(split_path)
            & pl.col("method").is_in(sorted(route.methods))
            & pl.all_horizontal(True, *(_has_query(name, value) for name, value in route.query)),
            routes.first_at(route.endpoint),
        )
        for route in routes.routes
    )


def _route(routes: Routes) -> pl.Expr:
    """Number the route at the endpoint whose method and status are the request's."""
    return _first_that_holds(
        (
            (pl.col("endpoint") == routes.first_at(route.endpoint))
            & pl.col("method").is_in(sorted(route.methods))
            & _has_status(route.route.status),
            route.number,
        )
        for route in routes.routes
    )


def _has_status(statuses: tuple[int, ...]) -> pl.Expr:
    status = pl.col("status")
    return status.is_in(statuses) if statuses else status.is_between(200, 299)


def _has_query(name: str, value: str) -> pl.Expr:
    def has(queries: pl.Series) -> pl.Series:
        return pl.Series(
            [query is not None and (name, value) in query_values(query) for query in queries],
            dtype=pl.Boolean,
        )

    return pl.col("query").map_batches(has, return_dtype=pl.Boolean(), is_elementwise=True)


def _by_route(name: str, values: dict[int, str]) -> pl.Expr:
    return pl.col("route").replace_strict(values, return_dtype=pl.String()).alias(name)


def _captured(routes: Routes, name: str) -> pl.Expr:
    """Return what a placeholder stands for, by each request's route; null where it has none."""
    split_path = pl.col("segments")
    by_route = [
        pl.when(pl.col("route") == route.number).then(route.pattern.captured(name, split_path))
        for route in routes.routes
        if name in route.pattern.names
    ]
    return pl.coalesce(pl.lit(None, pl.String), *by_route).alias(name)


def _fields(routes: Routes) -> pl.Expr:
    """List what the request's route sets, and what its path names besides the subject."""
    fields = pl.lit(pl.Series([[]], dtype=FIELDS)).first()
    for route in routes.routes:
        of_path = [
            _field(
                name,
                in_one_case(route.pattern.captured(name, pl.col("segments"))),
                from_path=True,
            )
            for name in route.pattern.names
            if name not in SUBJECT_PLACEHOLDERS
        ]
        of_sets = [
            _field(name, pl.lit(value, pl.String), from_path=False)
            for name, value in route.route.sets.items()
        ]
        if of_path or of_sets:
            of_route = pl.concat_list(*of_path, *of_sets)
            fields = pl.when(pl.col("route") == route.number).then(of_route).otherwise(fields)
    return fields


def _field(name: str, value: pl.Expr, *, from_path: bool) -> pl.Expr:
    return pl.struct(name=pl.lit(name), value=value, from_path=pl.lit(value=from_path))


def _may_be_located(routes: Routes) -> pl.Expr:
    numbers = [
        route.number
        for route in routes.routes
        if route.route.action == "create" and "entity_id" not in route.pattern.names
    ]
    return pl.col("route").is_in(numbers)


def _patterns(routes: Routes) -> dict[str, list[PathPattern]]:
    patterns: dict[str, list[PathPattern]] = defaultdict(list)
    for route in routes.routes:
        patterns[route.kind].append(route.pattern)
    # Routes of several methods have one path; any of them names the same.
    return {kind: list(dict.fromkeys(of_kind)) for kind, of_kind in patterns.items()}
