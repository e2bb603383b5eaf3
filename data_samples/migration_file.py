"""The operator's description of the simulated migration, and the contacts that win."""

import csv
from datetime import datetime
from io import StringIO

from data_samples.model import Customer, Settings
from data_samples.proxies import EDGE, EDGE_FIELDS, LOG_FORMATS, NEW_UPSTREAMS, PROXY_A, PROXY_B
from data_samples.timeline import ACCEPTED_GAP, LIVE, LOCAL, SNAPSHOT


def migration_toml(settings: Settings) -> str:
    """Write `migration.toml`."""
    fields = ", ".join(f'{name} = "{place}"' for name, place in EDGE_FIELDS.items())
    gap = f"from = {_local(ACCEPTED_GAP.start)}, to = {_local(ACCEPTED_GAP.end)}"
    return f"""\
# The reference case: the backend of an alerting software moves to Frankfurt.
# Everything is made up: customers, persons, addresses and numbers.
[migration]
id = "frankfurt-2021"
title = "Serverumzug nach Frankfurt"
snapshot_at = {_local(SNAPSHOT)}
live_at = {_local(LIVE)}
live_at_uncertainty = "{settings.uncertainty_minutes}m"
margin = "30m"
clock_skew = "5m"
server_skew = "10s"
timezone = "Europe/Berlin"
country = "DE"
minimum_versions = {{ FE2 = "2.22.160" }}
contacts = "contacts.csv"

[[access_logs]]
name = "{PROXY_A}"
new_upstreams = ["{NEW_UPSTREAMS}"]
paths = ["logs/proxy-a/access.log*"]
format = "nginx"
log_format = '{LOG_FORMATS[PROXY_A]}'
gap = "2m"

[[access_logs]]
name = "{PROXY_B}"
paths = ["logs/proxy-b/*.log*"]
format = "nginx"
log_format = '{LOG_FORMATS[PROXY_B]}'
gap = "2m"

[[access_logs]]
name = "{EDGE}"
paths = ["logs/edge/*.jsonl*"]
format = "json"
fields = {{ {fields} }}
gap = "2m"
accepted_gaps = [{{ {gap}, reason = "Platte voll, nicht wiederherstellbar" }}]

[[client_events]]
name = "fe2"
paths = ["events/*.jsonl*", "events/*.parquet"]
trusted = true

[[client_events]]
name = "apps-open"
paths = ["events-open/*.jsonl*"]
trusted = false

[database]
url = "sqlite:///new.db"

[ledger]
url = "sqlite:///ledger.db"

[notices]
output = "out"
default_locale = "de"
sender = {{ name = "Beispiel-Alarm Support", email = "support@alarm.example" }}
contact = "https://support.alarm.example"
"""


def contacts_csv(customers: tuple[Customer, ...]) -> str:
    """Write `contacts.csv`."""
    out = StringIO()
    writer = csv.DictWriter(out, ("customer_id", "name", "email", "locale"), lineterminator="\n")
    writer.writeheader()
    writer.writerows(customer.contact for customer in customers if customer.contact)
    return out.getvalue()


def _local(moment: datetime) -> str:
    return moment.astimezone(LOCAL).isoformat()
