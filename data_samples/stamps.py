"""How the database's and the witnesses' times are spelled."""

from datetime import datetime, timedelta

from data_samples.timeline import LOCAL

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def database_time(moment: datetime) -> str:
    """Write a time as SQLAlchemy does for SQLite: UTC without an offset."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def nginx_local(moment: datetime) -> str:
    """Write `$time_local`; the month's name must not depend on the machine's locale."""
    local = moment.astimezone(LOCAL)
    return f"{local:%d}/{_MONTHS[local.month - 1]}/{local:%Y:%H:%M:%S} +0200"


def nginx_iso(moment: datetime) -> str:
    """Write `$time_iso8601`."""
    return f"{moment.astimezone(LOCAL):%Y-%m-%dT%H:%M:%S}+02:00"


def json_time(moment: datetime) -> str:
    """Write the time of a JSON log, to the millisecond."""
    local = moment.astimezone(LOCAL)
    return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03d}+02:00"


def to_seconds(moment: datetime) -> datetime:
    """Cut a time off to whole seconds, as nginx does."""
    return moment.replace(microsecond=0)


def to_milliseconds(moment: datetime) -> datetime:
    """Cut a time off to milliseconds."""
    return moment - timedelta(microseconds=moment.microsecond % 1000)
