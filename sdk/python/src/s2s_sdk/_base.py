"""The base of both clients: their settings, checked once."""

import os
import re
import ssl
from abc import ABC, abstractmethod
from typing import Any

import grpc

from s2s_sdk._calls import Policy
from s2s_sdk._version import __version__

_ENDPOINT_DEFAULT = "http://127.0.0.1:8080"
_ENDPOINT_VARIABLE = "S2S_ENDPOINT"
_API_KEY_VARIABLE = "S2S_API_KEY"
_TIMEOUT_SECONDS_DEFAULT = 10.0
_RETRIES_DEFAULT = 4

_ENDPOINT = re.compile(r"(https?)://(\[[0-9a-f:.]+\]|[0-9a-z._-]+)(?::([0-9]{1,5}))?/?", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_PORT_MAX = 65_535
_API_KEY = re.compile("[!-~]+")
_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")

_CHANNEL_OPTIONS = (
    ("grpc.primary_user_agent", f"s2s-sdk-python/{__version__}"),
    # Time without traffic after which the connection is pinged, even if no call is in progress. The
    # ping finds out whether a firewall has dropped the connection, so that no later call waits for
    # an answer on a dead connection.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    # A page of 1,000 items exceeds gRPC's default of 4 MiB.
    ("grpc.max_receive_message_length", 64 * 1024 * 1024),
    # Timeout for opening the connection.
    ("grpc.min_reconnect_backoff_ms", 5_000),
    # After a failure to connect, gRPC waits before it connects again: by default one second at
    # first, and up to two minutes after further failures. Meanwhile it fails every call without
    # sending it. So gRPC must connect again before this client's next attempt: otherwise that
    # attempt is wasted.
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 500),
)


class Base(ABC):
    """A client without its transport."""

    def __init__(
        self,
        *,
        api_key: str | None = None,
        endpoint: str | None = None,
        ca_certificate: bytes | None = None,
        identity: tuple[bytes, bytes] | None = None,
        timeout: float = _TIMEOUT_SECONDS_DEFAULT,
        retries: int = _RETRIES_DEFAULT,
    ) -> None:
        """Makes the client. It connects at its first call; an unreachable server is no error yet.

        Args:
            api_key: The API key, which is sent with every call. Default: the environment's
                `S2S_API_KEY`.
            endpoint: Scheme, host and port, such as `https://t.example`. Default: the environment's
                `S2S_ENDPOINT`, or else `http://127.0.0.1:8080`.
            ca_certificate: The certificates, in PEM, of the authorities that may sign the server's
                certificate. They replace the authorities that come with gRPC.
            identity: The client's certificate and its private key, both in PEM, for a server that
                requires one (mTLS). `ca_certificate` and `identity` are for `https` endpoints only.
            timeout: Time limit of a call over all its attempts, in seconds; each call accepts its
                own `timeout` as well.
            retries: Maximum number of retries of a call; 0 sends every call once.

        Raises:
            ValueError: A setting can't be used.
        """
        # An empty variable counts as not set.
        if endpoint is None:
            endpoint = os.environ.get(_ENDPOINT_VARIABLE) or _ENDPOINT_DEFAULT
        if api_key is None:
            api_key = os.environ.get(_API_KEY_VARIABLE) or None
        scheme, target = _parse_endpoint(endpoint)
        credentials = _credentials(ca_certificate, identity) if scheme == "https" else None
        if credentials is None and (ca_certificate is not None or identity is not None):
            raise ValueError("certificates are for https endpoints")
        if timeout <= 0 or retries < 0:
            raise ValueError("the timeout must be more than 0 seconds, and retries at least 0")
        self._policy = policy = Policy(_authorization(api_key), timeout, retries)
        self._endpoint = endpoint
        self._channel = channel = self._open(target, credentials, _CHANNEL_OPTIONS, policy)
        self._add_services(channel, policy)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._endpoint!r})"

    @abstractmethod
    def _add_services(self, channel: Any, policy: Policy) -> None:
        """Adds the services, whose calls use the channel."""

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
