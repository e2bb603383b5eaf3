"""The part of a scene that was there before anything is witnessed: things and their rows."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from data_samples import things
from data_samples.model import Customer, Device, Row, Settings, Thing, Write
from data_samples.schema import AVAILABILITY, PERSON, Kind
from data_samples.stamps import database_time
from data_samples.timeline import Zone
from data_samples.world import World


class Stage:
    """Makes up things of one customer, and plants rows of the new database."""

    def __init__(
        self,
        world: World,
        settings: Settings,
        customer: Customer,
        neighbour: Customer,
        kind: Kind,
    ) -> None:
        self.world, self.rng, self.settings = world, world.rng, settings
        self.customer, self.neighbour, self.kind = customer, neighbour, kind
        self._rows: list[Row] = []

    def moment(self, zone: Zone = Zone.COVERED) -> datetime:
        """Pick a time for a write."""
        return self.world.moment(zone)

    def thing(
        self,
        kind: Kind | None = None,
        *,
        person: Thing | None = None,
        device: Device | None = None,
        values: Mapping[str, str] | None = None,
        customer: Customer | None = None,
    ) -> Thing:
        """Make up a thing that has no row of its own; what it refers to has one."""
        kind, owner = kind or self.kind, customer or self.customer
        if person is None and kind is not PERSON:
            person = self.existing(PERSON, customer=owner) if things.needs_person(kind) else None
        phone = device or (self.phone(owner, person) if things.needs_phone(kind) else owner.server)
        made = things.values_of(kind, self.world, owner, person, phone)
        entity = person.id if kind is AVAILABILITY and person else self.world.new_id(kind.prefix)
        return Thing(kind, owner.id, entity, {**made, **(values or {})}, phone)

    def existing(
        self,
        kind: Kind | None = None,
        *,
        person: Thing | None = None,
        device: Device | None = None,
        customer: Customer | None = None,
    ) -> Thing:
        """Make up a thing that was there long before the snapshot."""
        thing = self.thing(kind, person=person, device=device, customer=customer)
        created = self.world.long_ago()
        updated = created + timedelta(seconds=self.rng.randrange(0, 4 * 86_400))
        self.row(thing, created=created, updated=updated)
        return thing

    def phone(self, owner: Customer, person: Thing | None, *, registered: bool = True) -> Device:
        """Make up a phone that is registered with the customer since long ago."""
        device = self.world.phone()
        if registered:
            self.register(device, owner, person)
        return device

    def register(self, device: Device, owner: Customer, person: Thing | None = None) -> None:
        """Plant the old row of app_registrations that says whose device it is."""
        created = database_time(self.world.long_ago())
        holder = person or self.existing(PERSON, customer=owner)
        values = {
            "id": self.world.new_id("G"),
            "customer_id": owner.id,
            "person_id": holder.id,
            "device_id": device.id,
            "platform": device.platform,
            "created_at": created,
            "updated_at": created,
        }
        self._rows.append(Row("app_registrations", values))

    def row(
        self,
        thing: Thing,
        *,
        created: datetime,
        updated: datetime | None = None,
        values: Mapping[str, str | None] | None = None,
        entity: str | None = None,
        customer: str | None = None,
    ) -> str:
        """Plant a row of the new database for the thing, and give its id."""
        kind, entity = thing.kind, entity or thing.id
        row: dict[str, str | None] = {
            kind.id_column: entity,
            "customer_id": customer or thing.customer,
            **{name: {**thing.values, **(values or {})}[name] for name in kind.fields},
            "updated_at": database_time(updated or created),
        }
        if kind is not AVAILABILITY:
            row["created_at"] = database_time(created)
        self._rows.append(Row(kind.table, row))
        return entity

    def row_on_new_site(
        self,
        thing: Thing,
        *,
        created: datetime | None = None,
        values: Mapping[str, str | None] | None = None,
    ) -> str:
        """Plant a row with a new id that someone made by hand after the move; give its id."""
        entity = self.world.new_id(thing.kind.prefix, on_new_site=True)
        created = created or self.world.afterwards()
        return self.row(thing, created=created, values=values, entity=entity)

    def came_over(self, write: Write, values: Mapping[str, str | None] | None = None) -> None:
        """Plant the row that a create left in the new database, a moment after the request."""
        self.row(write.thing, created=self.soon(write.at), values=values)

    def soon(self, moment: datetime) -> datetime:
        """Give the time at which the database records a request: within `server_skew`."""
        return moment + timedelta(milliseconds=self.rng.randrange(-2_900, 1_900))
