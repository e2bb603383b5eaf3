"""What a URL asks of TLS reaches the driver, and asks for no less than it says."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import pytest
import sqlalchemy as sa

from flows.database import Source, open_snapshot
from flows.database.engine import _engine
from tests.flows.database.test_servers import CATALOGUE
from transforms.errors import ConfigurationError, DatabaseError

CA = certifi.where()


class AskedError(Exception):
    """Stops before anything is connected."""


def arguments(url: str) -> dict:
    """What the driver is called with."""
    engine = _engine(sa.make_url(url), timedelta(minutes=10))
    given = {}

    @sa.event.listens_for(engine, "do_connect")
    def look(dialect, record, args, keywords):
        given.update(keywords)
        raise AskedError

    with pytest.raises(AskedError):
        engine.connect()
    return given


def test_what_libpq_knows_reaches_it_as_it_is():
    given = arguments(
        f"postgresql://u@h/n?sslmode=verify-full&sslrootcert={CA}&sslcert=a.pem&sslkey=b.pem"
    )
    assert given["sslmode"] == "verify-full"
    assert (given["sslrootcert"], given["sslcert"], given["sslkey"]) == (CA, "a.pem", "b.pem")


def test_a_server_that_does_not_answer_is_given_up():
    assert arguments("postgresql://u@h/n")["connect_timeout"] == 10
    assert int(arguments("postgresql://u@h/n?connect_timeout=3")["connect_timeout"]) == 3
    assert arguments("mysql://u@h/n")["read_timeout"] == 630
    assert arguments("mysql://u@h/n?read_timeout=5")["read_timeout"] == 5


@pytest.mark.parametrize("scheme", ["mysql", "mariadb", "mysql+pymysql", "mariadb+pymysql"])
def test_a_ca_alone_has_certificate_and_name_verified(scheme):
    context = arguments(f"{scheme}://u@h/n?ssl_ca={CA}")["ssl"]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.cert_store_stats()["x509_ca"] > 10


@pytest.mark.parametrize(
    ("query", "mode", "checks_name"),
    [
        (f"ssl_ca={CA}&ssl_verify_cert=true", ssl.CERT_REQUIRED, True),
        (f"ssl_ca={CA}&ssl_verify_identity=false", ssl.CERT_REQUIRED, False),
        (f"ssl_ca={CA}&ssl_check_hostname=false", ssl.CERT_REQUIRED, False),
        ("ssl_verify_identity=true", ssl.CERT_REQUIRED, True),
        ("ssl_verify_cert=true", ssl.CERT_REQUIRED, True),
        ("ssl_verify_cert=false", ssl.CERT_NONE, False),
    ],
)
def test_what_is_verified_is_said_with_true_and_false(query, mode, checks_name):
    given = arguments(f"mariadb://u@h/n?{query}")
    assert (given["ssl"].verify_mode, given["ssl"].check_hostname) == (mode, checks_name)
    assert not [key for key in given if key.startswith("ssl_")]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("ssl_verify_cert=perhaps", "ssl_verify_cert=perhaps, which is neither true nor false"),
        ("ssl_ca=/nowhere/ca.pem", r"\(ssl_ca\) can't be read: No such file"),
        (f"ssl_cert={__file__}", r"\(ssl_cert\) can't be read"),
    ],
)
def test_what_is_wrong_is_named(query, says):
    with pytest.raises(ConfigurationError, match=says):
        arguments(f"mysql://u:geheim@h/n?{query}")


@pytest.mark.slow
@pytest.mark.xdist_group("servers")
def test_whoever_asks_for_tls_is_not_connected_without(on_mariadb):
    """The tests' server has none."""
    live = datetime(2021, 5, 18, tzinfo=UTC)
    source = Source(url=f"{on_mariadb.reader}?ssl_ca={CA}", base=Path(), live_at=live)
    with pytest.raises(DatabaseError, match=r"SSL|TLS"), open_snapshot(source, CATALOGUE):
        pass
