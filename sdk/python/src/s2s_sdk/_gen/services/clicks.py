"""The calls of `ClickService` as methods. Generated: not to be edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from s2s_sdk import v1
from s2s_sdk._gen.s2s.v1.click_service_pb2_grpc import ClickServiceStub
from s2s_sdk._gen.types import (
    ClickFlagName,
)
from s2s_sdk._pages import all_items, all_items_async
from s2s_sdk._requests import build

if TYPE_CHECKING:
    from s2s_sdk._gen.s2s.v1.click_service_pb2_grpc import ClickServiceAsyncStub


class Clicks:
    """Records, reads and explains clicks. A click is one visit to a tracking link. Also erases
    visitors, and rotates the keys of click ids.
    """

    def __init__(self, stub: ClickServiceStub) -> None:
        self._stub = stub

    def record(
        self,
        *,
        tracking_link_id: str,
        click_id: str | None = None,
        sub_ids: Mapping[str, str] | None = None,
        query: str | None = None,
        referrer: str | None = None,
        user_agent: str | None = None,
        address: str | None = None,
        click_time: datetime | Timestamp | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        flags: Iterable[ClickFlagName | v1.ClickFlag.ValueType] | None = None,
        timeout: float | None = None,
    ) -> v1.RecordClickResponse:
        """Records a click, for partners who redirect visitors themselves. A repeated call with the
        same `click_id`, or with the same link, `click_time` and `request_id`, returns the click
        that the first call recorded.

        Args:
            tracking_link_id: Id of the tracking link.
            click_id: The click id, if the caller is an edge that has minted it. Otherwise empty:
                the system mints one.
            sub_ids: The visitor's sub ids: keys `sub1` to `sub10`, values of at most 1,024
                characters.
            query: The visitor's whole query, cut off after 2,048 bytes.
            referrer: The visitor's `Referer`, cut off after 1,024 bytes.
            user_agent: The visitor's `User-Agent`, cut off after 512 bytes.
            address: The visitor's address, IPv4 or IPv6, stored according to the server's
                `--store-addresses`. Empty: not known.
            click_time: Time of the click. Not set: now. At most 5 seconds ahead of the server's
                clock. Not allowed together with `click_id`, which holds its time.
            request_id: Makes the call safe to repeat: the same link, `click_time` and request id
                give the same click id. 1 to 64 bytes. Needs `click_time`. Not for use with
                `click_id`, which serves the same purpose.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            flags: Flags that the caller has found by other means than the user agent. The server
                itself recognises robots by their user agent. Values: `BOT`, `PREFETCH`, `PREVIEW`,
                `SUB_ID_CUT`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The recorded click, and the URL for its visitor.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.RecordClickRequest,
            {
                "tracking_link_id": tracking_link_id,
                "click_id": click_id,
                "sub_ids": sub_ids,
                "query": query,
                "referrer": referrer,
                "user_agent": user_agent,
                "address": address,
                "click_time": click_time,
                "request_id": request_id,
                "validate_only": validate_only,
                "flags": flags,
            },
        )
        return self._stub.RecordClick(request, timeout=timeout)

    def get(self, *, click_id: str, timeout: float | None = None) -> v1.GetClickResponse:
        """Returns one click.

        Args:
            click_id: The click id, 40 characters.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested click.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetClickRequest, {"click_id": click_id})
        return self._stub.GetClick(request, timeout=timeout)

    def list(
        self,
        *,
        tracking_link_id: str,
        page_size: int | None = None,
        without_flags: Iterable[ClickFlagName | v1.ClickFlag.ValueType] | None = None,
        timeout: float | None = None,
    ) -> Iterator[v1.Click]:
        """Lists the clicks of one tracking link, newest first. A page has at most 3 MiB; with
        `without_flags`, the server looks at 20,000 clicks at most to fill it. So a page may have
        fewer clicks than asked for, or none, and still a token.

        Each page is fetched when it is reached.

        Args:
            tracking_link_id: Id of the tracking link whose clicks are listed.
            page_size: Maximum number of clicks to return, 1 to 1,000. 0 means 50; larger values are
                read as 1,000. A page may have fewer, or none: only an empty `next_page_token` ends
                the list.
            without_flags: Lists only clicks that have none of these flags. Example: `BOT`,
                `PREFETCH` and `PREVIEW` leave the clicks of people. Values: `BOT`, `PREFETCH`,
                `PREVIEW`, `SUB_ID_CUT`.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.ListClicksRequest,
            {"tracking_link_id": tracking_link_id, "page_size": page_size, "without_flags": without_flags},
        )
        return all_items(self._stub.ListClicks, request, lambda page: page.clicks, timeout=timeout)

    def explain(self, *, click_id: str, timeout: float | None = None) -> v1.ExplainClickResponse:
        """Explains what happened to a click: its link, its conversions, and the held postbacks that
        name it. If the answer would be longer than 3 MiB, the end of its lists is shortened. A
        shortened postback has no body, only the beginning of its target, and a single note,
        `NOTE_CODE_SHORTENED`, in place of its own notes. A shortened conversion has no custom
        parameters; if there are such conversions, the `notes` of the answer have one
        `NOTE_CODE_SHORTENED`. `GetPostback` and `GetConversion` return all of a postback or
        conversion.

        Args:
            click_id: The click id, 40 characters, in upper or lower case.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The explanation of a click: its link, its conversions and the held postbacks that name
            it.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ExplainClickRequest, {"click_id": click_id})
        return self._stub.ExplainClick(request, timeout=timeout)

    def erase_visitor(
        self, *, click_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.EraseVisitorResponse:
        """Erases all data that identifies the visitor of a click: from the click, its conversions and
        the postbacks that name it. The erasure is permanent. Ids, times and money stay, and nothing
        counts differently than before. OK means that the erasure is durable. Repeating it changes
        nothing.

        Args:
            click_id: The click id, 40 characters, in upper or lower case. A genuine click id is
                enough: the click may be not yet recorded, or no longer stored.
            validate_only: If true, the request is answered as if real, but nothing is written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The extent of an erasure.

        Raises:
            Error: The call failed.
        """
        request = build(v1.EraseVisitorRequest, {"click_id": click_id, "validate_only": validate_only})
        return self._stub.EraseVisitor(request, timeout=timeout)

    def rotate_click_id_key(
        self,
        *,
        overlap: timedelta | Duration | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.RotateClickIdKeyResponse:
        """Makes a new key for click ids. Within two seconds, every core and every edge that reaches
        its core mints with it. Ids of the former keys count for an overlap; after it, they count
        only if their click is stored. Needs the scope `admin`: the keys are those of the whole
        installation.

        Args:
            overlap: Time for which ids of the former keys count although their click is not stored:
                0 seconds to 400 days, whole seconds. 0 ends the keys at once; use it if a key was
                stolen. A key that ends sooner is not prolonged. Not set: the longest attribution
                window that any conversion code has, or 30 days if there is no code.
            request_id: Makes the call safe to repeat: a call with the request id of an earlier
                rotation makes no further key. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked, but nothing is written; the answer has
                the keys as they are.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The click id keys, without their secrets.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.RotateClickIdKeyRequest, {"overlap": overlap, "request_id": request_id, "validate_only": validate_only}
        )
        return self._stub.RotateClickIdKey(request, timeout=timeout)


class AsyncClicks:
    """Records, reads and explains clicks. A click is one visit to a tracking link. Also erases
    visitors, and rotates the keys of click ids.
    """

    def __init__(self, stub: ClickServiceAsyncStub) -> None:
        self._stub = stub

    async def record(
        self,
        *,
        tracking_link_id: str,
        click_id: str | None = None,
        sub_ids: Mapping[str, str] | None = None,
        query: str | None = None,
        referrer: str | None = None,
        user_agent: str | None = None,
        address: str | None = None,
        click_time: datetime | Timestamp | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        flags: Iterable[ClickFlagName | v1.ClickFlag.ValueType] | None = None,
        timeout: float | None = None,
    ) -> v1.RecordClickResponse:
        """Records a click, for partners who redirect visitors themselves. A repeated call with the
        same `click_id`, or with the same link, `click_time` and `request_id`, returns the click
        that the first call recorded.

        Args:
            tracking_link_id: Id of the tracking link.
            click_id: The click id, if the caller is an edge that has minted it. Otherwise empty:
                the system mints one.
            sub_ids: The visitor's sub ids: keys `sub1` to `sub10`, values of at most 1,024
                characters.
            query: The visitor's whole query, cut off after 2,048 bytes.
            referrer: The visitor's `Referer`, cut off after 1,024 bytes.
            user_agent: The visitor's `User-Agent`, cut off after 512 bytes.
            address: The visitor's address, IPv4 or IPv6, stored according to the server's
                `--store-addresses`. Empty: not known.
            click_time: Time of the click. Not set: now. At most 5 seconds ahead of the server's
                clock. Not allowed together with `click_id`, which holds its time.
            request_id: Makes the call safe to repeat: the same link, `click_time` and request id
                give the same click id. 1 to 64 bytes. Needs `click_time`. Not for use with
                `click_id`, which serves the same purpose.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            flags: Flags that the caller has found by other means than the user agent. The server
                itself recognises robots by their user agent. Values: `BOT`, `PREFETCH`, `PREVIEW`,
                `SUB_ID_CUT`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The recorded click, and the URL for its visitor.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.RecordClickRequest,
            {
                "tracking_link_id": tracking_link_id,
                "click_id": click_id,
                "sub_ids": sub_ids,
                "query": query,
                "referrer": referrer,
                "user_agent": user_agent,
                "address": address,
                "click_time": click_time,
                "request_id": request_id,
                "validate_only": validate_only,
                "flags": flags,
            },
        )
        return await self._stub.RecordClick(request, timeout=timeout)

    async def get(self, *, click_id: str, timeout: float | None = None) -> v1.GetClickResponse:
        """Returns one click.

        Args:
            click_id: The click id, 40 characters.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested click.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetClickRequest, {"click_id": click_id})
        return await self._stub.GetClick(request, timeout=timeout)

    def list(
        self,
        *,
        tracking_link_id: str,
        page_size: int | None = None,
        without_flags: Iterable[ClickFlagName | v1.ClickFlag.ValueType] | None = None,
        timeout: float | None = None,
    ) -> AsyncIterator[v1.Click]:
        """Lists the clicks of one tracking link, newest first. A page has at most 3 MiB; with
        `without_flags`, the server looks at 20,000 clicks at most to fill it. So a page may have
        fewer clicks than asked for, or none, and still a token.

        Each page is fetched when it is reached.

        Args:
            tracking_link_id: Id of the tracking link whose clicks are listed.
            page_size: Maximum number of clicks to return, 1 to 1,000. 0 means 50; larger values are
                read as 1,000. A page may have fewer, or none: only an empty `next_page_token` ends
                the list.
            without_flags: Lists only clicks that have none of these flags. Example: `BOT`,
                `PREFETCH` and `PREVIEW` leave the clicks of people. Values: `BOT`, `PREFETCH`,
                `PREVIEW`, `SUB_ID_CUT`.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.ListClicksRequest,
            {"tracking_link_id": tracking_link_id, "page_size": page_size, "without_flags": without_flags},
        )
        return all_items_async(self._stub.ListClicks, request, lambda page: page.clicks, timeout=timeout)

    async def explain(self, *, click_id: str, timeout: float | None = None) -> v1.ExplainClickResponse:
        """Explains what happened to a click: its link, its conversions, and the held postbacks that
        name it. If the answer would be longer than 3 MiB, the end of its lists is shortened. A
        shortened postback has no body, only the beginning of its target, and a single note,
        `NOTE_CODE_SHORTENED`, in place of its own notes. A shortened conversion has no custom
        parameters; if there are such conversions, the `notes` of the answer have one
        `NOTE_CODE_SHORTENED`. `GetPostback` and `GetConversion` return all of a postback or
        conversion.

        Args:
            click_id: The click id, 40 characters, in upper or lower case.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The explanation of a click: its link, its conversions and the held postbacks that name
            it.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ExplainClickRequest, {"click_id": click_id})
        return await self._stub.ExplainClick(request, timeout=timeout)

    async def erase_visitor(
        self, *, click_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.EraseVisitorResponse:
        """Erases all data that identifies the visitor of a click: from the click, its conversions and
        the postbacks that name it. The erasure is permanent. Ids, times and money stay, and nothing
        counts differently than before. OK means that the erasure is durable. Repeating it changes
        nothing.

        Args:
            click_id: The click id, 40 characters, in upper or lower case. A genuine click id is
                enough: the click may be not yet recorded, or no longer stored.
            validate_only: If true, the request is answered as if real, but nothing is written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The extent of an erasure.

        Raises:
            Error: The call failed.
        """
        request = build(v1.EraseVisitorRequest, {"click_id": click_id, "validate_only": validate_only})
        return await self._stub.EraseVisitor(request, timeout=timeout)

    async def rotate_click_id_key(
        self,
        *,
        overlap: timedelta | Duration | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.RotateClickIdKeyResponse:
        """Makes a new key for click ids. Within two seconds, every core and every edge that reaches
        its core mints with it. Ids of the former keys count for an overlap; after it, they count
        only if their click is stored. Needs the scope `admin`: the keys are those of the whole
        installation.

        Args:
            overlap: Time for which ids of the former keys count although their click is not stored:
                0 seconds to 400 days, whole seconds. 0 ends the keys at once; use it if a key was
                stolen. A key that ends sooner is not prolonged. Not set: the longest attribution
                window that any conversion code has, or 30 days if there is no code.
            request_id: Makes the call safe to repeat: a call with the request id of an earlier
                rotation makes no further key. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked, but nothing is written; the answer has
                the keys as they are.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The click id keys, without their secrets.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.RotateClickIdKeyRequest, {"overlap": overlap, "request_id": request_id, "validate_only": validate_only}
        )
        return await self._stub.RotateClickIdKey(request, timeout=timeout)
