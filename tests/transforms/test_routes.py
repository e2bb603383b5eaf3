"""Which requests are writes, and of what."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tables import FE2, at, fields, table
from tests.transforms.access_logs.lines import lines
from transforms.access_logs.json_lines import compile_json_lines
from transforms.access_logs.nginx import compile_nginx
from transforms.access_logs.parsed import LogFormat
from transforms.catalogue import Catalogue
from transforms.errors import CatalogueError
from transforms.routes import compile_routes, match_routes, raw_literals
from transforms.schemas import REQUESTS, WRITES


def catalogue(*routes: dict[str, Any], **kinds: list[dict[str, Any]]) -> Catalogue:
    """A catalogue of the kind `thing` with these routes, or of several kinds."""
    all_kinds = {"thing": list(routes)} | kinds
    return Catalogue.model_validate(
        {
            "customers": {"table": "customers", "columns": {"id": "id"}},
            "kinds": {
                name: {
                    "label": {"en": name},
                    "table": name,
                    "columns": {"id": "id"},
                    "fields": ["state"],
                    "routes": of_kind,
                }
                for name, of_kind in all_kinds.items()
            },
        }
    )


def requests(text: str) -> pl.LazyFrame:
    rows = []
    for number, cells in enumerate(table(text), 1):
        row: dict[str, Any] = dict.fromkeys(REQUESTS) | {"at": at("18:10"), "line": number}
        status = cells.pop("status", None)
        rows.append(row | cells | {"status": int(status or 201)})
    return pl.LazyFrame(rows, schema=REQUESTS).with_columns(digest=pl.lit("x"))


def matched(given_requests: str, routes: Catalogue = FE2) -> pl.DataFrame:
    return match_routes(requests(given_requests), compile_routes(routes)).collect()


def check(expected: str, given_requests: str, routes: Catalogue = FE2) -> None:
    """Compare the writes in the columns of the expected table."""
    wanted = table(expected)
    short = {"customer": "customer_id", "entity": "entity_id", "device": "device_id"}
    found = [
        {name: None if (v := row[short.get(name, name)]) is None else str(v) for name in wanted[0]}
        for row in matched(given_requests, routes).sort("line").to_dicts()
    ]
    assert found == wanted


CUSTOMER = "/api/v1/customers/4711"
DEVICE = "/app/v1/devices/d-1"
CREATE = {"action": "create", "method": "POST", "path": "/t"}
ACCEPT = {"action": "create", "method": "GET", "path": "/f/user", "query": {"mode": "accept"}}


class TestTheShippedCatalogue:
    def test_each_route_says_kind_action_customer_and_entity(self):
        check(
            """
            line | kind         | action | customer | entity | device
            1    | person       | create | 4711     |        |
            2    | person       | update | 4711     | P-1    |
            3    | person       | update | 4711     | P-1    |
            4    | person       | delete | 4711     | P-1    |
            5    | availability | update | 4711     | P-1    |
            6    | availability | update |          | P-1    | d-1
            7    | provisioning | update |          | V-1    | d-1
            """,
            f"""
            method | path
            POST   | {CUSTOMER}/persons
            PUT    | {CUSTOMER}/persons/P-1
            PATCH  | {CUSTOMER}/persons/P-1
            DELETE | {CUSTOMER}/persons/P-1
            PUT    | {CUSTOMER}/persons/P-1/availability
            PUT    | {DEVICE}/persons/P-1/availability
            POST   | {DEVICE}/provisionings/V-1/accept
            """,
        )

    def test_look_alikes_are_no_writes(self):
        found = matched(
            f"""
            method | path
            GET    | {CUSTOMER}/persons
            post   | {CUSTOMER}/persons
            POST   | {CUSTOMER}/person
            POST   | {CUSTOMER}/Persons
            POST   | /x{CUSTOMER}/persons
            POST   | {CUSTOMER}/persons/P-1
            POST   | {CUSTOMER}/persons//
            PUT    | {CUSTOMER}/persons//availability
            POST   | /api/v1/customers//persons
            PUT    | {CUSTOMER}/persons/P-1/x/availability
            POST   | {CUSTOMER[1:]}/persons
            POST   |
                   | {CUSTOMER}/persons
            """
        )
        assert found.is_empty()
        assert found.schema == WRITES

    def test_path_names_and_settings_become_fields(self):
        found = matched(
            f"""
            method | path
            POST   | {DEVICE}/alarms/A-1/feedback
            POST   | {CUSTOMER}/provisionings/V-1/accept
            POST   | {CUSTOMER}/persons
            """
        ).sort("line")
        assert found["fields"].to_list() == [fields("*alarm_id=A-1"), fields("state=accepted"), []]


class TestStatus:
    def test_any_2xx_unless_the_route_names_some(self):
        routes = catalogue(CREATE, {**CREATE, "path": "/u", "status": [201, 303]})
        check(
            """
            path | status
            /t   | 200
            /t   | 299
            /u   | 303
            """,
            """
            method | path | status
            POST   | /t   | 199
            POST   | /t   | 200
            POST   | /t   | 299
            POST   | /t   | 300
            POST   | /u   | 200
            POST   | /u   | 303
            """,
            routes,
        )

    def test_routes_of_one_path_are_alternatives(self):
        put = {"method": "PUT", "path": "/t/{entity_id}"}
        routes = catalogue(
            {**put, "action": "update"},
            {**put, "action": "create", "status": 201},
        )
        check(
            """
            action | status
            create | 201
            update | 200
            """,
            """
            method | path | status
            PUT    | /t/1 | 201
            PUT    | /t/1 | 200
            PUT    | /t/1 | 404
            """,
            routes,
        )

    def test_a_status_that_does_not_fit_leads_to_no_more_general_path(self):
        routes = catalogue(
            {"action": "update", "method": "PUT", "path": "/t/{entity_id}"},
            {"action": "create", "method": "PUT", "path": "/t/new", "status": 201},
        )
        check("entity\n1", "method | path | status\nPUT|/t/new|200\nPUT|/t/1|200", routes)


class TestTheMostSpecificPathWins:
    def test_texts_beat_placeholders_from_left_to_right(self):
        routes = catalogue(
            a=[{"action": "update", "method": "PUT", "path": "/{customer_id}/x/{entity_id}"}],
            b=[{"action": "update", "method": "PUT", "path": "/t/{customer_id}/{entity_id}"}],
            c=[{"action": "update", "method": "PUT", "path": "/t/x/{entity_id}"}],
            d=[{"action": "update", "method": "PUT", "path": "/t/x/{entity_id}.json"}],
            e=[{"action": "update", "method": "PUT", "path": "/t/x/y"}],
        )
        check(
            """
            path       | kind | entity
            /t/x/y     | e    |
            /t/x/z     | c    | z
            /t/x/.json | c    | .json
            /t/x/z.json| d    | z
            /t/w/y     | b    | y
            /s/x/y     | a    | y
            """,
            """
            method | path
            PUT | /t/x/y
            PUT | /t/x/z
            PUT | /t/x/.json
            PUT | /t/x/z.json
            PUT | /t/w/y
            PUT | /s/x/y
            """,
            routes,
        )

    def test_among_those_of_the_method(self):
        routes = catalogue(
            {"action": "update", "method": "PUT", "path": "/t/{entity_id}"},
            {"action": "create", "method": "POST", "path": "/t/new"},
        )
        check("entity\nnew", "method | path\nPUT|/t/new", routes)


class TestQuery:
    def test_a_required_value(self):
        check(
            "line\n1\n2\n3",
            """
            method | path    | query
            GET    | /f/user | mode=accept
            GET    | /f/user | x=1&mode=%61ccept&mode=y
            GET    | /f/user/| mode=deny&mode=accept
            GET    | /f/user |
            GET    | /f/user | mode=Accept
            GET    | /f/user | mode
            GET    | /f/user | xmode=accept
            """,
            catalogue(ACCEPT),
        )

    def test_more_required_values_win(self):
        plain = {"action": "update", "method": "GET", "path": "/f/user"}
        check(
            "line | action\n1 | create\n2 | update",
            "method|path|query\nGET|/f/user|mode=accept\nGET|/f/user|mode=x",
            catalogue(plain, ACCEPT),
        )

    def test_it_is_thrown_away(self):
        assert not {"query", "location"} & set(matched("method | path\nPOST | /x").columns)


class TestTheIdOfACreateStandsInItsLocation:
    @pytest.mark.parametrize(
        ("location", "entity"),
        [
            (f"{CUSTOMER}/persons/P-1", "P-1"),
            (f"https://old.example:8443{CUSTOMER}/persons/P-1/?a=/b#c", "P-1"),
            (f"//old.example{CUSTOMER}/persons/P%2D1", "P-1"),
            ("P-1", "P-1"),
            ("./P-1", "P-1"),
            ("persons/P-1", "P-1"),
            ("/somewhere/else/P-1//", "P-1"),
            (f"{CUSTOMER}/persons", None),
            (f"{CUSTOMER}/persons/", None),
            ("persons", None),
            ("https://old.example", None),
            ("?a=b", None),
            (None, None),
        ],
    )
    def test_by_the_kinds_own_routes_or_else_the_last_segment(self, location, entity):
        given_requests = f"method|path|location\nPOST|{CUSTOMER}/persons|{location or ''}"
        assert matched(given_requests)["entity_id"].to_list() == [entity]

    def test_a_route_of_the_kind_wins_over_the_last_segment(self):
        routes = catalogue(
            {**CREATE, "path": "/t"},
            {"action": "update", "method": "PUT", "path": "/t/{entity_id}/v/{version}"},
        )
        check("entity\nT-1", "method|path|location\nPOST|/t|/t/T-1/v/3", routes)

    def test_a_customer_is_taken_where_the_path_names_none(self):
        check(
            """
            customer | entity
            9        | F-1
            4711     | F-1
            """,
            f"""
            method | path                          | location
            POST   | {DEVICE}/alarms/A-1/feedback  | /api/v1/customers/9/alarms/A-1/feedback/F-1
            POST   | {CUSTOMER}/alarms/A-1/feedback| /api/v1/customers/9/alarms/A-1/feedback/F-1
            """,
        )

    def test_only_creates_without_an_id_of_their_own_look_there(self):
        routes = catalogue(
            {"action": "create", "method": "PUT", "path": "/t/{entity_id}"},
            {"action": "update", "method": "POST", "path": "/t/touch"},
        )
        check(
            "entity\nT-1\n",
            "method|path|location\nPUT|/t/T-1|/t/T-2",
            routes,
        )
        assert matched("method|path|location\nPOST|/t/touch|/t/T-2", routes)[
            "entity_id"
        ].to_list() == [None]


class TestTheCatalogueIsChecked:
    def test_one_request_has_one_meaning(self):
        with pytest.raises(CatalogueError, match=r"kinds\.a and .* kinds\.b both fit POST /t"):
            compile_routes(catalogue(a=[CREATE], b=[{**CREATE, "method": ["PUT", "POST"]}]))

    def test_a_placeholder_has_one_place(self):
        with pytest.raises(CatalogueError, match=r"'/\{a\}/\{a\}' has \{a\} twice"):
            compile_routes(catalogue({**CREATE, "path": "/{a}/{a}"}))

    def test_no_routes_match_nothing(self):
        found = matched("method | path\nPOST | /t", catalogue())
        assert found.is_empty()
        assert found.schema == WRITES


ON_GET = catalogue(
    {"action": "create", "method": "GET", "path": "/fe2/{device_id}/user", "query": {"m": "1"}},
    {"action": "update", "method": ["PUT"], "path": "/t/{entity_id}"},
)
ANYTHING = catalogue({"action": "create", "method": "GET", "path": "/{a}/{b}"})
NGINX = compile_nginx('[$time_iso8601] "$request" $status "$http_user_agent"')
JSON = compile_json_lines({}, None)

METHODS = st.sampled_from(["PUT", "GET", "put", r"\x50UT", r"P\u0055T", "-"])
PATHS = st.sampled_from(
    [
        *("/t/1", r"\/t\/1", "/%74/1", r"\x2Ft/1", f"{CUSTOMER}/persons/P-1", "/t//", "garbage"),
        *("/fe2/d/user", "/fe2/d/%75ser", "/f%652/d/user", r"/fe2/d\/user", "/fe2/x/y"),
    ]
)
QUERIES = st.sampled_from(["?m=1", "?%6D=1", "?m=2", ""])
AGENTS = st.sampled_from(["FE2", "PUT /t/1 HTTP/1.1", r"\" PUT", "GET /fe2/d/user", "%", "\x00"])
STATUSES = st.sampled_from(["200", "404", "x"])
PARTS = st.tuples(METHODS, PATHS, QUERIES, STATUSES, AGENTS)


def nginx_line(parts: tuple[str, ...]) -> str:
    method, path, query, status, agent = parts
    return f'[2021-05-18T20:14:05+02:00] "{method} {path}{query} HTTP/1.1" {status} "{agent}"'


def json_line(parts: tuple[str, ...]) -> str:
    method, path, query, status, agent = parts
    return (
        f'{{"at":1621361645,"method":"{method}","path":"{path}{query}",'
        f'"status":"{status}","user_agent":"{agent}"}}'
    )


def writes_and_rest(log: LogFormat, of: Catalogue, texts: list[str], keep: pl.Expr) -> list[Any]:
    parsed = log.parse(lines(*texts), keep)
    provenance = [pl.lit("a").alias(name) for name in ("source", "file", "digest")]
    found = match_routes(parsed.requests.lazy().with_columns(provenance), compile_routes(of))
    return [found.sort("line").collect().rows(), parsed.malformed.rows(), parsed.seconds.rows()]


CATALOGUES = {"fe2": FE2, "on get": ON_GET, "anything": ANYTHING}
FORMATS = {"nginx": (NGINX, nginx_line), "json": (JSON, json_line)}


@pytest.mark.parametrize("catalogue_name", CATALOGUES)
@pytest.mark.parametrize("format_name", FORMATS)
@settings(max_examples=25)
@given(st.data())
def test_the_prefilter_loses_nothing(format_name, catalogue_name, data):
    of = CATALOGUES[catalogue_name]
    log, line = FORMATS[format_name]
    texts = data.draw(st.lists(PARTS.map(line) | st.text("PUT/t1 %\\"), min_size=1, max_size=20))
    all_lines = writes_and_rest(log, of, texts, pl.lit(value=True))
    assert writes_and_rest(log, of, texts, raw_literals(of).may_be_write()) == all_lines


def test_the_prefilter_drops_what_only_reads():
    texts = [nginx_line(("GET", "/t/1", "", "200", "FE2")), nginx_line(("PUT", "/t/1", "", "", ""))]
    assert lines(*texts).filter(raw_literals(FE2).may_be_write())["line"].to_list() == [2]
    assert lines(*texts).filter(raw_literals(ON_GET).may_be_write())["line"].to_list() == [2]
    assert len(lines(*texts).filter(raw_literals(ANYTHING).may_be_write())) == 2


@pytest.mark.parametrize(
    ("log", "text", "of"),
    [
        (NGINX, nginx_line((r"\x50UT", "/t/1", "", "200", "FE2")), ON_GET),
        (JSON, json_line((r"P\u0055T", "/t/1", "", "200", "FE2")), ON_GET),
        (NGINX, nginx_line(("GET", "/fe2/d/%75ser", "?m=1", "200", "FE2")), ON_GET),
        (JSON, json_line(("GET", r"\/fe2\/d\/user", "?m=1", "200", "FE2")), ON_GET),
        (NGINX, nginx_line(("GET", "http://h/a/b", "", "200", "GET /")), ANYTHING),
    ],
)
def test_hidden_spellings_are_writes(log, text, of):
    [writes, _, _] = writes_and_rest(log, of, [text], raw_literals(of).may_be_write())
    assert len(writes) == 1
