"""The calls of `ApiKeyService` as methods. Generated: not to be edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from s2s_sdk import v1
from s2s_sdk._gen.s2s.v1.api_key_service_pb2_grpc import ApiKeyServiceStub
from s2s_sdk._gen.types import (
    ApiKeyScopeName,
)
from s2s_sdk._pages import all_items, all_items_async
from s2s_sdk._requests import build

if TYPE_CHECKING:
    from s2s_sdk._gen.s2s.v1.api_key_service_pb2_grpc import ApiKeyServiceAsyncStub


class ApiKeys:
    """Manages API keys. A caller sends the text of its key with every call, as `authorization: Bearer`
    and the text. A key acts for one account and may do only what its scopes allow.

    A key with the scope `admin` manages the keys of all accounts. Any other key manages only keys
    of its own account, and only those whose scopes it has itself, so that no caller can gain more
    access than it was given.
    """

    def __init__(self, stub: ApiKeyServiceStub) -> None:
        self._stub = stub

    def create(
        self,
        *,
        account_id: str | None = None,
        name: str,
        scopes: Iterable[ApiKeyScopeName | v1.ApiKeyScope.ValueType],
        expire_time: datetime | Timestamp | None = None,
        partner_id: str | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.CreateApiKeyResponse:
        """Creates an API key and returns its text. The text is not stored and can't be retrieved
        again. Needs the scope `write` or `admin`.

        Args:
            account_id: Id of the account that the key acts for, `acct_…`. Default: the caller's.
                Only a key with the scope `admin` may name another account.
            name: Name for people, 1 to 100 characters. Example: `web shop`.
            scopes: Scopes of the key: at least one, none twice. `API_KEY_SCOPE_EDGE` and
                `API_KEY_SCOPE_PARTNER` can't be combined with other scopes. `API_KEY_SCOPE_EDGE`
                and `API_KEY_SCOPE_ADMIN` are for keys of the installation's own account, and only a
                key with the scope `admin` may grant them. Values: `READ`, `WRITE`, `RECORD`,
                `ADMIN`, `EDGE`, `PARTNER`.
            expire_time: Time at which the key expires; must be in the future. Not set: never.
            partner_id: Id of the partner that the key belongs to, `partner_…`. Mandatory for a key
                with the scope `partner`; otherwise it must be empty.
            request_id: Makes the call safe to repeat: the same request with the same request id
                returns the key that the first call created, but not its text. Another request with
                this id is refused. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The created API key, and its text.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.CreateApiKeyRequest,
            {
                "account_id": account_id,
                "name": name,
                "scopes": scopes,
                "expire_time": expire_time,
                "partner_id": partner_id,
                "request_id": request_id,
                "validate_only": validate_only,
            },
            "api_key",
        )
        return self._stub.CreateApiKey(request, timeout=timeout)

    def get(self, *, api_key_id: str, timeout: float | None = None) -> v1.GetApiKeyResponse:
        """Returns one API key, without its text. Needs the scope `read` or `admin`.

        Args:
            api_key_id: Id of the key, `key_…`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested API key, without its text.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetApiKeyRequest, {"api_key_id": api_key_id})
        return self._stub.GetApiKey(request, timeout=timeout)

    def list(
        self,
        *,
        page_size: int | None = None,
        account_id: str | None = None,
        show_revoked: bool = False,
        timeout: float | None = None,
    ) -> Iterator[v1.ApiKey]:
        """Lists an account's API keys, newest first. Needs the scope `read` or `admin`.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of keys to return, 1 to 1,000. 0 means 50; larger values are
                read as 1,000. A page has at most 3 MiB, so it may have fewer.
            account_id: Id of the account whose keys are listed, `acct_…`. Empty: the caller's.
            show_revoked: If true, revoked keys are listed as well.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.ListApiKeysRequest, {"page_size": page_size, "account_id": account_id, "show_revoked": show_revoked}
        )
        return all_items(self._stub.ListApiKeys, request, lambda page: page.api_keys, timeout=timeout)

    def rotate(
        self,
        *,
        api_key_id: str,
        overlap: timedelta | Duration | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.RotateApiKeyResponse:
        """Gives an API key a new text. The former texts stay valid for an overlap, so that callers can
        be changed one by one. If the answer is lost, rotate again with the same overlap: every
        former text then stays valid for as long as the lost answer promised. Needs the scope
        `write` or `admin`.

        Args:
            api_key_id: Id of the key, `key_…`. A revoked or expired key can't be rotated.
            overlap: Time for which the former texts stay valid: 0 to 30 days, whole seconds. A text
                that ends sooner is not prolonged. Not set: 24 hours.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The rotated API key, and its new text.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.RotateApiKeyRequest, {"api_key_id": api_key_id, "overlap": overlap, "validate_only": validate_only}
        )
        return self._stub.RotateApiKey(request, timeout=timeout)

    def revoke(
        self, *, api_key_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.RevokeApiKeyResponse:
        """Revokes an API key permanently, within a second on every server. Revoking a revoked key
        changes nothing. Needs the scope `write` or `admin`.

        Args:
            api_key_id: Id of the key, `key_…`.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The revoked API key.

        Raises:
            Error: The call failed.
        """
        request = build(v1.RevokeApiKeyRequest, {"api_key_id": api_key_id, "validate_only": validate_only})
        return self._stub.RevokeApiKey(request, timeout=timeout)


class AsyncApiKeys:
    """Manages API keys. A caller sends the text of its key with every call, as `authorization: Bearer`
    and the text. A key acts for one account and may do only what its scopes allow.

    A key with the scope `admin` manages the keys of all accounts. Any other key manages only keys
    of its own account, and only those whose scopes it has itself, so that no caller can gain more
    access than it was given.
    """

    def __init__(self, stub: ApiKeyServiceAsyncStub) -> None:
        self._stub = stub

    async def create(
        self,
        *,
        account_id: str | None = None,
        name: str,
        scopes: Iterable[ApiKeyScopeName | v1.ApiKeyScope.ValueType],
        expire_time: datetime | Timestamp | None = None,
        partner_id: str | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.CreateApiKeyResponse:
        """Creates an API key and returns its text. The text is not stored and can't be retrieved
        again. Needs the scope `write` or `admin`.

        Args:
            account_id: Id of the account that the key acts for, `acct_…`. Default: the caller's.
                Only a key with the scope `admin` may name another account.
            name: Name for people, 1 to 100 characters. Example: `web shop`.
            scopes: Scopes of the key: at least one, none twice. `API_KEY_SCOPE_EDGE` and
                `API_KEY_SCOPE_PARTNER` can't be combined with other scopes. `API_KEY_SCOPE_EDGE`
                and `API_KEY_SCOPE_ADMIN` are for keys of the installation's own account, and only a
                key with the scope `admin` may grant them. Values: `READ`, `WRITE`, `RECORD`,
                `ADMIN`, `EDGE`, `PARTNER`.
            expire_time: Time at which the key expires; must be in the future. Not set: never.
            partner_id: Id of the partner that the key belongs to, `partner_…`. Mandatory for a key
                with the scope `partner`; otherwise it must be empty.
            request_id: Makes the call safe to repeat: the same request with the same request id
                returns the key that the first call created, but not its text. Another request with
                this id is refused. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The created API key, and its text.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.CreateApiKeyRequest,
            {
                "account_id": account_id,
                "name": name,
                "scopes": scopes,
                "expire_time": expire_time,
                "partner_id": partner_id,
                "request_id": request_id,
                "validate_only": validate_only,
            },
            "api_key",
        )
        return await self._stub.CreateApiKey(request, timeout=timeout)

    async def get(self, *, api_key_id: str, timeout: float | None = None) -> v1.GetApiKeyResponse:
        """Returns one API key, without its text. Needs the scope `read` or `admin`.

        Args:
            api_key_id: Id of the key, `key_…`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested API key, without its text.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetApiKeyRequest, {"api_key_id": api_key_id})
        return await self._stub.GetApiKey(request, timeout=timeout)

    def list(
        self,
        *,
        page_size: int | None = None,
        account_id: str | None = None,
        show_revoked: bool = False,
        timeout: float | None = None,
    ) -> AsyncIterator[v1.ApiKey]:
        """Lists an account's API keys, newest first. Needs the scope `read` or `admin`.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of keys to return, 1 to 1,000. 0 means 50; larger values are
                read as 1,000. A page has at most 3 MiB, so it may have fewer.
            account_id: Id of the account whose keys are listed, `acct_…`. Empty: the caller's.
            show_revoked: If true, revoked keys are listed as well.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.ListApiKeysRequest, {"page_size": page_size, "account_id": account_id, "show_revoked": show_revoked}
        )
        return all_items_async(self._stub.ListApiKeys, request, lambda page: page.api_keys, timeout=timeout)

    async def rotate(
        self,
        *,
        api_key_id: str,
        overlap: timedelta | Duration | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.RotateApiKeyResponse:
        """Gives an API key a new text. The former texts stay valid for an overlap, so that callers can
        be changed one by one. If the answer is lost, rotate again with the same overlap: every
        former text then stays valid for as long as the lost answer promised. Needs the scope
        `write` or `admin`.

        Args:
            api_key_id: Id of the key, `key_…`. A revoked or expired key can't be rotated.
            overlap: Time for which the former texts stay valid: 0 to 30 days, whole seconds. A text
                that ends sooner is not prolonged. Not set: 24 hours.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The rotated API key, and its new text.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.RotateApiKeyRequest, {"api_key_id": api_key_id, "overlap": overlap, "validate_only": validate_only}
        )
        return await self._stub.RotateApiKey(request, timeout=timeout)

    async def revoke(
        self, *, api_key_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.RevokeApiKeyResponse:
        """Revokes an API key permanently, within a second on every server. Revoking a revoked key
        changes nothing. Needs the scope `write` or `admin`.

        Args:
            api_key_id: Id of the key, `key_…`.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The revoked API key.

        Raises:
            Error: The call failed.
        """
        request = build(v1.RevokeApiKeyRequest, {"api_key_id": api_key_id, "validate_only": validate_only})
        return await self._stub.RevokeApiKey(request, timeout=timeout)
