"""Where the new database keeps what: the part of a catalogue that names tables and columns."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from transforms.selects import one_select


def _one_column(value: object) -> object:
    if isinstance(value, list | tuple):
        raise ValueError(  # noqa: TRY004  (pydantic wants ValueError)
            "names several columns, and an id is one; let a view of the database put them together "
            "as events and paths spell them (such as alarm_id || '/' || person_id), and name that"
        )
    return value


def _table_name(value: str) -> str:
    parts = value.split(".")
    if len(parts) > len(("schema", "table")) or not all(map(str.strip, parts)):
        raise ValueError(
            'is no table; write its name such as "persons", or with its schema such as '
            '"public.persons" (of MariaDB and MySQL, the database)'
        )
    return value


Id = Annotated[str, BeforeValidator(_one_column)]
Table = Annotated[str, AfterValidator(_table_name)]
Select = Annotated[str, AfterValidator(one_select)]


class Part(BaseModel):
    """A part of a catalogue: what it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Columns(Part):
    """The columns that every kind has, under the names that the table gives them."""

    id: Id
    customer_id: str = "customer_id"
    created_at: str | None = None
    updated_at: str | None = None
    # Set in rows that are there no more (a time, or a flag): for the product they do not exist.
    deleted_at: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All columns but the customer's."""
        times = (self.created_at, self.updated_at, self.deleted_at)
        return (self.id, *filter(None, times))


class CustomerVia(Part):
    """Which row of another table says whose a row is: the one whose `id` stands in `column`."""

    column: Id
    table: Table
    id: Id = "id"
    customer_id: str = "customer_id"

    @property
    def name(self) -> str:
        """The customer's column, as no column of the kind's own table is called."""
        return f"{self.table}.{self.customer_id}"


class Rows(Part):
    """Where the rows of a kind are: in a table, one joined with another, or a SELECT."""

    table: Table | None = None
    query: Select | None = None
    columns: Columns
    customer_via: CustomerVia | None = None

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        if self.table is None and self.query is None:
            raise ValueError("table is missing, or query, where a SELECT of your own is read")
        if self.table is not None and self.query is not None:
            raise ValueError("names both table and query; leave out the one that is not to be read")
        if self.customer_via is None:
            return self
        if self.query is not None:
            raise ValueError(
                "has customer_via beside query; let the SELECT itself join, and give the "
                "customer's id as the column that columns.customer_id names"
            )
        if "customer_id" in self.columns.model_fields_set:
            raise ValueError(
                "says whose a row is twice, by columns.customer_id and by customer_via; leave "
                "columns.customer_id out where the table does not hold the customer's id"
            )
        return self

    @property
    def customer_column(self) -> str:
        """The column with the customer's id, whichever table it is in."""
        return self.customer_via.name if self.customer_via else self.columns.customer_id


class CustomersTable(Part):
    """Where the new database keeps the customers themselves."""

    table: Table
    columns: dict[Literal["id", "name", "email", "locale", "timezone"], str]

    @model_validator(mode="after")
    def _has_an_id(self) -> Self:
        if "id" not in self.columns:
            raise ValueError('columns lacks "id"')
        return self


class DevicesTable(Part):
    """Where the new database says which customer a device belongs to."""

    table: Table
    device_id: str
    customer_id: str = "customer_id"
    deleted_at: str | None = None
