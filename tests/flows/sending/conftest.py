"""A mail server's authority, trusted for a test."""

import pytest

from tests.flows.sending.certificates import Authority, make_authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority, monkeypatch) -> Authority:
    """The authority, as an operator would name it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority
