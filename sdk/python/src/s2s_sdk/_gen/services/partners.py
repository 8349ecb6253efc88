"""The calls of `PartnerService` as methods. Generated: not to be edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from s2s_sdk import v1
from s2s_sdk._gen.s2s.v1.partner_service_pb2_grpc import PartnerServiceStub
from s2s_sdk._pages import all_items, all_items_async
from s2s_sdk._requests import NOT_GIVEN, NotGiven, build, build_update
from s2s_sdk.money import Money

if TYPE_CHECKING:
    from s2s_sdk._gen.s2s.v1.partner_service_pb2_grpc import PartnerServiceAsyncStub


class Partners:
    """Manages partners: those who are owed a share of conversions. A tracking link has at most one
    partner. Its conversions are owed to this partner.
    """

    def __init__(self, stub: PartnerServiceStub) -> None:
        self._stub = stub

    def create(
        self,
        *,
        name: str,
        external_id: str | None = None,
        payee: str | None = None,
        minimum_payout: Money | v1.Money | None = None,
        hold_days: int | None = None,
        approve_after_days: int | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.CreatePartnerResponse:
        """Creates a partner.

        Args:
            name: Name for people, 1 to 100 characters. Example: `Blog of Ada`.
            external_id: The merchant's own id of the partner, at most 64 bytes, unique in the
                account. Compared byte by byte. Example: `aff-17`.
            payee: How the partner is paid, for people, at most 1,000 bytes. Example: the name and
                number of a bank account.
            minimum_payout: The least amount that is paid out, and the currency in which the partner
                is paid. Not set: any amount, in any currency. Not negative.
            hold_days: Number of days after a conversion for which what is owed for it is held back,
                0 to 400. So refunds come before the payout.
            approve_after_days: Number of days after its recording at which a pending conversion is
                approved by itself, 1 to 400. 0: never. A change applies to all pending conversions,
                also to those that are recorded already.
            request_id: Makes the call safe to repeat: the same request with the same request id
                returns the partner that the first call created. Another request with this id is
                refused. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The created partner.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.CreatePartnerRequest,
            {
                "name": name,
                "external_id": external_id,
                "payee": payee,
                "minimum_payout": minimum_payout,
                "hold_days": hold_days,
                "approve_after_days": approve_after_days,
                "request_id": request_id,
                "validate_only": validate_only,
            },
            "partner",
        )
        return self._stub.CreatePartner(request, timeout=timeout)

    def get(self, *, partner_id: str | None = None, timeout: float | None = None) -> v1.GetPartnerResponse:
        """Returns one partner.

        Args:
            partner_id: Id of the partner, `partner_…`. May be empty for the key of a partner, which
                names its own.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested partner.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetPartnerRequest, {"partner_id": partner_id})
        return self._stub.GetPartner(request, timeout=timeout)

    def list(
        self, *, page_size: int | None = None, show_archived: bool = False, timeout: float | None = None
    ) -> Iterator[v1.Partner]:
        """Lists the account's partners, newest first.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of partners to return, 1 to 1,000. 0 means 50; larger values
                are read as 1,000. A page has at most 3 MiB, so it may have fewer.
            show_archived: If true, archived partners are listed as well.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ListPartnersRequest, {"page_size": page_size, "show_archived": show_archived})
        return all_items(self._stub.ListPartners, request, lambda page: page.partners, timeout=timeout)

    def update(
        self,
        *,
        id: str,
        name: str | NotGiven = NOT_GIVEN,
        external_id: str | NotGiven = NOT_GIVEN,
        payee: str | NotGiven = NOT_GIVEN,
        minimum_payout: Money | v1.Money | NotGiven | None = NOT_GIVEN,
        hold_days: int | NotGiven = NOT_GIVEN,
        approve_after_days: int | NotGiven = NOT_GIVEN,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.UpdatePartnerResponse:
        """Changes the fields that are given.

        A field that is given can have its default value. None clears a field.

        Args:
            id: Id of the partner. Example: `partner_01jd8x4k2m9v6t3q5r7w8y0z1a`.
            name: Name for people, 1 to 100 characters. Example: `Blog of Ada`.
            external_id: The merchant's own id of the partner, at most 64 bytes, unique in the
                account. Compared byte by byte. Example: `aff-17`.
            payee: How the partner is paid, for people, at most 1,000 bytes. Example: the name and
                number of a bank account.
            minimum_payout: The least amount that is paid out, and the currency in which the partner
                is paid. Not set: any amount, in any currency. Not negative.
            hold_days: Number of days after a conversion for which what is owed for it is held back,
                0 to 400. So refunds come before the payout.
            approve_after_days: Number of days after its recording at which a pending conversion is
                approved by itself, 1 to 400. 0: never. A change applies to all pending conversions,
                also to those that are recorded already.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The changed partner.

        Raises:
            Error: The call failed.
        """
        request = build_update(
            v1.UpdatePartnerRequest,
            {
                "id": id,
                "name": name,
                "external_id": external_id,
                "payee": payee,
                "minimum_payout": minimum_payout,
                "hold_days": hold_days,
                "approve_after_days": approve_after_days,
                "validate_only": validate_only,
            },
            "partner",
        )
        return self._stub.UpdatePartner(request, timeout=timeout)

    def archive(
        self, *, partner_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.ArchivePartnerResponse:
        """Archives a partner: no further tracking link can be given to it. Its links still earn, until
        they are archived, too. Archiving an archived partner changes nothing.

        Args:
            partner_id: Id of the partner, `partner_…`.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The archived partner.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ArchivePartnerRequest, {"partner_id": partner_id, "validate_only": validate_only})
        return self._stub.ArchivePartner(request, timeout=timeout)

    def unarchive(
        self, *, partner_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.UnarchivePartnerResponse:
        """Makes an archived partner active again. Unarchiving an active partner changes nothing.

        Args:
            partner_id: Id of the partner, `partner_…`.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The active partner.

        Raises:
            Error: The call failed.
        """
        request = build(v1.UnarchivePartnerRequest, {"partner_id": partner_id, "validate_only": validate_only})
        return self._stub.UnarchivePartner(request, timeout=timeout)


class AsyncPartners:
    """Manages partners: those who are owed a share of conversions. A tracking link has at most one
    partner. Its conversions are owed to this partner.
    """

    def __init__(self, stub: PartnerServiceAsyncStub) -> None:
        self._stub = stub

    async def create(
        self,
        *,
        name: str,
        external_id: str | None = None,
        payee: str | None = None,
        minimum_payout: Money | v1.Money | None = None,
        hold_days: int | None = None,
        approve_after_days: int | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.CreatePartnerResponse:
        """Creates a partner.

        Args:
            name: Name for people, 1 to 100 characters. Example: `Blog of Ada`.
            external_id: The merchant's own id of the partner, at most 64 bytes, unique in the
                account. Compared byte by byte. Example: `aff-17`.
            payee: How the partner is paid, for people, at most 1,000 bytes. Example: the name and
                number of a bank account.
            minimum_payout: The least amount that is paid out, and the currency in which the partner
                is paid. Not set: any amount, in any currency. Not negative.
            hold_days: Number of days after a conversion for which what is owed for it is held back,
                0 to 400. So refunds come before the payout.
            approve_after_days: Number of days after its recording at which a pending conversion is
                approved by itself, 1 to 400. 0: never. A change applies to all pending conversions,
                also to those that are recorded already.
            request_id: Makes the call safe to repeat: the same request with the same request id
                returns the partner that the first call created. Another request with this id is
                refused. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The created partner.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.CreatePartnerRequest,
            {
                "name": name,
                "external_id": external_id,
                "payee": payee,
                "minimum_payout": minimum_payout,
                "hold_days": hold_days,
                "approve_after_days": approve_after_days,
                "request_id": request_id,
                "validate_only": validate_only,
            },
            "partner",
        )
        return await self._stub.CreatePartner(request, timeout=timeout)

    async def get(self, *, partner_id: str | None = None, timeout: float | None = None) -> v1.GetPartnerResponse:
        """Returns one partner.

        Args:
            partner_id: Id of the partner, `partner_…`. May be empty for the key of a partner, which
                names its own.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested partner.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetPartnerRequest, {"partner_id": partner_id})
        return await self._stub.GetPartner(request, timeout=timeout)

    def list(
        self, *, page_size: int | None = None, show_archived: bool = False, timeout: float | None = None
    ) -> AsyncIterator[v1.Partner]:
        """Lists the account's partners, newest first.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of partners to return, 1 to 1,000. 0 means 50; larger values
                are read as 1,000. A page has at most 3 MiB, so it may have fewer.
            show_archived: If true, archived partners are listed as well.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ListPartnersRequest, {"page_size": page_size, "show_archived": show_archived})
        return all_items_async(self._stub.ListPartners, request, lambda page: page.partners, timeout=timeout)

    async def update(
        self,
        *,
        id: str,
        name: str | NotGiven = NOT_GIVEN,
        external_id: str | NotGiven = NOT_GIVEN,
        payee: str | NotGiven = NOT_GIVEN,
        minimum_payout: Money | v1.Money | NotGiven | None = NOT_GIVEN,
        hold_days: int | NotGiven = NOT_GIVEN,
        approve_after_days: int | NotGiven = NOT_GIVEN,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.UpdatePartnerResponse:
        """Changes the fields that are given.

        A field that is given can have its default value. None clears a field.

        Args:
            id: Id of the partner. Example: `partner_01jd8x4k2m9v6t3q5r7w8y0z1a`.
            name: Name for people, 1 to 100 characters. Example: `Blog of Ada`.
            external_id: The merchant's own id of the partner, at most 64 bytes, unique in the
                account. Compared byte by byte. Example: `aff-17`.
            payee: How the partner is paid, for people, at most 1,000 bytes. Example: the name and
                number of a bank account.
            minimum_payout: The least amount that is paid out, and the currency in which the partner
                is paid. Not set: any amount, in any currency. Not negative.
            hold_days: Number of days after a conversion for which what is owed for it is held back,
                0 to 400. So refunds come before the payout.
            approve_after_days: Number of days after its recording at which a pending conversion is
                approved by itself, 1 to 400. 0: never. A change applies to all pending conversions,
                also to those that are recorded already.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The changed partner.

        Raises:
            Error: The call failed.
        """
        request = build_update(
            v1.UpdatePartnerRequest,
            {
                "id": id,
                "name": name,
                "external_id": external_id,
                "payee": payee,
                "minimum_payout": minimum_payout,
                "hold_days": hold_days,
                "approve_after_days": approve_after_days,
                "validate_only": validate_only,
            },
            "partner",
        )
        return await self._stub.UpdatePartner(request, timeout=timeout)

    async def archive(
        self, *, partner_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.ArchivePartnerResponse:
        """Archives a partner: no further tracking link can be given to it. Its links still earn, until
        they are archived, too. Archiving an archived partner changes nothing.

        Args:
            partner_id: Id of the partner, `partner_…`.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The archived partner.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ArchivePartnerRequest, {"partner_id": partner_id, "validate_only": validate_only})
        return await self._stub.ArchivePartner(request, timeout=timeout)

    async def unarchive(
        self, *, partner_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.UnarchivePartnerResponse:
        """Makes an archived partner active again. Unarchiving an active partner changes nothing.

        Args:
            partner_id: Id of the partner, `partner_…`.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The active partner.

        Raises:
            Error: The call failed.
        """
        request = build(v1.UnarchivePartnerRequest, {"partner_id": partner_id, "validate_only": validate_only})
        return await self._stub.UnarchivePartner(request, timeout=timeout)
