"""The calls of `AccountService` as methods. Generated: not to be edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from s2s_sdk import v1
from s2s_sdk._gen.s2s.v1.account_service_pb2_grpc import AccountServiceStub
from s2s_sdk._pages import all_items, all_items_async
from s2s_sdk._requests import NOT_GIVEN, NotGiven, build, build_update

if TYPE_CHECKING:
    from s2s_sdk._gen.s2s.v1.account_service_pb2_grpc import AccountServiceAsyncStub


class Accounts:
    """Manages the accounts of an installation. The resources of one account do not exist for another."""

    def __init__(self, stub: AccountServiceStub) -> None:
        self._stub = stub

    def create(
        self, *, name: str, request_id: str | None = None, validate_only: bool = False, timeout: float | None = None
    ) -> v1.CreateAccountResponse:
        """Creates an account. Needs the scope `admin`.

        Args:
            name: Name for people, 1 to 100 characters. Example: `Shop Ltd`.
            request_id: Makes the call safe to repeat: the same request with the same request id
                returns the account that the first call created. Another request with this id is
                refused. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The created account.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.CreateAccountRequest, {"name": name, "request_id": request_id, "validate_only": validate_only}, "account"
        )
        return self._stub.CreateAccount(request, timeout=timeout)

    def get(self, *, account_id: str | None = None, timeout: float | None = None) -> v1.GetAccountResponse:
        """Returns one account. Any key may read its own account; any other account needs the scope
        `admin`.

        Args:
            account_id: Id of the account, `acct_…`. Empty: the account of the calling key.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested account.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetAccountRequest, {"account_id": account_id})
        return self._stub.GetAccount(request, timeout=timeout)

    def list(self, *, page_size: int | None = None, timeout: float | None = None) -> Iterator[v1.Account]:
        """Lists all accounts, newest first. Needs the scope `admin`.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of accounts to return, 1 to 1,000. 0 means 50; larger values
                are read as 1,000. A page has at most 3 MiB, so it may have fewer.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ListAccountsRequest, {"page_size": page_size})
        return all_items(self._stub.ListAccounts, request, lambda page: page.accounts, timeout=timeout)

    def update(
        self, *, id: str, name: str | NotGiven = NOT_GIVEN, validate_only: bool = False, timeout: float | None = None
    ) -> v1.UpdateAccountResponse:
        """Changes the fields that are given. Needs the scope `admin`.

        A field that is given can have its default value. None clears a field.

        Args:
            id: Id of the account: `acct_` and 26 characters. The installation's own account exists
                from the start as `acct_00000000000000000000000004`.
            name: Name for people, 1 to 100 characters. Example: `Shop Ltd`.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The changed account.

        Raises:
            Error: The call failed.
        """
        request = build_update(
            v1.UpdateAccountRequest, {"id": id, "name": name, "validate_only": validate_only}, "account"
        )
        return self._stub.UpdateAccount(request, timeout=timeout)


class AsyncAccounts:
    """Manages the accounts of an installation. The resources of one account do not exist for another."""

    def __init__(self, stub: AccountServiceAsyncStub) -> None:
        self._stub = stub

    async def create(
        self, *, name: str, request_id: str | None = None, validate_only: bool = False, timeout: float | None = None
    ) -> v1.CreateAccountResponse:
        """Creates an account. Needs the scope `admin`.

        Args:
            name: Name for people, 1 to 100 characters. Example: `Shop Ltd`.
            request_id: Makes the call safe to repeat: the same request with the same request id
                returns the account that the first call created. Another request with this id is
                refused. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The created account.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.CreateAccountRequest, {"name": name, "request_id": request_id, "validate_only": validate_only}, "account"
        )
        return await self._stub.CreateAccount(request, timeout=timeout)

    async def get(self, *, account_id: str | None = None, timeout: float | None = None) -> v1.GetAccountResponse:
        """Returns one account. Any key may read its own account; any other account needs the scope
        `admin`.

        Args:
            account_id: Id of the account, `acct_…`. Empty: the account of the calling key.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested account.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetAccountRequest, {"account_id": account_id})
        return await self._stub.GetAccount(request, timeout=timeout)

    def list(self, *, page_size: int | None = None, timeout: float | None = None) -> AsyncIterator[v1.Account]:
        """Lists all accounts, newest first. Needs the scope `admin`.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of accounts to return, 1 to 1,000. 0 means 50; larger values
                are read as 1,000. A page has at most 3 MiB, so it may have fewer.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ListAccountsRequest, {"page_size": page_size})
        return all_items_async(self._stub.ListAccounts, request, lambda page: page.accounts, timeout=timeout)

    async def update(
        self, *, id: str, name: str | NotGiven = NOT_GIVEN, validate_only: bool = False, timeout: float | None = None
    ) -> v1.UpdateAccountResponse:
        """Changes the fields that are given. Needs the scope `admin`.

        A field that is given can have its default value. None clears a field.

        Args:
            id: Id of the account: `acct_` and 26 characters. The installation's own account exists
                from the start as `acct_00000000000000000000000004`.
            name: Name for people, 1 to 100 characters. Example: `Shop Ltd`.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The changed account.

        Raises:
            Error: The call failed.
        """
        request = build_update(
            v1.UpdateAccountRequest, {"id": id, "name": name, "validate_only": validate_only}, "account"
        )
        return await self._stub.UpdateAccount(request, timeout=timeout)
