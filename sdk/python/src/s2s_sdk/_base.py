"""The base of both clients: their settings, checked once, and their services."""

import re
import ssl
from abc import ABC, abstractmethod
from typing import Any

import grpc

from s2s_sdk._calls import Policy
from s2s_sdk._gen.s2s.v1.account_service_pb2_grpc import AccountServiceStub
from s2s_sdk._gen.s2s.v1.api_key_service_pb2_grpc import ApiKeyServiceStub
from s2s_sdk._gen.s2s.v1.click_service_pb2_grpc import ClickServiceStub
from s2s_sdk._gen.s2s.v1.conversion_code_service_pb2_grpc import ConversionCodeServiceStub
from s2s_sdk._gen.s2s.v1.conversion_service_pb2_grpc import ConversionServiceStub
from s2s_sdk._gen.s2s.v1.postback_service_pb2_grpc import PostbackServiceStub
from s2s_sdk._gen.s2s.v1.preset_service_pb2_grpc import PresetServiceStub
from s2s_sdk._gen.s2s.v1.tracking_link_service_pb2_grpc import TrackingLinkServiceStub

_TIMEOUT_SECONDS_DEFAULT = 10.0
_RETRIES_DEFAULT = 4

_ENDPOINT = re.compile(r"(https?)://(\[[0-9a-f:.]+\]|[0-9a-z._-]+)(?::([0-9]{1,5}))?/?", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_PORT_MAX = 65_535
_API_KEY = re.compile("[!-~]+")
_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")

_CHANNEL_OPTIONS = (
    # Time without traffic after which the connection is pinged, with or without calls, so that no
    # call loses its time on a connection that a firewall dropped.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    # A page of 1,000 items exceeds gRPC's default of 4 MiB.
    ("grpc.max_receive_message_length", 64 * 1024 * 1024),
    # Timeout for opening the connection.
    ("grpc.min_reconnect_backoff_ms", 5_000),
    # After a failure to connect, gRPC waits before it connects again: by default one second at
    # first, and two minutes later on. Meanwhile it fails every call without sending it. So gRPC must
    # try again before this client does, or the client's attempt is wasted.
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 500),
)


class Base(ABC):
    """A client without its transport."""

    # `AsyncClient` narrows these types to its own kind of calls.
    accounts: AccountServiceStub
    api_keys: ApiKeyServiceStub
    conversion_codes: ConversionCodeServiceStub
    tracking_links: TrackingLinkServiceStub
    clicks: ClickServiceStub
    conversions: ConversionServiceStub
    postbacks: PostbackServiceStub
    presets: PresetServiceStub

    def __init__(
        self,
        endpoint: str,
        api_key: str | None = None,
        *,
        ca_certificate: bytes | None = None,
        identity: tuple[bytes, bytes] | None = None,
        timeout: float = _TIMEOUT_SECONDS_DEFAULT,
        retries: int = _RETRIES_DEFAULT,
    ) -> None:
        """Makes the client. It connects at its first call; an unreachable server is no error yet.

        `endpoint`: scheme, host and port, such as `https://t.example`, or `http://127.0.0.1:8080`
        within one machine.
        `api_key`: the API key, which is sent with every call.
        `ca_certificate`: the certificates, in PEM, of the authorities trusted to sign the server's
        certificate, in place of the authorities that come with gRPC.
        `identity`: the client's certificate and its private key, both in PEM, for a server that
        requires one (mTLS). `ca_certificate` and `identity` are for `https` endpoints only.
        `timeout`: time limit of a call over all its attempts, in seconds; each call accepts its own
        `timeout` as well.
        `retries`: maximum number of retries of a call; 0 sends every call once.

        Raises `ValueError` if a setting can't be used.
        """
        scheme, target = _parse_endpoint(endpoint)
        credentials = _credentials(ca_certificate, identity) if scheme == "https" else None
        if credentials is None and (ca_certificate is not None or identity is not None):
            raise ValueError("certificates are for https endpoints")
        if timeout <= 0 or retries < 0:
            raise ValueError("the timeout must be more than 0 seconds, and retries at least 0")
        policy = Policy(_authorization(api_key), timeout, retries)
        self._endpoint = endpoint
        self._channel = channel = self._open(target, credentials, _CHANNEL_OPTIONS, policy)
        self.accounts = AccountServiceStub(channel)
        self.api_keys = ApiKeyServiceStub(channel)
        self.conversion_codes = ConversionCodeServiceStub(channel)
        self.tracking_links = TrackingLinkServiceStub(channel)
        self.clicks = ClickServiceStub(channel)
        self.conversions = ConversionServiceStub(channel)
        self.postbacks = PostbackServiceStub(channel)
        self.presets = PresetServiceStub(channel)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._endpoint!r})"

    @abstractmethod
    def _open(self, target: str, credentials: grpc.ChannelCredentials | None, options: Any, policy: Policy) -> Any:
        """Opens the channel that sends calls as the policy says."""


def _parse_endpoint(endpoint: str) -> tuple[str, str]:
    """Returns the endpoint's scheme and gRPC target."""
    match = _ENDPOINT.fullmatch(endpoint)
    if match:
        scheme, host, port = match[1].lower(), match[2], match[3]
        number = int(port) if port else _PORTS[scheme]
        if number <= _PORT_MAX:
            return scheme, f"dns:///{host}:{number}"
    raise ValueError("the endpoint must have the form https://host:port, without a path")


def _authorization(api_key: str | None) -> tuple[tuple[str, str], ...]:
    if api_key is None:
        return ()
    if not _API_KEY.fullmatch(api_key):
        raise ValueError("the API key is empty, or has blanks or characters that no key contains")
    return (("authorization", f"Bearer {api_key}"),)


def _credentials(ca_certificate: bytes | None, identity: tuple[bytes, bytes] | None) -> grpc.ChannelCredentials:
    """Returns the credentials for TLS.

    Text that is not PEM is refused here. gRPC would only log it and then report a missing address.
    """
    certificate, key = identity or (None, None)
    try:
        for pem in (ca_certificate, certificate):
            if pem is not None:
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem.decode("ascii"))
    except (ValueError, ssl.SSLError):
        raise ValueError("a certificate can't be used: it is not PEM") from None
    if key is not None and not _PRIVATE_KEY.search(key):
        raise ValueError("the private key can't be used: it is not PEM")
    return grpc.ssl_channel_credentials(ca_certificate, key, certificate)
