"""The calls of `AdjustmentService` as methods. Generated: not to be edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from google.protobuf.timestamp_pb2 import Timestamp

from s2s_sdk import v1
from s2s_sdk._gen.s2s.v1.adjustment_service_pb2_grpc import AdjustmentServiceStub
from s2s_sdk._gen.types import (
    CreateAdjustmentParams,
)
from s2s_sdk._pages import all_items, all_items_async
from s2s_sdk._requests import build, message

if TYPE_CHECKING:
    from s2s_sdk._gen.s2s.v1.adjustment_service_pb2_grpc import AdjustmentServiceAsyncStub


class Adjustments:
    """Changes what a recorded conversion stands at, and lists these changes. The conversion itself
    stays as it was recorded; each change is a line after it.
    """

    def __init__(self, stub: AdjustmentServiceStub) -> None:
        self._stub = stub

    def create(
        self,
        *,
        conversion_id: str | None = None,
        order: v1.OrderTarget | None = None,
        approve: v1.Approval | None = None,
        decline: v1.Decline | None = None,
        refund: v1.Refund | None = None,
        restate: v1.Restatement | None = None,
        reverse: v1.Reversal | None = None,
        external_id: str | None = None,
        remark: str | None = None,
        effective_time: datetime | Timestamp | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.CreateAdjustmentResponse:
        """Adjusts a conversion. OK means that the line is durable and counted exactly once, or that
        nothing had to change. A conversion is never adjusted below 0. The same `external_id` with
        the same change returns the first line again; with another change, it is refused with
        `ADJUSTMENT_CONFLICT`.

        Args:
            conversion_id: Id of the conversion.
            order: The merchant's order, which must have one conversion in this account.
            approve: Approves a pending conversion.
            decline: Declines a conversion.
            refund: Takes a part of the value back, or the rest of it.
            restate: Sets another value, commission or status.
            reverse: Takes back all that is left.
            external_id: The merchant's id of the change, such as a refund id, at most 64 bytes,
                unique for the conversion. It makes the call safe to repeat. Mandatory for `refund`
                and `restate`. Example: `refund-17`.
            remark: Remark for people, at most 500 bytes. It must not name the visitor: only an
                erasure removes it.
            effective_time: Time of the change. Not set: now. At most 5 seconds ahead of the
                server's clock.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written: the answer shows the conversion before and after. The verdict is
                `ADJUSTMENT_VERDICT_TEST` if a line would be recorded.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The outcome of an adjustment.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.CreateAdjustmentRequest,
            {
                "conversion_id": conversion_id,
                "order": order,
                "approve": approve,
                "decline": decline,
                "refund": refund,
                "restate": restate,
                "reverse": reverse,
                "external_id": external_id,
                "remark": remark,
                "effective_time": effective_time,
                "validate_only": validate_only,
            },
            "adjustment",
        )
        return self._stub.CreateAdjustment(request, timeout=timeout)

    def batch_create(
        self, *, requests: Iterable[CreateAdjustmentParams | v1.CreateAdjustmentRequest], timeout: float | None = None
    ) -> v1.BatchCreateAdjustmentsResponse:
        """Adjusts up to 1,000 conversions. Each item has its own result; one bad item does not affect
        the others. Items of one conversion are applied in their order. An answer has at most 3 MiB:
        if it would be longer, the last results come without remarks and long messages.

        Args:
            requests: The adjustments, 1 to 1,000. With `validate_only`, each is checked by what
                stands now, without the others. Each is a dictionary with the parameters of
                `adjustments.create`, or a message.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The results of a batch of adjustments.

        Raises:
            Error: The call failed.
        """
        request = build(v1.BatchCreateAdjustmentsRequest, {"requests": map(_create_request, requests)})
        return self._stub.BatchCreateAdjustments(request, timeout=timeout)

    def list(
        self,
        *,
        page_size: int | None = None,
        conversion_id: str | None = None,
        start_time: datetime | Timestamp | None = None,
        end_time: datetime | Timestamp | None = None,
        timeout: float | None = None,
    ) -> Iterator[v1.Adjustment]:
        """Lists the adjustments of a conversion, or of the account, newest first. A page has at most 3
        MiB.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of adjustments to return, 1 to 1,000. 0 means 50; larger
                values are read as 1,000.
            conversion_id: Id of the conversion.
            start_time: Earliest time of recording, inclusive.
            end_time: Latest time of recording, exclusive.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.ListAdjustmentsRequest,
            {"page_size": page_size, "conversion_id": conversion_id, "start_time": start_time, "end_time": end_time},
            "filter",
        )
        return all_items(self._stub.ListAdjustments, request, lambda page: page.adjustments, timeout=timeout)


class AsyncAdjustments:
    """Changes what a recorded conversion stands at, and lists these changes. The conversion itself
    stays as it was recorded; each change is a line after it.
    """

    def __init__(self, stub: AdjustmentServiceAsyncStub) -> None:
        self._stub = stub

    async def create(
        self,
        *,
        conversion_id: str | None = None,
        order: v1.OrderTarget | None = None,
        approve: v1.Approval | None = None,
        decline: v1.Decline | None = None,
        refund: v1.Refund | None = None,
        restate: v1.Restatement | None = None,
        reverse: v1.Reversal | None = None,
        external_id: str | None = None,
        remark: str | None = None,
        effective_time: datetime | Timestamp | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.CreateAdjustmentResponse:
        """Adjusts a conversion. OK means that the line is durable and counted exactly once, or that
        nothing had to change. A conversion is never adjusted below 0. The same `external_id` with
        the same change returns the first line again; with another change, it is refused with
        `ADJUSTMENT_CONFLICT`.

        Args:
            conversion_id: Id of the conversion.
            order: The merchant's order, which must have one conversion in this account.
            approve: Approves a pending conversion.
            decline: Declines a conversion.
            refund: Takes a part of the value back, or the rest of it.
            restate: Sets another value, commission or status.
            reverse: Takes back all that is left.
            external_id: The merchant's id of the change, such as a refund id, at most 64 bytes,
                unique for the conversion. It makes the call safe to repeat. Mandatory for `refund`
                and `restate`. Example: `refund-17`.
            remark: Remark for people, at most 500 bytes. It must not name the visitor: only an
                erasure removes it.
            effective_time: Time of the change. Not set: now. At most 5 seconds ahead of the
                server's clock.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written: the answer shows the conversion before and after. The verdict is
                `ADJUSTMENT_VERDICT_TEST` if a line would be recorded.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The outcome of an adjustment.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.CreateAdjustmentRequest,
            {
                "conversion_id": conversion_id,
                "order": order,
                "approve": approve,
                "decline": decline,
                "refund": refund,
                "restate": restate,
                "reverse": reverse,
                "external_id": external_id,
                "remark": remark,
                "effective_time": effective_time,
                "validate_only": validate_only,
            },
            "adjustment",
        )
        return await self._stub.CreateAdjustment(request, timeout=timeout)

    async def batch_create(
        self, *, requests: Iterable[CreateAdjustmentParams | v1.CreateAdjustmentRequest], timeout: float | None = None
    ) -> v1.BatchCreateAdjustmentsResponse:
        """Adjusts up to 1,000 conversions. Each item has its own result; one bad item does not affect
        the others. Items of one conversion are applied in their order. An answer has at most 3 MiB:
        if it would be longer, the last results come without remarks and long messages.

        Args:
            requests: The adjustments, 1 to 1,000. With `validate_only`, each is checked by what
                stands now, without the others. Each is a dictionary with the parameters of
                `adjustments.create`, or a message.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The results of a batch of adjustments.

        Raises:
            Error: The call failed.
        """
        request = build(v1.BatchCreateAdjustmentsRequest, {"requests": map(_create_request, requests)})
        return await self._stub.BatchCreateAdjustments(request, timeout=timeout)

    def list(
        self,
        *,
        page_size: int | None = None,
        conversion_id: str | None = None,
        start_time: datetime | Timestamp | None = None,
        end_time: datetime | Timestamp | None = None,
        timeout: float | None = None,
    ) -> AsyncIterator[v1.Adjustment]:
        """Lists the adjustments of a conversion, or of the account, newest first. A page has at most 3
        MiB.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of adjustments to return, 1 to 1,000. 0 means 50; larger
                values are read as 1,000.
            conversion_id: Id of the conversion.
            start_time: Earliest time of recording, inclusive.
            end_time: Latest time of recording, exclusive.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.ListAdjustmentsRequest,
            {"page_size": page_size, "conversion_id": conversion_id, "start_time": start_time, "end_time": end_time},
            "filter",
        )
        return all_items_async(self._stub.ListAdjustments, request, lambda page: page.adjustments, timeout=timeout)


def _create_request(item: CreateAdjustmentParams | v1.CreateAdjustmentRequest) -> v1.CreateAdjustmentRequest:
    return message(v1.CreateAdjustmentRequest, item, "adjustment")
