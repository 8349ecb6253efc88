"""Tests of a client's settings."""

from pathlib import Path

import grpc
import pytest
import trustme

from s2s_sdk import AsyncClient, __version__, v1
from tests.conftest import Connect
from tests.fake import UNAVAILABLE, Fake

PEM = b"-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n"
RECORD = "ConversionService/RecordConversion"


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:8080",
        "http://127.0.0.1:8080/",
        "http://[::1]:8080",
        "HTTP://localhost",
        "https://t.example",
        "HTTPS://t.example:443",
    ],
)
def test_endpoints(connect: Connect, endpoint: str) -> None:
    connect(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://t.example/api",
        "",
        "http://",
        "localhost:8080",
        "127.0.0.1",
        "/s2s",
        "ftp://t.example",
        "unix:///run/s2s",
        "http://t.example/api",
        "http://t.example?x=1",
        "http://t.example#x",
        "http://t .example",
        "http://t.example\n",
        "http://user:password@t.example",
        "http://t.example:65536",
        "http://t.example:",
    ],
)
def test_endpoints_are_checked(connect: Connect, endpoint: str) -> None:
    with pytest.raises(ValueError, match="the endpoint must have the form"):
        connect(endpoint)


@pytest.mark.parametrize("api_key", ["", " ", "key\n", "two words", "schlüssel"])
def test_api_keys_are_checked(connect: Connect, api_key: str) -> None:
    with pytest.raises(ValueError, match="the API key is empty, or has") as raised:
        connect("http://127.0.0.1:1", api_key)
    assert not api_key.strip() or api_key not in str(raised.value)


def test_api_keys_are_never_shown(connect: Connect, fake: Fake) -> None:
    fake.always = UNAVAILABLE
    driver = connect(f"http://localhost:{fake.start()}", "s3cret", retries=0)
    assert "s3cret" not in repr(driver.client)
    with pytest.raises(Exception, match="stopping") as raised:
        driver.call(RECORD, v1.RecordConversionRequest())
    error: BaseException | None = raised.value
    while error:
        assert "s3cret" not in repr(error) + str(error)
        error = error.__cause__


@pytest.mark.parametrize("given", [False, True])
def test_the_environment_has_defaults(
    connect: Connect, fake: Fake, monkeypatch: pytest.MonkeyPatch, *, given: bool
) -> None:
    endpoint = f"http://localhost:{fake.start()}"
    monkeypatch.setenv("S2S_ENDPOINT", "http://127.0.0.1:1" if given else endpoint)
    monkeypatch.setenv("S2S_API_KEY", "of-the-environment")
    driver = connect(endpoint, "given") if given else connect(None)
    driver.use("conversions.record")
    assert fake.metadata[0]["authorization"] == ("Bearer given" if given else "Bearer of-the-environment")


@pytest.mark.parametrize("value", [None, ""])
def test_an_empty_variable_is_not_set(
    connect: Connect, fake: Fake, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    for name in ("S2S_ENDPOINT", "S2S_API_KEY"):
        if value is not None:
            monkeypatch.setenv(name, value)
    assert "'http://127.0.0.1:8080'" in repr(connect(None).client)
    connect(f"http://localhost:{fake.start()}").use("conversions.record")
    assert "authorization" not in fake.metadata[0]


def test_a_key_of_the_environment_is_checked(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S2S_API_KEY", "two words")
    with pytest.raises(ValueError, match="the API key"):
        connect(None)


def test_the_user_agent_names_the_sdk(connect: Connect, fake: Fake) -> None:
    connect(f"http://localhost:{fake.start()}").use("conversions.record")
    assert fake.metadata[0]["user-agent"].startswith(f"s2s-sdk-python/{__version__} grpc-python")


def test_the_version_is_that_of_the_package() -> None:
    project = (Path(__file__).parents[1] / "pyproject.toml").read_text()
    assert f'\nversion = "{__version__}"\n' in project


@pytest.mark.parametrize("settings", [{"timeout": 0}, {"timeout": -1.0}, {"retries": -1}])
def test_timeout_and_retries_are_checked(connect: Connect, settings: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="more than 0 seconds"):
        connect("http://127.0.0.1:1", **settings)


@pytest.mark.parametrize(
    ("endpoint", "settings", "message"),
    [
        ("http://t.example", {"ca_certificate": PEM}, "for https endpoints"),
        ("http://t.example", {"identity": (PEM, b"no key")}, "for https endpoints"),
        ("https://t.example", {"ca_certificate": b"none"}, "certificate can't be used"),
        ("https://t.example", {"ca_certificate": PEM}, "certificate can't be used"),
        ("https://t.example", {"identity": (b"\xff", b"no key")}, "certificate can't be used"),
    ],
)
def test_certificates_are_checked(connect: Connect, endpoint: str, settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        connect(endpoint, **settings)


def test_a_server_with_tls_asks_for_a_certificate(connect: Connect, fake: Fake) -> None:
    authority = trustme.CA()
    ca_certificate = authority.cert_pem.bytes()
    server, client = authority.issue_cert("localhost"), authority.issue_cert("client.example")
    [chain] = server.cert_chain_pems
    port = fake.start(
        grpc.ssl_server_credentials(
            [(server.private_key_pem.bytes(), chain.bytes())], ca_certificate, require_client_auth=True
        )
    )
    endpoint = f"https://localhost:{port}"
    [certificate] = client.cert_chain_pems
    key = client.private_key_pem.bytes()

    known = connect(endpoint, ca_certificate=ca_certificate, identity=(certificate.bytes(), key))
    known.call(RECORD, v1.RecordConversionRequest())

    for settings in ({"ca_certificate": ca_certificate}, {"identity": (certificate.bytes(), key)}):
        stranger = connect(endpoint, retries=0, **settings)
        with pytest.raises(Exception, match="UNAVAILABLE"):
            stranger.call(RECORD, v1.RecordConversionRequest())
    with pytest.raises(ValueError, match="private key can't be used"):
        connect(endpoint, identity=(certificate.bytes(), b"no key"))


def test_an_asyncio_client_needs_a_loop() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        AsyncClient(endpoint="http://127.0.0.1:1")
