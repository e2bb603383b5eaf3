"""A migration small enough to write down: one customer, one proxy, a few writes."""

import json
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

TOML = """
[migration]
id = "mini"
snapshot_at = 2021-05-18T20:00:00+02:00
live_at = 2021-05-18T23:18:00+02:00
timezone = "Europe/Berlin"
[[access_logs]]
name = "proxy-a"
paths = ["logs/*.log*"]
[[client_events]]
name = "fe2"
paths = ["events/*.jsonl*"]
trusted = true
[database]
url = "sqlite:///new.db"
"""

TABLES = {
    "customers": "id name contact_email locale timezone",
    "persons": "id customer_id created_at updated_at first_name last_name email mobile",
    "provisionings": "id customer_id created_at updated_at person_id app state",
    "feedback": "id customer_id created_at updated_at alarm_id person_id status",
    "online_services": "id customer_id created_at updated_at name type",
    "availability_rules": "id customer_id created_at updated_at person_id name rule",
    "availability": "person_id customer_id updated_at state",
    "ringtone_profiles": "id customer_id created_at updated_at device_id name",
    "app_registrations": "id customer_id created_at updated_at person_id device_id platform",
}


def combined(at: datetime, request: str, status: int = 200) -> str:
    """One line of nginx's format `combined`."""
    return (
        f'192.0.2.1 - - [{at:%d/%b/%Y:%H:%M:%S} +0200] "{request} HTTP/1.1" {status} 5 "-" '
        '"FE2/2.22.158"\n'
    )


def quiet_evening() -> list[tuple[datetime, str]]:
    """Polling, twice a minute, over the whole window and its margin."""
    start = datetime(2021, 5, 18, 19, 30)  # noqa: DTZ001 - local, as the log has it
    times = [start + timedelta(seconds=30 * n) for n in range(520)]
    return [(at, combined(at, "GET /api/v1/customers/4711/alarms")) for at in times]


def write_migration(folder: Path) -> Path:
    """A migration in which the customer 4711 has lost the person P-1 and nothing else."""
    (folder / "logs").mkdir()
    (folder / "events").mkdir()
    posted = datetime(2021, 5, 18, 20, 14, 5)  # noqa: DTZ001
    lines = quiet_evening()
    lines.append((posted, combined(posted, "POST /api/v1/customers/4711/persons", 201)))
    text = "".join(line for _, line in sorted(lines))
    (folder / "logs/proxy-a.log").write_text(text, encoding="utf-8")
    (folder / "events/fe2.jsonl").write_text(json.dumps(person_created()) + "\n", encoding="utf-8")
    database = sqlite3.connect(folder / "new.db")
    for table, columns in TABLES.items():
        database.execute(f"CREATE TABLE {table} ({', '.join(columns.split())})")
    database.execute(
        "INSERT INTO customers VALUES ('4711', 'FF Beispiel', 'ff@example.org', 'de', NULL)"
    )
    database.commit()
    database.close()
    file = folder / "migration.toml"
    file.write_text(TOML, encoding="utf-8")
    return file


def person_created() -> dict[str, object]:
    """The event of the same write, a second later by the client's clock."""
    return {
        "specversion": "1.0",
        "id": "1",
        "source": "/fe2/4711",
        "type": "person.created",
        "time": "2021-05-18T20:14:06+02:00",
        "subject": "P-1",
        "customerid": "4711",
        "data": {
            "first_name": "Jörg",
            "last_name": "Müller",
            "email": "j.mueller@example.org",
            "mobile": "+49 151 2345678",
        },
    }
