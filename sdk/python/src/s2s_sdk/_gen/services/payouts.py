"""The calls of `PayoutService` as methods. Generated: not to be edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from google.protobuf.timestamp_pb2 import Timestamp

from s2s_sdk import v1
from s2s_sdk._gen.s2s.v1.payout_service_pb2_grpc import PayoutServiceStub
from s2s_sdk._pages import all_items, all_items_async
from s2s_sdk._requests import build
from s2s_sdk.money import Money

if TYPE_CHECKING:
    from s2s_sdk._gen.s2s.v1.payout_service_pb2_grpc import PayoutServiceAsyncStub


class Payouts:
    """Says what partners are owed, and keeps what they were paid."""

    def __init__(self, stub: PayoutServiceStub) -> None:
        self._stub = stub

    def get_partner_balance(
        self, *, partner_id: str | None = None, timeout: float | None = None
    ) -> v1.GetPartnerBalanceResponse:
        """Returns what a partner is owed now, by currency.

        Args:
            partner_id: Id of the partner, `partner_…`. May be empty for the key of a partner, which
                names its own.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            What a partner is owed.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetPartnerBalanceRequest, {"partner_id": partner_id})
        return self._stub.GetPartnerBalance(request, timeout=timeout)

    def list_partner_lines(
        self,
        *,
        partner_id: str | None = None,
        page_size: int | None = None,
        payout_id: str | None = None,
        unpaid: bool = False,
        timeout: float | None = None,
    ) -> Iterator[v1.PartnerLine]:
        """Lists lines of a partner's ledger, newest first: all of them, those of a payout, or those
        that are due and in no payout.

        Each page is fetched when it is reached.

        Args:
            partner_id: Id of the partner, `partner_…`. May be empty for the key of a partner, which
                names its own.
            page_size: Maximum number of lines to return, 1 to 1,000. 0 means 50; larger values are
                read as 1,000. A page has at most 3 MiB, so it may have fewer.
            payout_id: Only the lines of this payout, sorted by `due_time`.
            unpaid: Only the lines that change what is approved and are in no payout, sorted by
                `due_time`. Can't be combined with `payout_id`.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.ListPartnerLinesRequest,
            {"partner_id": partner_id, "page_size": page_size, "payout_id": payout_id, "unpaid": unpaid},
        )
        return all_items(self._stub.ListPartnerLines, request, lambda page: page.lines, timeout=timeout)

    def create_partner_entry(
        self,
        *,
        entry: v1.PartnerEntry,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.CreatePartnerEntryResponse:
        """Enters a bonus, a fee or a correction in the ledger of a partner.

        Args:
            entry: The entry. Output-only fields are ignored.
            request_id: Makes the call safe to repeat: the same request with the same request id
                returns the entry that the first call created. Another request with this id is
                refused. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The created entry.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.CreatePartnerEntryRequest, {"entry": entry, "request_id": request_id, "validate_only": validate_only}
        )
        return self._stub.CreatePartnerEntry(request, timeout=timeout)

    def create(
        self,
        *,
        partner_id: str,
        currency_code: str | None = None,
        cutoff_time: datetime | Timestamp | None = None,
        expected_total: Money | v1.Money | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.CreatePayoutResponse:
        """Creates a payout of all lines of a partner that are due. A dry run shows it; then the call
        with `expected_total` creates it, unless another total is due by now.

        Args:
            partner_id: Id of the partner, `partner_…`.
            currency_code: Currency of the payout. Empty: the currency in which the partner is paid.
                Amounts are never converted, so each currency has payouts of its own.
            cutoff_time: Lines that were due and recorded before this time are paid: those whose
                `due_time` is earlier than this time less the partner's `hold_days`. Of lines that
                take something back, the time of recording does not count. Not set: now. A later
                time than now is refused. For a partner with many sales a second, give a time some
                seconds ago, so that sales that are being recorded change no total.
            expected_total: The total that was seen, in the currency of the payout; mandatory unless
                `validate_only`. If another total is due, the call is refused with `PAYOUT_DIFFERS`,
                so that nobody pays what nobody has seen.
            request_id: Makes the call safe to repeat: the same request with the same request id
                returns the payout that the first call created. Another request with this id is
                refused. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the payout is shown, but nothing is written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The created payout.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.CreatePayoutRequest,
            {
                "partner_id": partner_id,
                "currency_code": currency_code,
                "cutoff_time": cutoff_time,
                "expected_total": expected_total,
                "request_id": request_id,
                "validate_only": validate_only,
            },
        )
        return self._stub.CreatePayout(request, timeout=timeout)

    def get(self, *, payout_id: str, timeout: float | None = None) -> v1.GetPayoutResponse:
        """Returns one payout.

        Args:
            payout_id: Id of the payout, `payout_…`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested payout.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetPayoutRequest, {"payout_id": payout_id})
        return self._stub.GetPayout(request, timeout=timeout)

    def list(
        self, *, page_size: int | None = None, partner_id: str | None = None, timeout: float | None = None
    ) -> Iterator[v1.Payout]:
        """Lists payouts, newest first.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of payouts to return, 1 to 1,000. 0 means 50; larger values
                are read as 1,000. A page has at most 3 MiB, so it may have fewer.
            partner_id: Only the payouts of this partner. The key of a partner sees its own, also if
                this is empty.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ListPayoutsRequest, {"page_size": page_size, "partner_id": partner_id})
        return all_items(self._stub.ListPayouts, request, lambda page: page.payouts, timeout=timeout)

    def mark_payout_paid(
        self,
        *,
        payout_id: str,
        reference: str,
        paid_time: datetime | Timestamp | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.MarkPayoutPaidResponse:
        """Notes that an open payout was paid. The same call again changes nothing.

        Args:
            payout_id: Id of the payout, `payout_…`.
            reference: How it was paid, for people, 1 to 200 bytes, such as the number of a bank
                transfer. The partner sees it.
            paid_time: Time of the payment, not in the future. Not set: now.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The paid payout.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.MarkPayoutPaidRequest,
            {"payout_id": payout_id, "reference": reference, "paid_time": paid_time, "validate_only": validate_only},
        )
        return self._stub.MarkPayoutPaid(request, timeout=timeout)

    def cancel(
        self, *, payout_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.CancelPayoutResponse:
        """Gives an open payout up: its lines are due again. Canceling a canceled payout changes
        nothing.

        Args:
            payout_id: Id of the payout, `payout_…`.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The canceled payout.

        Raises:
            Error: The call failed.
        """
        request = build(v1.CancelPayoutRequest, {"payout_id": payout_id, "validate_only": validate_only})
        return self._stub.CancelPayout(request, timeout=timeout)


class AsyncPayouts:
    """Says what partners are owed, and keeps what they were paid."""

    def __init__(self, stub: PayoutServiceAsyncStub) -> None:
        self._stub = stub

    async def get_partner_balance(
        self, *, partner_id: str | None = None, timeout: float | None = None
    ) -> v1.GetPartnerBalanceResponse:
        """Returns what a partner is owed now, by currency.

        Args:
            partner_id: Id of the partner, `partner_…`. May be empty for the key of a partner, which
                names its own.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            What a partner is owed.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetPartnerBalanceRequest, {"partner_id": partner_id})
        return await self._stub.GetPartnerBalance(request, timeout=timeout)

    def list_partner_lines(
        self,
        *,
        partner_id: str | None = None,
        page_size: int | None = None,
        payout_id: str | None = None,
        unpaid: bool = False,
        timeout: float | None = None,
    ) -> AsyncIterator[v1.PartnerLine]:
        """Lists lines of a partner's ledger, newest first: all of them, those of a payout, or those
        that are due and in no payout.

        Each page is fetched when it is reached.

        Args:
            partner_id: Id of the partner, `partner_…`. May be empty for the key of a partner, which
                names its own.
            page_size: Maximum number of lines to return, 1 to 1,000. 0 means 50; larger values are
                read as 1,000. A page has at most 3 MiB, so it may have fewer.
            payout_id: Only the lines of this payout, sorted by `due_time`.
            unpaid: Only the lines that change what is approved and are in no payout, sorted by
                `due_time`. Can't be combined with `payout_id`.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.ListPartnerLinesRequest,
            {"partner_id": partner_id, "page_size": page_size, "payout_id": payout_id, "unpaid": unpaid},
        )
        return all_items_async(self._stub.ListPartnerLines, request, lambda page: page.lines, timeout=timeout)

    async def create_partner_entry(
        self,
        *,
        entry: v1.PartnerEntry,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.CreatePartnerEntryResponse:
        """Enters a bonus, a fee or a correction in the ledger of a partner.

        Args:
            entry: The entry. Output-only fields are ignored.
            request_id: Makes the call safe to repeat: the same request with the same request id
                returns the entry that the first call created. Another request with this id is
                refused. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The created entry.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.CreatePartnerEntryRequest, {"entry": entry, "request_id": request_id, "validate_only": validate_only}
        )
        return await self._stub.CreatePartnerEntry(request, timeout=timeout)

    async def create(
        self,
        *,
        partner_id: str,
        currency_code: str | None = None,
        cutoff_time: datetime | Timestamp | None = None,
        expected_total: Money | v1.Money | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.CreatePayoutResponse:
        """Creates a payout of all lines of a partner that are due. A dry run shows it; then the call
        with `expected_total` creates it, unless another total is due by now.

        Args:
            partner_id: Id of the partner, `partner_…`.
            currency_code: Currency of the payout. Empty: the currency in which the partner is paid.
                Amounts are never converted, so each currency has payouts of its own.
            cutoff_time: Lines that were due and recorded before this time are paid: those whose
                `due_time` is earlier than this time less the partner's `hold_days`. Of lines that
                take something back, the time of recording does not count. Not set: now. A later
                time than now is refused. For a partner with many sales a second, give a time some
                seconds ago, so that sales that are being recorded change no total.
            expected_total: The total that was seen, in the currency of the payout; mandatory unless
                `validate_only`. If another total is due, the call is refused with `PAYOUT_DIFFERS`,
                so that nobody pays what nobody has seen.
            request_id: Makes the call safe to repeat: the same request with the same request id
                returns the payout that the first call created. Another request with this id is
                refused. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the payout is shown, but nothing is written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The created payout.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.CreatePayoutRequest,
            {
                "partner_id": partner_id,
                "currency_code": currency_code,
                "cutoff_time": cutoff_time,
                "expected_total": expected_total,
                "request_id": request_id,
                "validate_only": validate_only,
            },
        )
        return await self._stub.CreatePayout(request, timeout=timeout)

    async def get(self, *, payout_id: str, timeout: float | None = None) -> v1.GetPayoutResponse:
        """Returns one payout.

        Args:
            payout_id: Id of the payout, `payout_…`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested payout.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetPayoutRequest, {"payout_id": payout_id})
        return await self._stub.GetPayout(request, timeout=timeout)

    def list(
        self, *, page_size: int | None = None, partner_id: str | None = None, timeout: float | None = None
    ) -> AsyncIterator[v1.Payout]:
        """Lists payouts, newest first.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of payouts to return, 1 to 1,000. 0 means 50; larger values
                are read as 1,000. A page has at most 3 MiB, so it may have fewer.
            partner_id: Only the payouts of this partner. The key of a partner sees its own, also if
                this is empty.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ListPayoutsRequest, {"page_size": page_size, "partner_id": partner_id})
        return all_items_async(self._stub.ListPayouts, request, lambda page: page.payouts, timeout=timeout)

    async def mark_payout_paid(
        self,
        *,
        payout_id: str,
        reference: str,
        paid_time: datetime | Timestamp | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.MarkPayoutPaidResponse:
        """Notes that an open payout was paid. The same call again changes nothing.

        Args:
            payout_id: Id of the payout, `payout_…`.
            reference: How it was paid, for people, 1 to 200 bytes, such as the number of a bank
                transfer. The partner sees it.
            paid_time: Time of the payment, not in the future. Not set: now.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The paid payout.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.MarkPayoutPaidRequest,
            {"payout_id": payout_id, "reference": reference, "paid_time": paid_time, "validate_only": validate_only},
        )
        return await self._stub.MarkPayoutPaid(request, timeout=timeout)

    async def cancel(
        self, *, payout_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.CancelPayoutResponse:
        """Gives an open payout up: its lines are due again. Canceling a canceled payout changes
        nothing.

        Args:
            payout_id: Id of the payout, `payout_…`.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The canceled payout.

        Raises:
            Error: The call failed.
        """
        request = build(v1.CancelPayoutRequest, {"payout_id": payout_id, "validate_only": validate_only})
        return await self._stub.CancelPayout(request, timeout=timeout)
