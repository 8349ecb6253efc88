"""The calls of `ConversionService` as methods. Generated: not to be edited."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, overload

from google.protobuf.timestamp_pb2 import Timestamp

from s2s_sdk import v1
from s2s_sdk._gen.s2s.v1.conversion_service_pb2_grpc import ConversionServiceStub
from s2s_sdk._gen.types import (
    ConversionStatusName,
    ConversionTimeName,
    RecordConversionParams,
)
from s2s_sdk._pages import all_items, all_items_async
from s2s_sdk._requests import build, message
from s2s_sdk._streams import results, results_async
from s2s_sdk._watch import watch, watch_async
from s2s_sdk.money import Money

if TYPE_CHECKING:
    from s2s_sdk._calls import Policy
    from s2s_sdk._gen.s2s.v1.conversion_service_pb2_grpc import ConversionServiceAsyncStub


class Conversions:
    """Records and reads conversions: the sales and sign-ups that follow clicks."""

    def __init__(self, stub: ConversionServiceStub, policy: Policy) -> None:
        self._stub = stub
        self._policy = policy

    @overload
    def record(
        self,
        *,
        conversion_code_id: str,
        click_id: str,
        transaction_id: str | None = None,
        value: Money | v1.Money,
        commission_amount: Money | v1.Money | None = None,
        commission_percent_micros: int | None = None,
        status: ConversionStatusName | v1.ConversionStatus.ValueType | None = None,
        custom_params: Iterable[v1.CustomParam] | None = None,
        conversion_time: datetime | Timestamp | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.RecordConversionResponse: ...

    @overload
    def record(
        self,
        *,
        postback: v1.RawPostback,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.RecordConversionResponse: ...

    def record(
        self,
        *,
        conversion_code_id: str | None = None,
        click_id: str | None = None,
        transaction_id: str | None = None,
        value: Money | v1.Money | None = None,
        commission_amount: Money | v1.Money | None = None,
        commission_percent_micros: int | None = None,
        status: ConversionStatusName | v1.ConversionStatus.ValueType | None = None,
        custom_params: Iterable[v1.CustomParam] | None = None,
        conversion_time: datetime | Timestamp | None = None,
        postback: v1.RawPostback | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.RecordConversionResponse:
        """Records a conversion. OK means that it is durable and counted exactly once, unless the call
        was a test. A report that repeats a recorded conversion is answered with
        `CONVERSION_VERDICT_DUPLICATE` or, if it has other amounts, with the error
        `TRANSACTION_CONFLICT`.

        Args:
            conversion_code_id: Id of the conversion code, 32 hexadecimal digits.
            click_id: The click id, 40 characters, in upper or lower case.
            transaction_id: The merchant's order id, at most 255 bytes. Without one, the code's
                dedupe policy decides which conversions are duplicates. Example: `order-1001`.
            value: Value of the sale; 0 if it has none. An empty `currency_code` means the code's
                currency. Not negative.
            commission_amount: Amount of the commission, in the currency of `value`. An empty
                `currency_code` means that currency. Not negative.
            commission_percent_micros: Percent of `value`, in millionths of a percent, 0 to
                100,000,000. The amount is rounded half away from zero to a millionth of the unit.
                Example: `10000000` is 10 %.
            status: The merchant's decision about the conversion. Unspecified: the `default_status`
                of the conversion code. Values: `PENDING`, `APPROVED`, `DECLINED`.
            custom_params: The merchant's own parameters, at most 64.
            conversion_time: Time of the conversion. Not set: now. The attribution window is
                measured up to this time. At most 5 seconds ahead of the server's clock.
            postback: A postback, from which the conversion is read. OK means that it counts, unless
                it is a test. A postback that does not count is held, and answered with an error
                that has `PostbackFailure` among its details.
            request_id: Makes the call safe to repeat if the report has no transaction id and its
                code's policy is `DEDUPE_POLICY_EVERY`. 1 to 64 bytes. Ignored if an edge hands on a
                postback, whose `postback_id` serves this purpose.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written; the verdict is `CONVERSION_VERDICT_TEST`. Not for a postback: its own
                parameter `test=1` makes it a test.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The recorded conversion, and its verdict.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.RecordConversionRequest,
            {
                "conversion_code_id": conversion_code_id,
                "click_id": click_id,
                "transaction_id": transaction_id,
                "value": value,
                "commission_amount": commission_amount,
                "commission_percent_micros": commission_percent_micros,
                "status": status,
                "custom_params": custom_params,
                "conversion_time": conversion_time,
                "postback": postback,
                "request_id": request_id,
                "validate_only": validate_only,
            },
            "conversion",
        )
        return self._stub.RecordConversion(request, timeout=timeout)

    def batch_record(
        self, *, requests: Iterable[RecordConversionParams | v1.RecordConversionRequest], timeout: float | None = None
    ) -> v1.BatchRecordConversionsResponse:
        """Records up to 1,000 conversions. Each has its own result; one bad item does not affect the
        others. An answer has at most 3 MiB: if it would be longer, the last results come without
        custom parameters, remarks and long messages. A shortened result says so: in a note
        `NOTE_CODE_SHORTENED` or, if it is an error, as `shortened` in the metadata of the
        `ErrorInfo`. Verdicts, ids, reasons and the names of invalid fields are never left out.

        Args:
            requests: The conversions to record, 1 to 1,000. Each is a dictionary with the
                parameters of `conversions.record`, or a message.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The results of a batch.

        Raises:
            Error: The call failed.
        """
        request = build(v1.BatchRecordConversionsRequest, {"requests": map(_record_request, requests)})
        return self._stub.BatchRecordConversions(request, timeout=timeout)

    def stream_record(
        self, *, requests: Iterable[RecordConversionParams | v1.RecordConversionRequest], timeout: float | None = None
    ) -> Iterator[v1.RecordConversionResult]:
        """Records conversions for as long as the client sends them: the call for millions of
        conversions. Each has its own result, in the order of the requests. At most 1,000 are in
        progress, so a sender who does not read results is held up. A server that is shutting down
        answers the requests it has accepted and ends with UNAVAILABLE; requests without a result by
        then must be sent again. If two equal conversions are in progress at the same time, either
        may be the duplicate.

        Nothing is sent before the first result is read, and nothing is sent again automatically.

        Args:
            requests: The items, one after another. Each is a dictionary with the parameters of
                `conversions.record`, or a message.
            timeout: Time limit of the whole stream, in seconds. Default: none.

        Returns:
            An iterator over the results, one for each item, in their order.

        Raises:
            Error: The call failed.
        """
        return results(
            self._stub.StreamRecordConversions,
            requests,
            lambda item: v1.StreamRecordConversionsRequest(request=_record_request(item)),
            lambda response: response.result,
            timeout=timeout,
        )

    def get(self, *, conversion_id: str, timeout: float | None = None) -> v1.GetConversionResponse:
        """Returns one conversion.

        Args:
            conversion_id: Id of the conversion.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested conversion.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetConversionRequest, {"conversion_id": conversion_id})
        return self._stub.GetConversion(request, timeout=timeout)

    def list(
        self,
        *,
        page_size: int | None = None,
        conversion_code_id: str | None = None,
        tracking_link_id: str | None = None,
        click_id: str | None = None,
        transaction_id: str | None = None,
        status: ConversionStatusName | v1.ConversionStatus.ValueType | None = None,
        recorded_status: ConversionStatusName | v1.ConversionStatus.ValueType | None = None,
        time: ConversionTimeName | v1.ConversionTime.ValueType | None = None,
        start_time: datetime | Timestamp | None = None,
        end_time: datetime | Timestamp | None = None,
        partner_id: str | None = None,
        timeout: float | None = None,
    ) -> Iterator[v1.Conversion]:
        """Lists the account's conversions, newest first. A page has at most 3 MiB, and the server
        looks at 20,000 conversions at most to fill it. So a page may have fewer conversions than
        asked for, or none, and still a token.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of conversions to return, 1 to 1,000. 0 means 50; larger
                values are read as 1,000. A page may have fewer, or none: only an empty
                `next_page_token` ends the list.
            conversion_code_id: Id of the conversion code.
            tracking_link_id: Id of the tracking link.
            click_id: The click id.
            transaction_id: The merchant's order id, compared byte by byte.
            status: Present status. Unspecified: all. Values: `PENDING`, `APPROVED`, `DECLINED`.
            recorded_status: Status with which the conversion was recorded. Unspecified: all.
                Values: `PENDING`, `APPROVED`, `DECLINED`.
            time: Kind of time that `start_time` and `end_time` limit. Unspecified: the time of
                recording. Values: `CREATE`, `CONVERSION`, `CLICK`.
            start_time: Earliest time, inclusive.
            end_time: Latest time, exclusive.
            partner_id: Id of the partner.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.ListConversionsRequest,
            {
                "page_size": page_size,
                "conversion_code_id": conversion_code_id,
                "tracking_link_id": tracking_link_id,
                "click_id": click_id,
                "transaction_id": transaction_id,
                "status": status,
                "recorded_status": recorded_status,
                "time": time,
                "start_time": start_time,
                "end_time": end_time,
                "partner_id": partner_id,
            },
            "filter",
        )
        return all_items(self._stub.ListConversions, request, lambda page: page.conversions, timeout=timeout)

    def list_partner(
        self,
        *,
        page_size: int | None = None,
        partner_id: str | None = None,
        start_time: datetime | Timestamp | None = None,
        end_time: datetime | Timestamp | None = None,
        timeout: float | None = None,
    ) -> Iterator[v1.PartnerConversion]:
        """Lists the conversions that are owed to a partner, newest first, as the partner may see them.
        A page may have fewer conversions than asked for, or none, and still a token.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of conversions to return, 1 to 1,000. 0 means 50; larger
                values are read as 1,000.
            partner_id: Id of the partner, `partner_…`. May be empty for the key of a partner, which
                names its own.
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
            v1.ListPartnerConversionsRequest,
            {"page_size": page_size, "partner_id": partner_id, "start_time": start_time, "end_time": end_time},
        )
        return all_items(self._stub.ListPartnerConversions, request, lambda page: page.conversions, timeout=timeout)

    def watch(
        self,
        *,
        conversion_code_id: str | None = None,
        tracking_link_id: str | None = None,
        click_id: str | None = None,
        transaction_id: str | None = None,
        status: ConversionStatusName | v1.ConversionStatus.ValueType | None = None,
        recorded_status: ConversionStatusName | v1.ConversionStatus.ValueType | None = None,
        partner_id: str | None = None,
        resume_token: str | None = None,
        all_accounts: bool = False,
        timeout: float | None = None,
    ) -> Iterator[v1.WatchConversionsResponse]:
        """Sends each conversion once it is recorded, and again after each adjustment, by any server of
        the installation, for as long as the client listens. The stream begins with a heartbeat.
        Each message has a resume token: a stream that begins with that token goes on behind the
        message, without a gap and without a repetition, on any server. Conversions that are
        recorded one after the other come in no order that a client may rely on. An account has at
        most 100 streams on a server, and a server at most 1,000.

        Sends only the conversions that pass. `time`, `start_time` and `end_time` must be unset, and
        `click_id` together with `all_accounts`.

        After a failure that may pass, the stream goes on by itself behind the last message. Any
        other error ends it. To go on later, or in another process, keep the `resume_token` of the
        last message that you have dealt with. Ending the iteration cancels the call.

        Args:
            conversion_code_id: Id of the conversion code.
            tracking_link_id: Id of the tracking link.
            click_id: The click id.
            transaction_id: The merchant's order id, compared byte by byte.
            status: Present status. Unspecified: all. Values: `PENDING`, `APPROVED`, `DECLINED`.
            recorded_status: Status with which the conversion was recorded. Unspecified: all.
                Values: `PENDING`, `APPROVED`, `DECLINED`.
            partner_id: Id of the partner.
            resume_token: The resume token of a message of an earlier stream. Empty: the stream
                begins with what is recorded from now on. The server keeps events for 7 days; an
                older token is refused with `RESUME_TOKEN_TOO_OLD`.
            all_accounts: Sends the conversions of all accounts. Needs the scope `admin` besides
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
            v1.WatchConversionsRequest,
            {
                "conversion_code_id": conversion_code_id,
                "tracking_link_id": tracking_link_id,
                "click_id": click_id,
                "transaction_id": transaction_id,
                "status": status,
                "recorded_status": recorded_status,
                "partner_id": partner_id,
                "resume_token": resume_token,
                "all_accounts": all_accounts,
            },
            "filter",
        )
        return watch(
            self._stub.WatchConversions,
            request,
            "s2s.v1.ConversionService.WatchConversions",
            self._policy,
            timeout=timeout,
        )


class AsyncConversions:
    """Records and reads conversions: the sales and sign-ups that follow clicks."""

    def __init__(self, stub: ConversionServiceAsyncStub, policy: Policy) -> None:
        self._stub = stub
        self._policy = policy

    @overload
    async def record(
        self,
        *,
        conversion_code_id: str,
        click_id: str,
        transaction_id: str | None = None,
        value: Money | v1.Money,
        commission_amount: Money | v1.Money | None = None,
        commission_percent_micros: int | None = None,
        status: ConversionStatusName | v1.ConversionStatus.ValueType | None = None,
        custom_params: Iterable[v1.CustomParam] | None = None,
        conversion_time: datetime | Timestamp | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.RecordConversionResponse: ...

    @overload
    async def record(
        self,
        *,
        postback: v1.RawPostback,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.RecordConversionResponse: ...

    async def record(
        self,
        *,
        conversion_code_id: str | None = None,
        click_id: str | None = None,
        transaction_id: str | None = None,
        value: Money | v1.Money | None = None,
        commission_amount: Money | v1.Money | None = None,
        commission_percent_micros: int | None = None,
        status: ConversionStatusName | v1.ConversionStatus.ValueType | None = None,
        custom_params: Iterable[v1.CustomParam] | None = None,
        conversion_time: datetime | Timestamp | None = None,
        postback: v1.RawPostback | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.RecordConversionResponse:
        """Records a conversion. OK means that it is durable and counted exactly once, unless the call
        was a test. A report that repeats a recorded conversion is answered with
        `CONVERSION_VERDICT_DUPLICATE` or, if it has other amounts, with the error
        `TRANSACTION_CONFLICT`.

        Args:
            conversion_code_id: Id of the conversion code, 32 hexadecimal digits.
            click_id: The click id, 40 characters, in upper or lower case.
            transaction_id: The merchant's order id, at most 255 bytes. Without one, the code's
                dedupe policy decides which conversions are duplicates. Example: `order-1001`.
            value: Value of the sale; 0 if it has none. An empty `currency_code` means the code's
                currency. Not negative.
            commission_amount: Amount of the commission, in the currency of `value`. An empty
                `currency_code` means that currency. Not negative.
            commission_percent_micros: Percent of `value`, in millionths of a percent, 0 to
                100,000,000. The amount is rounded half away from zero to a millionth of the unit.
                Example: `10000000` is 10 %.
            status: The merchant's decision about the conversion. Unspecified: the `default_status`
                of the conversion code. Values: `PENDING`, `APPROVED`, `DECLINED`.
            custom_params: The merchant's own parameters, at most 64.
            conversion_time: Time of the conversion. Not set: now. The attribution window is
                measured up to this time. At most 5 seconds ahead of the server's clock.
            postback: A postback, from which the conversion is read. OK means that it counts, unless
                it is a test. A postback that does not count is held, and answered with an error
                that has `PostbackFailure` among its details.
            request_id: Makes the call safe to repeat if the report has no transaction id and its
                code's policy is `DEDUPE_POLICY_EVERY`. 1 to 64 bytes. Ignored if an edge hands on a
                postback, whose `postback_id` serves this purpose.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written; the verdict is `CONVERSION_VERDICT_TEST`. Not for a postback: its own
                parameter `test=1` makes it a test.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The recorded conversion, and its verdict.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.RecordConversionRequest,
            {
                "conversion_code_id": conversion_code_id,
                "click_id": click_id,
                "transaction_id": transaction_id,
                "value": value,
                "commission_amount": commission_amount,
                "commission_percent_micros": commission_percent_micros,
                "status": status,
                "custom_params": custom_params,
                "conversion_time": conversion_time,
                "postback": postback,
                "request_id": request_id,
                "validate_only": validate_only,
            },
            "conversion",
        )
        return await self._stub.RecordConversion(request, timeout=timeout)

    async def batch_record(
        self, *, requests: Iterable[RecordConversionParams | v1.RecordConversionRequest], timeout: float | None = None
    ) -> v1.BatchRecordConversionsResponse:
        """Records up to 1,000 conversions. Each has its own result; one bad item does not affect the
        others. An answer has at most 3 MiB: if it would be longer, the last results come without
        custom parameters, remarks and long messages. A shortened result says so: in a note
        `NOTE_CODE_SHORTENED` or, if it is an error, as `shortened` in the metadata of the
        `ErrorInfo`. Verdicts, ids, reasons and the names of invalid fields are never left out.

        Args:
            requests: The conversions to record, 1 to 1,000. Each is a dictionary with the
                parameters of `conversions.record`, or a message.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The results of a batch.

        Raises:
            Error: The call failed.
        """
        request = build(v1.BatchRecordConversionsRequest, {"requests": map(_record_request, requests)})
        return await self._stub.BatchRecordConversions(request, timeout=timeout)

    def stream_record(
        self,
        *,
        requests: Iterable[RecordConversionParams | v1.RecordConversionRequest]
        | AsyncIterable[RecordConversionParams | v1.RecordConversionRequest],
        timeout: float | None = None,
    ) -> AsyncIterator[v1.RecordConversionResult]:
        """Records conversions for as long as the client sends them: the call for millions of
        conversions. Each has its own result, in the order of the requests. At most 1,000 are in
        progress, so a sender who does not read results is held up. A server that is shutting down
        answers the requests it has accepted and ends with UNAVAILABLE; requests without a result by
        then must be sent again. If two equal conversions are in progress at the same time, either
        may be the duplicate.

        Nothing is sent before the first result is read, and nothing is sent again automatically.

        Args:
            requests: The items, one after another. Each is a dictionary with the parameters of
                `conversions.record`, or a message.
            timeout: Time limit of the whole stream, in seconds. Default: none.

        Returns:
            An iterator over the results, one for each item, in their order.

        Raises:
            Error: The call failed.
        """
        return results_async(
            self._stub.StreamRecordConversions,
            requests,
            lambda item: v1.StreamRecordConversionsRequest(request=_record_request(item)),
            lambda response: response.result,
            timeout=timeout,
        )

    async def get(self, *, conversion_id: str, timeout: float | None = None) -> v1.GetConversionResponse:
        """Returns one conversion.

        Args:
            conversion_id: Id of the conversion.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested conversion.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetConversionRequest, {"conversion_id": conversion_id})
        return await self._stub.GetConversion(request, timeout=timeout)

    def list(
        self,
        *,
        page_size: int | None = None,
        conversion_code_id: str | None = None,
        tracking_link_id: str | None = None,
        click_id: str | None = None,
        transaction_id: str | None = None,
        status: ConversionStatusName | v1.ConversionStatus.ValueType | None = None,
        recorded_status: ConversionStatusName | v1.ConversionStatus.ValueType | None = None,
        time: ConversionTimeName | v1.ConversionTime.ValueType | None = None,
        start_time: datetime | Timestamp | None = None,
        end_time: datetime | Timestamp | None = None,
        partner_id: str | None = None,
        timeout: float | None = None,
    ) -> AsyncIterator[v1.Conversion]:
        """Lists the account's conversions, newest first. A page has at most 3 MiB, and the server
        looks at 20,000 conversions at most to fill it. So a page may have fewer conversions than
        asked for, or none, and still a token.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of conversions to return, 1 to 1,000. 0 means 50; larger
                values are read as 1,000. A page may have fewer, or none: only an empty
                `next_page_token` ends the list.
            conversion_code_id: Id of the conversion code.
            tracking_link_id: Id of the tracking link.
            click_id: The click id.
            transaction_id: The merchant's order id, compared byte by byte.
            status: Present status. Unspecified: all. Values: `PENDING`, `APPROVED`, `DECLINED`.
            recorded_status: Status with which the conversion was recorded. Unspecified: all.
                Values: `PENDING`, `APPROVED`, `DECLINED`.
            time: Kind of time that `start_time` and `end_time` limit. Unspecified: the time of
                recording. Values: `CREATE`, `CONVERSION`, `CLICK`.
            start_time: Earliest time, inclusive.
            end_time: Latest time, exclusive.
            partner_id: Id of the partner.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.ListConversionsRequest,
            {
                "page_size": page_size,
                "conversion_code_id": conversion_code_id,
                "tracking_link_id": tracking_link_id,
                "click_id": click_id,
                "transaction_id": transaction_id,
                "status": status,
                "recorded_status": recorded_status,
                "time": time,
                "start_time": start_time,
                "end_time": end_time,
                "partner_id": partner_id,
            },
            "filter",
        )
        return all_items_async(self._stub.ListConversions, request, lambda page: page.conversions, timeout=timeout)

    def list_partner(
        self,
        *,
        page_size: int | None = None,
        partner_id: str | None = None,
        start_time: datetime | Timestamp | None = None,
        end_time: datetime | Timestamp | None = None,
        timeout: float | None = None,
    ) -> AsyncIterator[v1.PartnerConversion]:
        """Lists the conversions that are owed to a partner, newest first, as the partner may see them.
        A page may have fewer conversions than asked for, or none, and still a token.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of conversions to return, 1 to 1,000. 0 means 50; larger
                values are read as 1,000.
            partner_id: Id of the partner, `partner_…`. May be empty for the key of a partner, which
                names its own.
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
            v1.ListPartnerConversionsRequest,
            {"page_size": page_size, "partner_id": partner_id, "start_time": start_time, "end_time": end_time},
        )
        return all_items_async(
            self._stub.ListPartnerConversions, request, lambda page: page.conversions, timeout=timeout
        )

    def watch(
        self,
        *,
        conversion_code_id: str | None = None,
        tracking_link_id: str | None = None,
        click_id: str | None = None,
        transaction_id: str | None = None,
        status: ConversionStatusName | v1.ConversionStatus.ValueType | None = None,
        recorded_status: ConversionStatusName | v1.ConversionStatus.ValueType | None = None,
        partner_id: str | None = None,
        resume_token: str | None = None,
        all_accounts: bool = False,
        timeout: float | None = None,
    ) -> AsyncIterator[v1.WatchConversionsResponse]:
        """Sends each conversion once it is recorded, and again after each adjustment, by any server of
        the installation, for as long as the client listens. The stream begins with a heartbeat.
        Each message has a resume token: a stream that begins with that token goes on behind the
        message, without a gap and without a repetition, on any server. Conversions that are
        recorded one after the other come in no order that a client may rely on. An account has at
        most 100 streams on a server, and a server at most 1,000.

        Sends only the conversions that pass. `time`, `start_time` and `end_time` must be unset, and
        `click_id` together with `all_accounts`.

        After a failure that may pass, the stream goes on by itself behind the last message. Any
        other error ends it. To go on later, or in another process, keep the `resume_token` of the
        last message that you have dealt with. Ending the iteration cancels the call.

        Args:
            conversion_code_id: Id of the conversion code.
            tracking_link_id: Id of the tracking link.
            click_id: The click id.
            transaction_id: The merchant's order id, compared byte by byte.
            status: Present status. Unspecified: all. Values: `PENDING`, `APPROVED`, `DECLINED`.
            recorded_status: Status with which the conversion was recorded. Unspecified: all.
                Values: `PENDING`, `APPROVED`, `DECLINED`.
            partner_id: Id of the partner.
            resume_token: The resume token of a message of an earlier stream. Empty: the stream
                begins with what is recorded from now on. The server keeps events for 7 days; an
                older token is refused with `RESUME_TOKEN_TOO_OLD`.
            all_accounts: Sends the conversions of all accounts. Needs the scope `admin` besides
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
            v1.WatchConversionsRequest,
            {
                "conversion_code_id": conversion_code_id,
                "tracking_link_id": tracking_link_id,
                "click_id": click_id,
                "transaction_id": transaction_id,
                "status": status,
                "recorded_status": recorded_status,
                "partner_id": partner_id,
                "resume_token": resume_token,
                "all_accounts": all_accounts,
            },
            "filter",
        )
        return watch_async(
            self._stub.WatchConversions,
            request,
            "s2s.v1.ConversionService.WatchConversions",
            self._policy,
            timeout=timeout,
        )


def _record_request(item: RecordConversionParams | v1.RecordConversionRequest) -> v1.RecordConversionRequest:
    return message(v1.RecordConversionRequest, item, "conversion")
