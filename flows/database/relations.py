"""From where a kind's rows are read: a table, one joined with the customer's, or a SELECT."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from flows.database.keys import are_alike
from flows.database.problems import problem_of
from flows.database.tables import Tables, Types, table_named
from flows.passing import is_passing
from flows.toml_files import nearest
from transforms.catalogue import Catalogue, CustomerVia, Kind
from transforms.errors import DatabaseError

_Select = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Relation:
    """Something with columns; `name` is what messages call it."""

    name: str
    rows: sa.FromClause
    types: Types
    # Those that are not columns of the only table there is.
    elsewhere: Mapping[str, sa.ColumnElement[Any]]
    is_table: bool = True
    # From where the rows that have a value in a column are read, where less does for them.
    rows_with: Mapping[str, sa.FromClause] = field(default_factory=dict)

    @property
    def as_subject(self) -> str:
        """What a sentence about it begins with."""
        return f"The {'table' if self.is_table else 'query of'} {self.name}"

    def column(self, name: str) -> sa.ColumnElement[Any]:
        """The column that `types` has under this name."""
        return self.elsewhere[name] if name in self.elsewhere else sa.column(name)

    def select(self, names: list[str], *, key: str | None = None) -> _Select:
        """These columns of all rows, or of those that have a value in the column `key`."""
        rows = self.rows_with.get(key, self.rows) if key else self.rows
        return sa.select(*map(self.column, names)).select_from(rows)


def table_relation(name: str, tables: Tables) -> Relation:
    """A table by itself."""
    return Relation(name, table_named(name), tables[name], {})


def relations_of(
    connection: sa.Connection, catalogue: Catalogue, tables: Tables, database: str
) -> dict[str, Relation]:
    """From where the rows of each kind are read, by the kind's name.

    Raises DatabaseError, which calls the database `database`, where a SELECT of the catalogue can't
    be read or lacks columns that it names, and where tables can't be joined.
    """
    relations: dict[str, Relation] = {}
    for name, kind in catalogue.kinds.items():
        look = partial(_relation, connection, kind, tables, f"kinds.{name}")
        relations[name] = _said_where(f"kinds.{name}", database, look)
    return relations


def _relation(connection: sa.Connection, kind: Kind, tables: Tables, where: str) -> Relation:
    if kind.query:
        relation = _query(connection, kind.query, where)
        _refuse_missing(kind, relation)
        return relation
    # A kind has either of the two.
    table = kind.table or ""
    if kind.customer_via is None:
        return table_relation(table, tables)
    _refuse_unlike(connection, table, kind.customer_via, tables, where)
    joined = _joined(table, kind.customer_via, tables)
    # Only the server knows what it can compare.
    connection.execute(joined.select([kind.customer_column]).where(sa.false())).all()
    return joined


def _said_where(kind: str, database: str, look: Callable[[], Relation]) -> Relation:
    try:
        return look()
    except sa.exc.DBAPIError as error:
        if is_passing(error):
            raise
        raise DatabaseError(
            f"What {kind} of the catalogue names can't be read in the new database {database}: "
            f"{problem_of(error)}"
        ) from error


# As no table is called, so that one may be joined with itself.
_OWN, _OTHER, _QUERY = "cutover_own", "cutover_via", "cutover_query"


def _joined(table: str, via: CustomerVia, tables: Tables) -> Relation:
    """A row whose customer is not found has none; it is there nevertheless."""
    types = tables[table]
    own = _aliased(table, list(types), _OWN)
    other = _aliased(via.table, [via.id, via.customer_id], _OTHER)
    on = own.c[via.column] == other.c[via.id]
    customer = {via.name: other.c[via.customer_id]}
    return Relation(
        table,
        own.outerjoin(other, on),
        {**types, via.name: tables[via.table][via.customer_id]},
        {**{name: own.c[name] for name in types}, **customer},
        # Beginning at the customers, as SQLite would not do with an outer join.
        rows_with={via.name: own.join(other, on)},
    )


def _aliased(table: str, columns: list[str], alias: str) -> sa.FromClause:
    named = table_named(table)
    every: list[sa.ColumnClause[Any]] = [sa.column(name) for name in dict.fromkeys(columns)]
    return sa.table(named.name, *every, schema=named.schema).alias(alias)


def _refuse_unlike(
    connection: sa.Connection, table: str, via: CustomerVia, tables: Tables, where: str
) -> None:
    one, other = tables[table][via.column], tables[via.table][via.id]
    # SQLite has types that say nothing of what is kept.
    if connection.dialect.name != "sqlite" and not are_alike(one, other):
        raise DatabaseError(
            f"{where}.customer_via joins {table}.{via.column} with {via.table}.{via.id}, which "
            f"is of another type ({type(one).__name__} and {type(other).__name__}), so that they "
            "are not compared by value. Name the columns that belong together, or write a query "
            "that brings them to one type."
        )


def _query(connection: sa.Connection, query: str, name: str) -> Relation:
    """As it was written: SQLAlchemy would take `:a` in it for a parameter, a driver `%`."""
    is_formatted = connection.dialect.paramstyle in {"format", "pyformat"}
    verbatim = query.replace("%", "%%") if is_formatted else query
    rows = sa.table(sa.quoted_name(f"({verbatim}\n)", quote=False)).alias(_QUERY)
    nothing: _Select = sa.select(sa.literal_column("*")).select_from(rows).where(sa.false())
    result = connection.execute(nothing)
    described = result.cursor.description if result.cursor else ()
    types = {str(column[0]): _type(connection.dialect.name, column) for column in described}
    result.close()
    return Relation(name, rows, types, {}, is_table=False)


def _refuse_missing(kind: Kind, relation: Relation) -> None:
    wanted = [*kind.columns.names, kind.customer_column, *kind.fields]
    missing = [
        f"{column} ({nearest(column, relation.types)})"
        for column in dict.fromkeys(wanted)
        if column not in relation.types
    ]
    if missing:
        raise DatabaseError(
            f"{relation.as_subject} gives no column "
            f"{'; '.join(missing)}. Name it in the SELECT with AS."
        )


def _type(dialect: str, described: Any) -> sa.types.TypeEngine[Any]:  # noqa: ANN401 - PEP 249's
    """What a driver says of a column that is nobody's in a table; SQLite's says nothing."""
    code, size = described[1], described[3]
    if dialect == "postgresql":
        return _POSTGRESQL.get(code, sa.types.NullType)()
    if dialect in {"mysql", "mariadb"}:
        # BOOL is another word for TINYINT(1), and a flag may be a BIT(1).
        is_flag = code in {_TINY, _BIT} and size == 1
        return sa.Boolean() if is_flag else _MYSQL.get(code, sa.String)()
    return sa.types.NullType()


_Makes = Mapping[int, Callable[[], sa.types.TypeEngine[Any]]]

# By the number that each type has in pg_type.
_POSTGRESQL: Final[_Makes] = {
    16: sa.Boolean,
    **dict.fromkeys((20, 21, 23), sa.BigInteger),
    **dict.fromkeys((114, 3802), sa.JSON),
    **dict.fromkeys((700, 701), sa.Float),
    **dict.fromkeys((25, 1043), sa.Text),
    1042: sa.CHAR,
    1082: sa.Date,
    1114: sa.TIMESTAMP,
    1184: partial(sa.TIMESTAMP, timezone=True),
    1700: sa.Numeric,
    2950: sa.Uuid,
}
# By the number that each type has in the protocol.
_TINY, _BIT = 1, 16
_MYSQL: Final[_Makes] = {
    **dict.fromkeys((_TINY, 2, 3, 8, 9), sa.BigInteger),
    **dict.fromkeys((0, 246), sa.Numeric),
    **dict.fromkeys((4, 5), sa.Float),
    7: partial(sa.TIMESTAMP, timezone=True),
    245: sa.JSON,
}
