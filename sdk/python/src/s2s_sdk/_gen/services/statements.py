"""The calls of `StatementService` as methods. Generated: not to be edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from google.protobuf.timestamp_pb2 import Timestamp

from s2s_sdk import v1
from s2s_sdk._gen.s2s.v1.statement_service_pb2_grpc import StatementServiceStub
from s2s_sdk._gen.types import (
    StatementActionName,
    StatementResultName,
)
from s2s_sdk._pages import all_items, all_items_async
from s2s_sdk._requests import build

if TYPE_CHECKING:
    from s2s_sdk._gen.s2s.v1.statement_service_pb2_grpc import StatementServiceAsyncStub


class Statements:
    """Compares the statements of networks with our conversions, row by row."""

    def __init__(self, stub: StatementServiceStub) -> None:
        self._stub = stub

    def create(
        self,
        *,
        conversion_code_id: str,
        name: str,
        file_sha256: str,
        start_time: datetime | Timestamp,
        end_time: datetime | Timestamp,
        time_zone: str,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.CreateStatementResponse:
        """Creates a statement. The same file, code, period and time zone again return the statement
        that is there.

        Args:
            conversion_code_id: Conversion code for which the network's sales count.
            name: Name for people, such as that of the file, 1 to 100 characters.
            file_sha256: SHA-256 of the file, 64 hexadecimal digits: the same file for the same
                code, period and time zone is the same statement.
            start_time: Beginning of the period. The statement is compared with the conversions that
                were recorded from then on.
            end_time: End of the period; exclusive.
            time_zone: Time zone of the network's times, for people, 1 to 64 bytes. Example:
                `Europe/Berlin`.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The statement.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.CreateStatementRequest,
            {
                "conversion_code_id": conversion_code_id,
                "name": name,
                "file_sha256": file_sha256,
                "start_time": start_time,
                "end_time": end_time,
                "time_zone": time_zone,
                "validate_only": validate_only,
            },
            "statement",
        )
        return self._stub.CreateStatement(request, timeout=timeout)

    def add_statement_rows(
        self, *, statement_id: str, first_number: int, rows: Iterable[v1.NewStatementRow], timeout: float | None = None
    ) -> v1.AddStatementRowsResponse:
        """Adds rows of the network to an open statement, and compares them with our conversions. Rows
        that were added before are not added again.

        Args:
            statement_id: Id of the statement, `statement_…`.
            first_number: Number of the first row: 1, or one more than were added before. Rows are
                numbered by their place in the file.
            rows: 1 to 1,000 rows. A row that can't be read refuses them all.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The statement to which the rows were added.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.AddStatementRowsRequest, {"statement_id": statement_id, "first_number": first_number, "rows": rows}
        )
        return self._stub.AddStatementRows(request, timeout=timeout)

    def compare(self, *, statement_id: str, timeout: float | None = None) -> v1.CompareStatementResponse:
        """Ends the adding of rows, and adds our conversions that the network does not state. Each call
        compares some of them; call again until the statement is complete.

        Args:
            statement_id: Id of the statement, `statement_…`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The statement that was compared.

        Raises:
            Error: The call failed.
        """
        request = build(v1.CompareStatementRequest, {"statement_id": statement_id})
        return self._stub.CompareStatement(request, timeout=timeout)

    def get(self, *, statement_id: str, timeout: float | None = None) -> v1.GetStatementResponse:
        """Returns one statement with its totals.

        Args:
            statement_id: Id of the statement, `statement_…`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested statement.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetStatementRequest, {"statement_id": statement_id})
        return self._stub.GetStatement(request, timeout=timeout)

    def list(self, *, page_size: int | None = None, timeout: float | None = None) -> Iterator[v1.Statement]:
        """Lists statements, newest first.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of statements to return, 1 to 1,000. 0 means 50; larger values
                are read as 1,000. A page has at most 3 MiB, so it may have fewer.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ListStatementsRequest, {"page_size": page_size})
        return all_items(self._stub.ListStatements, request, lambda page: page.statements, timeout=timeout)

    def list_statement_rows(
        self,
        *,
        statement_id: str,
        page_size: int | None = None,
        result: StatementResultName | v1.StatementResult.ValueType | None = None,
        open: bool = False,
        timeout: float | None = None,
    ) -> Iterator[v1.StatementRow]:
        """Lists the rows of a statement, in their order.

        Each page is fetched when it is reached.

        Args:
            statement_id: Id of the statement, `statement_…`.
            page_size: Maximum number of rows to return, 1 to 1,000. 0 means 50; larger values are
                read as 1,000. A page has at most 3 MiB, so it may have fewer.
            result: Only rows with this result. Values: `TWICE`, `ONLY_THEIRS`, `OUTSIDE_PERIOD`,
                `CURRENCY_DIFFERS`, `STATUS_DIFFERS`, `AMOUNT_DIFFERS`, `MATCHED`, `ONLY_OURS`.
            open: Only differences about which nothing was done.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.ListStatementRowsRequest,
            {"statement_id": statement_id, "page_size": page_size, "result": result, "open": open},
        )
        return all_items(self._stub.ListStatementRows, request, lambda page: page.rows, timeout=timeout)

    def resolve_statement_rows(
        self,
        *,
        statement_id: str,
        numbers: Iterable[int],
        action: StatementActionName | v1.StatementAction.ValueType,
        note: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.ResolveStatementRowsResponse:
        """Does something about rows, one after the other, and compares each again. The same action
        again changes nothing twice.

        Args:
            statement_id: Id of the statement, `statement_…`.
            numbers: Numbers of 1 to 100 rows.
            action: What to do. Values: `COMPARE`, `REPLAY`, `ADJUST`, `RECORD`, `NOTE`.
            note: Note for people, at most 1,000 bytes; mandatory if the action is
                `STATEMENT_ACTION_NOTE`. An adjustment gets it as its remark, of which it keeps 500
                bytes.
            validate_only: If true, each row is checked and answered, but nothing is written: the
                rows are returned as they are now.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The outcome for each row.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.ResolveStatementRowsRequest,
            {
                "statement_id": statement_id,
                "numbers": numbers,
                "action": action,
                "note": note,
                "validate_only": validate_only,
            },
        )
        return self._stub.ResolveStatementRows(request, timeout=timeout)

    def delete(
        self, *, statement_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.DeleteStatementResponse:
        """Deletes a statement with its rows, but no conversion and no adjustment. Then the file can be
        compared anew.

        Args:
            statement_id: Id of the statement, `statement_…`.
            validate_only: If true, the request is checked, but nothing is deleted.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The deleted statement.

        Raises:
            Error: The call failed.
        """
        request = build(v1.DeleteStatementRequest, {"statement_id": statement_id, "validate_only": validate_only})
        return self._stub.DeleteStatement(request, timeout=timeout)


class AsyncStatements:
    """Compares the statements of networks with our conversions, row by row."""

    def __init__(self, stub: StatementServiceAsyncStub) -> None:
        self._stub = stub

    async def create(
        self,
        *,
        conversion_code_id: str,
        name: str,
        file_sha256: str,
        start_time: datetime | Timestamp,
        end_time: datetime | Timestamp,
        time_zone: str,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.CreateStatementResponse:
        """Creates a statement. The same file, code, period and time zone again return the statement
        that is there.

        Args:
            conversion_code_id: Conversion code for which the network's sales count.
            name: Name for people, such as that of the file, 1 to 100 characters.
            file_sha256: SHA-256 of the file, 64 hexadecimal digits: the same file for the same
                code, period and time zone is the same statement.
            start_time: Beginning of the period. The statement is compared with the conversions that
                were recorded from then on.
            end_time: End of the period; exclusive.
            time_zone: Time zone of the network's times, for people, 1 to 64 bytes. Example:
                `Europe/Berlin`.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The statement.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.CreateStatementRequest,
            {
                "conversion_code_id": conversion_code_id,
                "name": name,
                "file_sha256": file_sha256,
                "start_time": start_time,
                "end_time": end_time,
                "time_zone": time_zone,
                "validate_only": validate_only,
            },
            "statement",
        )
        return await self._stub.CreateStatement(request, timeout=timeout)

    async def add_statement_rows(
        self, *, statement_id: str, first_number: int, rows: Iterable[v1.NewStatementRow], timeout: float | None = None
    ) -> v1.AddStatementRowsResponse:
        """Adds rows of the network to an open statement, and compares them with our conversions. Rows
        that were added before are not added again.

        Args:
            statement_id: Id of the statement, `statement_…`.
            first_number: Number of the first row: 1, or one more than were added before. Rows are
                numbered by their place in the file.
            rows: 1 to 1,000 rows. A row that can't be read refuses them all.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The statement to which the rows were added.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.AddStatementRowsRequest, {"statement_id": statement_id, "first_number": first_number, "rows": rows}
        )
        return await self._stub.AddStatementRows(request, timeout=timeout)

    async def compare(self, *, statement_id: str, timeout: float | None = None) -> v1.CompareStatementResponse:
        """Ends the adding of rows, and adds our conversions that the network does not state. Each call
        compares some of them; call again until the statement is complete.

        Args:
            statement_id: Id of the statement, `statement_…`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The statement that was compared.

        Raises:
            Error: The call failed.
        """
        request = build(v1.CompareStatementRequest, {"statement_id": statement_id})
        return await self._stub.CompareStatement(request, timeout=timeout)

    async def get(self, *, statement_id: str, timeout: float | None = None) -> v1.GetStatementResponse:
        """Returns one statement with its totals.

        Args:
            statement_id: Id of the statement, `statement_…`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested statement.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetStatementRequest, {"statement_id": statement_id})
        return await self._stub.GetStatement(request, timeout=timeout)

    def list(self, *, page_size: int | None = None, timeout: float | None = None) -> AsyncIterator[v1.Statement]:
        """Lists statements, newest first.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of statements to return, 1 to 1,000. 0 means 50; larger values
                are read as 1,000. A page has at most 3 MiB, so it may have fewer.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ListStatementsRequest, {"page_size": page_size})
        return all_items_async(self._stub.ListStatements, request, lambda page: page.statements, timeout=timeout)

    def list_statement_rows(
        self,
        *,
        statement_id: str,
        page_size: int | None = None,
        result: StatementResultName | v1.StatementResult.ValueType | None = None,
        open: bool = False,
        timeout: float | None = None,
    ) -> AsyncIterator[v1.StatementRow]:
        """Lists the rows of a statement, in their order.

        Each page is fetched when it is reached.

        Args:
            statement_id: Id of the statement, `statement_…`.
            page_size: Maximum number of rows to return, 1 to 1,000. 0 means 50; larger values are
                read as 1,000. A page has at most 3 MiB, so it may have fewer.
            result: Only rows with this result. Values: `TWICE`, `ONLY_THEIRS`, `OUTSIDE_PERIOD`,
                `CURRENCY_DIFFERS`, `STATUS_DIFFERS`, `AMOUNT_DIFFERS`, `MATCHED`, `ONLY_OURS`.
            open: Only differences about which nothing was done.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.ListStatementRowsRequest,
            {"statement_id": statement_id, "page_size": page_size, "result": result, "open": open},
        )
        return all_items_async(self._stub.ListStatementRows, request, lambda page: page.rows, timeout=timeout)

    async def resolve_statement_rows(
        self,
        *,
        statement_id: str,
        numbers: Iterable[int],
        action: StatementActionName | v1.StatementAction.ValueType,
        note: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.ResolveStatementRowsResponse:
        """Does something about rows, one after the other, and compares each again. The same action
        again changes nothing twice.

        Args:
            statement_id: Id of the statement, `statement_…`.
            numbers: Numbers of 1 to 100 rows.
            action: What to do. Values: `COMPARE`, `REPLAY`, `ADJUST`, `RECORD`, `NOTE`.
            note: Note for people, at most 1,000 bytes; mandatory if the action is
                `STATEMENT_ACTION_NOTE`. An adjustment gets it as its remark, of which it keeps 500
                bytes.
            validate_only: If true, each row is checked and answered, but nothing is written: the
                rows are returned as they are now.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The outcome for each row.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.ResolveStatementRowsRequest,
            {
                "statement_id": statement_id,
                "numbers": numbers,
                "action": action,
                "note": note,
                "validate_only": validate_only,
            },
        )
        return await self._stub.ResolveStatementRows(request, timeout=timeout)

    async def delete(
        self, *, statement_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.DeleteStatementResponse:
        """Deletes a statement with its rows, but no conversion and no adjustment. Then the file can be
        compared anew.

        Args:
            statement_id: Id of the statement, `statement_…`.
            validate_only: If true, the request is checked, but nothing is deleted.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The deleted statement.

        Raises:
            Error: The call failed.
        """
        request = build(v1.DeleteStatementRequest, {"statement_id": statement_id, "validate_only": validate_only})
        return await self._stub.DeleteStatement(request, timeout=timeout)
