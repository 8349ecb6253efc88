"""The calls of `PostbackService` as methods. Generated: not to be edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, overload

from google.protobuf.timestamp_pb2 import Timestamp

from s2s_sdk import v1
from s2s_sdk._gen.reason import Reason
from s2s_sdk._gen.s2s.v1.postback_service_pb2_grpc import PostbackServiceStub
from s2s_sdk._gen.types import (
    PostbackVerdictName,
)
from s2s_sdk._pages import all_items, all_items_async
from s2s_sdk._requests import build
from s2s_sdk._watch import watch, watch_async

if TYPE_CHECKING:
    from s2s_sdk._calls import Policy
    from s2s_sdk._gen.s2s.v1.postback_service_pb2_grpc import PostbackServiceAsyncStub


class Postbacks:
    """Lists, replays and explains postbacks: the stored requests that arrived at `/s2s`, with their
    outcomes. `ConversionService.RecordConversion` receives them.
    """

    def __init__(self, stub: PostbackServiceStub, policy: Policy) -> None:
        self._stub = stub
        self._policy = policy

    def list(
        self,
        *,
        page_size: int | None = None,
        verdict: PostbackVerdictName | v1.PostbackVerdict.ValueType | None = None,
        reason: Reason | v1.ErrorReason.ValueType | None = None,
        conversion_code_id: str | None = None,
        start_time: datetime | Timestamp | None = None,
        end_time: datetime | Timestamp | None = None,
        text: str | None = None,
        timeout: float | None = None,
    ) -> Iterator[v1.Postback]:
        """Lists the account's postbacks, newest first. A page has at most 3 MiB, and the server looks
        at 20,000 postbacks at most to fill it. So a page may have fewer postbacks than asked for,
        or none, and still a token.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of postbacks to return, 1 to 1,000. 0 means 50; larger values
                are read as 1,000. A page may have fewer, or none: only an empty `next_page_token`
                ends the list.
            verdict: Verdict: `POSTBACK_VERDICT_RECORDED`, `POSTBACK_VERDICT_DUPLICATE` or
                `POSTBACK_VERDICT_HELD`. Unspecified: all. Values: `RECORDED`, `DUPLICATE`, `TEST`,
                `HELD`, `UPDATED`.
            reason: Reason for holding. Unspecified: all.
            conversion_code_id: Id of the conversion code that the postbacks name.
            start_time: Earliest time of arrival, inclusive.
            end_time: Latest time of arrival, exclusive.
            text: Text that the raw target or body contains, byte for byte; at most 200 bytes.
                Example: `order-1001`.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.ListPostbacksRequest,
            {
                "page_size": page_size,
                "verdict": verdict,
                "reason": reason,
                "conversion_code_id": conversion_code_id,
                "start_time": start_time,
                "end_time": end_time,
                "text": text,
            },
            "filter",
        )
        return all_items(self._stub.ListPostbacks, request, lambda page: page.postbacks, timeout=timeout)

    def get(self, *, postback_id: str, timeout: float | None = None) -> v1.GetPostbackResponse:
        """Returns one postback.

        Args:
            postback_id: Id of the postback.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested postback.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetPostbackRequest, {"postback_id": postback_id})
        return self._stub.GetPostback(request, timeout=timeout)

    @overload
    def replay(
        self,
        *,
        verdict: PostbackVerdictName | v1.PostbackVerdict.ValueType | None = None,
        reason: Reason | v1.ErrorReason.ValueType | None = None,
        conversion_code_id: str | None = None,
        start_time: datetime | Timestamp | None = None,
        end_time: datetime | Timestamp | None = None,
        text: str | None = None,
        overrides: v1.ReplayOverrides | None = None,
        page_token: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.ReplayPostbacksResponse: ...

    @overload
    def replay(
        self,
        *,
        ids: Iterable[str] | v1.PostbackIds,
        overrides: v1.ReplayOverrides | None = None,
        page_token: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.ReplayPostbacksResponse: ...

    def replay(
        self,
        *,
        ids: Iterable[str] | v1.PostbackIds | None = None,
        verdict: PostbackVerdictName | v1.PostbackVerdict.ValueType | None = None,
        reason: Reason | v1.ErrorReason.ValueType | None = None,
        conversion_code_id: str | None = None,
        start_time: datetime | Timestamp | None = None,
        end_time: datetime | Timestamp | None = None,
        text: str | None = None,
        overrides: v1.ReplayOverrides | None = None,
        page_token: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.ReplayPostbacksResponse:
        """Reads held postbacks again once the cause of their holding is fixed, by the same rules as
        new postbacks and as of their time of arrival. A postback that is replayed twice counts
        once. An answer has at most 3 MiB: if it would be longer, the last postbacks come without
        remarks and body, with only the beginning of their target, and with a note that says so
        (`NOTE_CODE_SHORTENED`). `GetPostback` returns all of a postback.

        Args:
            ids: Postbacks by id. One that is not held is returned unchanged.
            verdict: Verdict: `POSTBACK_VERDICT_RECORDED`, `POSTBACK_VERDICT_DUPLICATE` or
                `POSTBACK_VERDICT_HELD`. Unspecified: all. Values: `RECORDED`, `DUPLICATE`, `TEST`,
                `HELD`, `UPDATED`.
            reason: Reason for holding. Unspecified: all.
            conversion_code_id: Id of the conversion code that the postbacks name.
            start_time: Earliest time of arrival, inclusive.
            end_time: Latest time of arrival, exclusive.
            text: Text that the raw target or body contains, byte for byte; at most 200 bytes.
                Example: `order-1001`.
            overrides: Values to read in place of those that came.
            page_token: With `filter`: `next_page_token` of the previous call; empty for the first
                call.
            validate_only: If true, the request is answered as if real, but nothing is written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The replayed postbacks.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.ReplayPostbacksRequest,
            {
                "ids": ids,
                "verdict": verdict,
                "reason": reason,
                "conversion_code_id": conversion_code_id,
                "start_time": start_time,
                "end_time": end_time,
                "text": text,
                "overrides": overrides,
                "page_token": page_token,
                "validate_only": validate_only,
            },
            "filter",
        )
        return self._stub.ReplayPostbacks(request, timeout=timeout)

    def explain(
        self, *, target: bytes | str | None = None, postback_id: str | None = None, timeout: float | None = None
    ) -> v1.ExplainPostbackResponse:
        """Explains step by step how a postback URL or a stored postback would be read, and what its
        verdict would be. Records nothing.

        Args:
            target: Postback URL, or only its path and query, at most 8 KiB. Example:
                `https://t.example/s2s?clickId={clickId}&id=6B1F…&val=1&com=0.5`.
            postback_id: Id of a stored postback.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The reading of a postback, step by step, and its verdict.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ExplainPostbackRequest, {"target": target, "postback_id": postback_id})
        return self._stub.ExplainPostback(request, timeout=timeout)

    def watch(
        self,
        *,
        verdict: PostbackVerdictName | v1.PostbackVerdict.ValueType | None = None,
        reason: Reason | v1.ErrorReason.ValueType | None = None,
        conversion_code_id: str | None = None,
        text: str | None = None,
        resume_token: str | None = None,
        all_accounts: bool = False,
        timeout: float | None = None,
    ) -> Iterator[v1.WatchPostbacksResponse]:
        """Sends each postback once it is judged: when it comes, and again when a replay gives it
        another verdict. It is sent by any server of the installation, for as long as the client
        listens. The stream begins with a heartbeat. Each message has a resume token: a stream that
        begins with that token goes on behind the message, without a gap and without a repetition,
        on any server. An account has at most 100 streams on a server, and a server at most 1,000.

        Sends only the postbacks that pass. `start_time` and `end_time` must be unset.

        After a failure that may pass, the stream goes on by itself behind the last message. Any
        other error ends it. To go on later, or in another process, keep the `resume_token` of the
        last message that you have dealt with. Ending the iteration cancels the call.

        Args:
            verdict: Verdict: `POSTBACK_VERDICT_RECORDED`, `POSTBACK_VERDICT_DUPLICATE` or
                `POSTBACK_VERDICT_HELD`. Unspecified: all. Values: `RECORDED`, `DUPLICATE`, `TEST`,
                `HELD`, `UPDATED`.
            reason: Reason for holding. Unspecified: all.
            conversion_code_id: Id of the conversion code that the postbacks name.
            text: Text that the raw target or body contains, byte for byte; at most 200 bytes.
                Example: `order-1001`.
            resume_token: The resume token of a message of an earlier stream. Empty: the stream
                begins with what is judged from now on. The server keeps events for 7 days; an older
                token is refused with `RESUME_TOKEN_TOO_OLD`.
            all_accounts: Sends the postbacks of all accounts. Needs the scope `admin` besides
                `read`.
            timeout: Time limit of the whole stream, in seconds. Default: none. Each opening has the
                client's as well.

        Returns:
            An iterator over all messages, also heartbeats and gaps.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.WatchPostbacksRequest,
            {
                "verdict": verdict,
                "reason": reason,
                "conversion_code_id": conversion_code_id,
                "text": text,
                "resume_token": resume_token,
                "all_accounts": all_accounts,
            },
            "filter",
        )
        return watch(
            self._stub.WatchPostbacks, request, "s2s.v1.PostbackService.WatchPostbacks", self._policy, timeout=timeout
        )


class AsyncPostbacks:
    """Lists, replays and explains postbacks: the stored requests that arrived at `/s2s`, with their
    outcomes. `ConversionService.RecordConversion` receives them.
    """

    def __init__(self, stub: PostbackServiceAsyncStub, policy: Policy) -> None:
        self._stub = stub
        self._policy = policy

    def list(
        self,
        *,
        page_size: int | None = None,
        verdict: PostbackVerdictName | v1.PostbackVerdict.ValueType | None = None,
        reason: Reason | v1.ErrorReason.ValueType | None = None,
        conversion_code_id: str | None = None,
        start_time: datetime | Timestamp | None = None,
        end_time: datetime | Timestamp | None = None,
        text: str | None = None,
        timeout: float | None = None,
    ) -> AsyncIterator[v1.Postback]:
        """Lists the account's postbacks, newest first. A page has at most 3 MiB, and the server looks
        at 20,000 postbacks at most to fill it. So a page may have fewer postbacks than asked for,
        or none, and still a token.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of postbacks to return, 1 to 1,000. 0 means 50; larger values
                are read as 1,000. A page may have fewer, or none: only an empty `next_page_token`
                ends the list.
            verdict: Verdict: `POSTBACK_VERDICT_RECORDED`, `POSTBACK_VERDICT_DUPLICATE` or
                `POSTBACK_VERDICT_HELD`. Unspecified: all. Values: `RECORDED`, `DUPLICATE`, `TEST`,
                `HELD`, `UPDATED`.
            reason: Reason for holding. Unspecified: all.
            conversion_code_id: Id of the conversion code that the postbacks name.
            start_time: Earliest time of arrival, inclusive.
            end_time: Latest time of arrival, exclusive.
            text: Text that the raw target or body contains, byte for byte; at most 200 bytes.
                Example: `order-1001`.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.ListPostbacksRequest,
            {
                "page_size": page_size,
                "verdict": verdict,
                "reason": reason,
                "conversion_code_id": conversion_code_id,
                "start_time": start_time,
                "end_time": end_time,
                "text": text,
            },
            "filter",
        )
        return all_items_async(self._stub.ListPostbacks, request, lambda page: page.postbacks, timeout=timeout)

    async def get(self, *, postback_id: str, timeout: float | None = None) -> v1.GetPostbackResponse:
        """Returns one postback.

        Args:
            postback_id: Id of the postback.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested postback.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetPostbackRequest, {"postback_id": postback_id})
        return await self._stub.GetPostback(request, timeout=timeout)

    @overload
    async def replay(
        self,
        *,
        verdict: PostbackVerdictName | v1.PostbackVerdict.ValueType | None = None,
        reason: Reason | v1.ErrorReason.ValueType | None = None,
        conversion_code_id: str | None = None,
        start_time: datetime | Timestamp | None = None,
        end_time: datetime | Timestamp | None = None,
        text: str | None = None,
        overrides: v1.ReplayOverrides | None = None,
        page_token: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.ReplayPostbacksResponse: ...

    @overload
    async def replay(
        self,
        *,
        ids: Iterable[str] | v1.PostbackIds,
        overrides: v1.ReplayOverrides | None = None,
        page_token: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.ReplayPostbacksResponse: ...

    async def replay(
        self,
        *,
        ids: Iterable[str] | v1.PostbackIds | None = None,
        verdict: PostbackVerdictName | v1.PostbackVerdict.ValueType | None = None,
        reason: Reason | v1.ErrorReason.ValueType | None = None,
        conversion_code_id: str | None = None,
        start_time: datetime | Timestamp | None = None,
        end_time: datetime | Timestamp | None = None,
        text: str | None = None,
        overrides: v1.ReplayOverrides | None = None,
        page_token: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.ReplayPostbacksResponse:
        """Reads held postbacks again once the cause of their holding is fixed, by the same rules as
        new postbacks and as of their time of arrival. A postback that is replayed twice counts
        once. An answer has at most 3 MiB: if it would be longer, the last postbacks come without
        remarks and body, with only the beginning of their target, and with a note that says so
        (`NOTE_CODE_SHORTENED`). `GetPostback` returns all of a postback.

        Args:
            ids: Postbacks by id. One that is not held is returned unchanged.
            verdict: Verdict: `POSTBACK_VERDICT_RECORDED`, `POSTBACK_VERDICT_DUPLICATE` or
                `POSTBACK_VERDICT_HELD`. Unspecified: all. Values: `RECORDED`, `DUPLICATE`, `TEST`,
                `HELD`, `UPDATED`.
            reason: Reason for holding. Unspecified: all.
            conversion_code_id: Id of the conversion code that the postbacks name.
            start_time: Earliest time of arrival, inclusive.
            end_time: Latest time of arrival, exclusive.
            text: Text that the raw target or body contains, byte for byte; at most 200 bytes.
                Example: `order-1001`.
            overrides: Values to read in place of those that came.
            page_token: With `filter`: `next_page_token` of the previous call; empty for the first
                call.
            validate_only: If true, the request is answered as if real, but nothing is written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The replayed postbacks.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.ReplayPostbacksRequest,
            {
                "ids": ids,
                "verdict": verdict,
                "reason": reason,
                "conversion_code_id": conversion_code_id,
                "start_time": start_time,
                "end_time": end_time,
                "text": text,
                "overrides": overrides,
                "page_token": page_token,
                "validate_only": validate_only,
            },
            "filter",
        )
        return await self._stub.ReplayPostbacks(request, timeout=timeout)

    async def explain(
        self, *, target: bytes | str | None = None, postback_id: str | None = None, timeout: float | None = None
    ) -> v1.ExplainPostbackResponse:
        """Explains step by step how a postback URL or a stored postback would be read, and what its
        verdict would be. Records nothing.

        Args:
            target: Postback URL, or only its path and query, at most 8 KiB. Example:
                `https://t.example/s2s?clickId={clickId}&id=6B1F…&val=1&com=0.5`.
            postback_id: Id of a stored postback.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The reading of a postback, step by step, and its verdict.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ExplainPostbackRequest, {"target": target, "postback_id": postback_id})
        return await self._stub.ExplainPostback(request, timeout=timeout)

    def watch(
        self,
        *,
        verdict: PostbackVerdictName | v1.PostbackVerdict.ValueType | None = None,
        reason: Reason | v1.ErrorReason.ValueType | None = None,
        conversion_code_id: str | None = None,
        text: str | None = None,
        resume_token: str | None = None,
        all_accounts: bool = False,
        timeout: float | None = None,
    ) -> AsyncIterator[v1.WatchPostbacksResponse]:
        """Sends each postback once it is judged: when it comes, and again when a replay gives it
        another verdict. It is sent by any server of the installation, for as long as the client
        listens. The stream begins with a heartbeat. Each message has a resume token: a stream that
        begins with that token goes on behind the message, without a gap and without a repetition,
        on any server. An account has at most 100 streams on a server, and a server at most 1,000.

        Sends only the postbacks that pass. `start_time` and `end_time` must be unset.

        After a failure that may pass, the stream goes on by itself behind the last message. Any
        other error ends it. To go on later, or in another process, keep the `resume_token` of the
        last message that you have dealt with. Ending the iteration cancels the call.

        Args:
            verdict: Verdict: `POSTBACK_VERDICT_RECORDED`, `POSTBACK_VERDICT_DUPLICATE` or
                `POSTBACK_VERDICT_HELD`. Unspecified: all. Values: `RECORDED`, `DUPLICATE`, `TEST`,
                `HELD`, `UPDATED`.
            reason: Reason for holding. Unspecified: all.
            conversion_code_id: Id of the conversion code that the postbacks name.
            text: Text that the raw target or body contains, byte for byte; at most 200 bytes.
                Example: `order-1001`.
            resume_token: The resume token of a message of an earlier stream. Empty: the stream
                begins with what is judged from now on. The server keeps events for 7 days; an older
                token is refused with `RESUME_TOKEN_TOO_OLD`.
            all_accounts: Sends the postbacks of all accounts. Needs the scope `admin` besides
                `read`.
            timeout: Time limit of the whole stream, in seconds. Default: none. Each opening has the
                client's as well.

        Returns:
            An iterator over all messages, also heartbeats and gaps.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.WatchPostbacksRequest,
            {
                "verdict": verdict,
                "reason": reason,
                "conversion_code_id": conversion_code_id,
                "text": text,
                "resume_token": resume_token,
                "all_accounts": all_accounts,
            },
            "filter",
        )
        return watch_async(
            self._stub.WatchPostbacks, request, "s2s.v1.PostbackService.WatchPostbacks", self._policy, timeout=timeout
        )
