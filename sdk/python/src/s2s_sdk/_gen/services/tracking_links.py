"""The calls of `TrackingLinkService` as methods. Generated: not to be edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from google.protobuf.timestamp_pb2 import Timestamp

from s2s_sdk import v1
from s2s_sdk._gen.s2s.v1.tracking_link_service_pb2_grpc import TrackingLinkServiceStub
from s2s_sdk._gen.types import (
    RedirectKindName,
)
from s2s_sdk._pages import all_items, all_items_async
from s2s_sdk._requests import NOT_GIVEN, NotGiven, build, build_update

if TYPE_CHECKING:
    from s2s_sdk._gen.s2s.v1.tracking_link_service_pb2_grpc import TrackingLinkServiceAsyncStub


class TrackingLinks:
    """Manages tracking links: the URLs that visitors click."""

    def __init__(self, stub: TrackingLinkServiceStub) -> None:
        self._stub = stub

    def create(
        self,
        *,
        slug: str | None = None,
        destination: str,
        conversion_code_ids: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        redirect_kind: RedirectKindName | v1.RedirectKind.ValueType | None = None,
        query_pass_through: bool = False,
        expire_time: datetime | Timestamp | None = None,
        fallback_destination: str | None = None,
        partner_id: str | None = None,
        partner_share: v1.PartnerShare | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        preset_id: str | None = None,
        timeout: float | None = None,
    ) -> v1.CreateTrackingLinkResponse:
        """Creates a tracking link.

        Args:
            slug: Path of the link: 1 to 64 of `a-z`, `0-9`, `-`, `_`, beginning with a letter or
                digit. Unique in the installation. If it is empty in a new link, the system chooses
                one. If it is empty in an archived link, another link has taken it. A slug that a
                link gives up, by a change or by being archived, can be used again only by the same
                account. Visitors may write it in upper or lower case. Example: `summer-sale`.
            destination: URL that visitors are sent to: an absolute `http` or `https` URL of at most
                2,048 bytes. In its path and query, macros are filled: `[s2sidentifier]` (the click
                id), `[sub1]` to `[sub10]`, `[slug]`, `[timestamp]` (seconds since 1970), also in
                upper case or with `%5B` and `%5D` for the brackets. A link with a conversion code
                must have `[s2sidentifier]`. Example: `https://shop.example/?s1=[s2sidentifier]`.
            conversion_code_ids: Ids of the conversion codes that count for clicks on this link, at
                most 50.
            tags: Words by which people find the link, at most 20, each of 1 to 50 characters.
                Example: `newsletter`.
            redirect_kind: HTTP status of the redirect. Default: 302. Values: `FOUND`, `SEE_OTHER`,
                `TEMPORARY`.
            query_pass_through: If true, the visitor's query parameters except sub ids are added to
                the destination, unless it already has a parameter of that name.
            expire_time: Time from which visitors get the fallback destination. Not set: never.
            fallback_destination: URL that visitors are sent to once the link has expired or is
                archived; same form as `destination`. Empty: they get HTTP 410.
            partner_id: Id of the partner who is owed a share of the link's conversions. Empty: the
                conversions are owed to nobody. Once set, it never changes. Conversions that were
                recorded before it was set are owed to nobody.
            partner_share: The partner's share. Not set: all of the commission. A change applies to
                conversions that are recorded later.
            request_id: Makes the call safe to repeat: the same request with the same request id
                returns the link that the first call created. Another request with this id is
                refused. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            preset_id: Id of the preset of the network that the destination belongs to. If the
                destination has no `[s2sidentifier]`, this macro is added to the query, in the
                parameter in which that network takes the click id. Example: `everflow`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The created tracking link.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.CreateTrackingLinkRequest,
            {
                "slug": slug,
                "destination": destination,
                "conversion_code_ids": conversion_code_ids,
                "tags": tags,
                "redirect_kind": redirect_kind,
                "query_pass_through": query_pass_through,
                "expire_time": expire_time,
                "fallback_destination": fallback_destination,
                "partner_id": partner_id,
                "partner_share": partner_share,
                "request_id": request_id,
                "validate_only": validate_only,
                "preset_id": preset_id,
            },
            "tracking_link",
        )
        return self._stub.CreateTrackingLink(request, timeout=timeout)

    def get(self, *, tracking_link_id: str, timeout: float | None = None) -> v1.GetTrackingLinkResponse:
        """Returns one tracking link.

        Args:
            tracking_link_id: Id of the link.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested tracking link.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetTrackingLinkRequest, {"tracking_link_id": tracking_link_id})
        return self._stub.GetTrackingLink(request, timeout=timeout)

    def list(
        self, *, page_size: int | None = None, show_archived: bool = False, timeout: float | None = None
    ) -> Iterator[v1.TrackingLink]:
        """Lists the account's tracking links, newest first.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of links to return, 1 to 1,000. 0 means 50; larger values are
                read as 1,000. A page has at most 3 MiB, so it may have fewer.
            show_archived: If true, archived links are listed as well.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ListTrackingLinksRequest, {"page_size": page_size, "show_archived": show_archived})
        return all_items(self._stub.ListTrackingLinks, request, lambda page: page.tracking_links, timeout=timeout)

    def update(
        self,
        *,
        id: str,
        slug: str | NotGiven = NOT_GIVEN,
        destination: str | NotGiven = NOT_GIVEN,
        conversion_code_ids: Iterable[str] | NotGiven = NOT_GIVEN,
        tags: Iterable[str] | NotGiven = NOT_GIVEN,
        redirect_kind: RedirectKindName | v1.RedirectKind.ValueType | NotGiven = NOT_GIVEN,
        query_pass_through: bool | NotGiven = NOT_GIVEN,
        expire_time: datetime | Timestamp | NotGiven | None = NOT_GIVEN,
        fallback_destination: str | NotGiven = NOT_GIVEN,
        partner_id: str | NotGiven = NOT_GIVEN,
        partner_share: v1.PartnerShare | NotGiven | None = NOT_GIVEN,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.UpdateTrackingLinkResponse:
        """Changes the fields that are given.

        A field that is given can have its default value. None clears a field.

        Args:
            id: Id of the link. Example: `link_01jd8x4k2m9v6t3q5r7w8y0z1a`.
            slug: Path of the link: 1 to 64 of `a-z`, `0-9`, `-`, `_`, beginning with a letter or
                digit. Unique in the installation. If it is empty in a new link, the system chooses
                one. If it is empty in an archived link, another link has taken it. A slug that a
                link gives up, by a change or by being archived, can be used again only by the same
                account. Visitors may write it in upper or lower case. Example: `summer-sale`.
            destination: URL that visitors are sent to: an absolute `http` or `https` URL of at most
                2,048 bytes. In its path and query, macros are filled: `[s2sidentifier]` (the click
                id), `[sub1]` to `[sub10]`, `[slug]`, `[timestamp]` (seconds since 1970), also in
                upper case or with `%5B` and `%5D` for the brackets. A link with a conversion code
                must have `[s2sidentifier]`. Example: `https://shop.example/?s1=[s2sidentifier]`.
            conversion_code_ids: Ids of the conversion codes that count for clicks on this link, at
                most 50.
            tags: Words by which people find the link, at most 20, each of 1 to 50 characters.
                Example: `newsletter`.
            redirect_kind: HTTP status of the redirect. Default: 302. Values: `FOUND`, `SEE_OTHER`,
                `TEMPORARY`.
            query_pass_through: If true, the visitor's query parameters except sub ids are added to
                the destination, unless it already has a parameter of that name.
            expire_time: Time from which visitors get the fallback destination. Not set: never.
            fallback_destination: URL that visitors are sent to once the link has expired or is
                archived; same form as `destination`. Empty: they get HTTP 410.
            partner_id: Id of the partner who is owed a share of the link's conversions. Empty: the
                conversions are owed to nobody. Once set, it never changes. Conversions that were
                recorded before it was set are owed to nobody.
            partner_share: The partner's share. Not set: all of the commission. A change applies to
                conversions that are recorded later.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The changed tracking link.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build_update(
            v1.UpdateTrackingLinkRequest,
            {
                "id": id,
                "slug": slug,
                "destination": destination,
                "conversion_code_ids": conversion_code_ids,
                "tags": tags,
                "redirect_kind": redirect_kind,
                "query_pass_through": query_pass_through,
                "expire_time": expire_time,
                "fallback_destination": fallback_destination,
                "partner_id": partner_id,
                "partner_share": partner_share,
                "validate_only": validate_only,
            },
            "tracking_link",
        )
        return self._stub.UpdateTrackingLink(request, timeout=timeout)

    def archive(
        self, *, tracking_link_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.ArchiveTrackingLinkResponse:
        """Archives a tracking link. Visitors get its fallback destination, or HTTP 410 if it has none.
        Postbacks for later clicks are held, and conversions reported for them are refused.
        Conversions of earlier clicks still count. Archiving an archived link changes nothing.

        Args:
            tracking_link_id: Id of the link.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The archived tracking link.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.ArchiveTrackingLinkRequest, {"tracking_link_id": tracking_link_id, "validate_only": validate_only}
        )
        return self._stub.ArchiveTrackingLink(request, timeout=timeout)

    def unarchive(
        self, *, tracking_link_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.UnarchiveTrackingLinkResponse:
        """Makes an archived tracking link active again. Postbacks that were held because the link was
        archived can be replayed. If another link has taken its slug meanwhile, the call fails with
        `SLUG_TAKEN`: change the slug first. Unarchiving an active link changes nothing.

        Args:
            tracking_link_id: Id of the link.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The active tracking link.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.UnarchiveTrackingLinkRequest, {"tracking_link_id": tracking_link_id, "validate_only": validate_only}
        )
        return self._stub.UnarchiveTrackingLink(request, timeout=timeout)


class AsyncTrackingLinks:
    """Manages tracking links: the URLs that visitors click."""

    def __init__(self, stub: TrackingLinkServiceAsyncStub) -> None:
        self._stub = stub

    async def create(
        self,
        *,
        slug: str | None = None,
        destination: str,
        conversion_code_ids: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        redirect_kind: RedirectKindName | v1.RedirectKind.ValueType | None = None,
        query_pass_through: bool = False,
        expire_time: datetime | Timestamp | None = None,
        fallback_destination: str | None = None,
        partner_id: str | None = None,
        partner_share: v1.PartnerShare | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        preset_id: str | None = None,
        timeout: float | None = None,
    ) -> v1.CreateTrackingLinkResponse:
        """Creates a tracking link.

        Args:
            slug: Path of the link: 1 to 64 of `a-z`, `0-9`, `-`, `_`, beginning with a letter or
                digit. Unique in the installation. If it is empty in a new link, the system chooses
                one. If it is empty in an archived link, another link has taken it. A slug that a
                link gives up, by a change or by being archived, can be used again only by the same
                account. Visitors may write it in upper or lower case. Example: `summer-sale`.
            destination: URL that visitors are sent to: an absolute `http` or `https` URL of at most
                2,048 bytes. In its path and query, macros are filled: `[s2sidentifier]` (the click
                id), `[sub1]` to `[sub10]`, `[slug]`, `[timestamp]` (seconds since 1970), also in
                upper case or with `%5B` and `%5D` for the brackets. A link with a conversion code
                must have `[s2sidentifier]`. Example: `https://shop.example/?s1=[s2sidentifier]`.
            conversion_code_ids: Ids of the conversion codes that count for clicks on this link, at
                most 50.
            tags: Words by which people find the link, at most 20, each of 1 to 50 characters.
                Example: `newsletter`.
            redirect_kind: HTTP status of the redirect. Default: 302. Values: `FOUND`, `SEE_OTHER`,
                `TEMPORARY`.
            query_pass_through: If true, the visitor's query parameters except sub ids are added to
                the destination, unless it already has a parameter of that name.
            expire_time: Time from which visitors get the fallback destination. Not set: never.
            fallback_destination: URL that visitors are sent to once the link has expired or is
                archived; same form as `destination`. Empty: they get HTTP 410.
            partner_id: Id of the partner who is owed a share of the link's conversions. Empty: the
                conversions are owed to nobody. Once set, it never changes. Conversions that were
                recorded before it was set are owed to nobody.
            partner_share: The partner's share. Not set: all of the commission. A change applies to
                conversions that are recorded later.
            request_id: Makes the call safe to repeat: the same request with the same request id
                returns the link that the first call created. Another request with this id is
                refused. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            preset_id: Id of the preset of the network that the destination belongs to. If the
                destination has no `[s2sidentifier]`, this macro is added to the query, in the
                parameter in which that network takes the click id. Example: `everflow`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The created tracking link.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.CreateTrackingLinkRequest,
            {
                "slug": slug,
                "destination": destination,
                "conversion_code_ids": conversion_code_ids,
                "tags": tags,
                "redirect_kind": redirect_kind,
                "query_pass_through": query_pass_through,
                "expire_time": expire_time,
                "fallback_destination": fallback_destination,
                "partner_id": partner_id,
                "partner_share": partner_share,
                "request_id": request_id,
                "validate_only": validate_only,
                "preset_id": preset_id,
            },
            "tracking_link",
        )
        return await self._stub.CreateTrackingLink(request, timeout=timeout)

    async def get(self, *, tracking_link_id: str, timeout: float | None = None) -> v1.GetTrackingLinkResponse:
        """Returns one tracking link.

        Args:
            tracking_link_id: Id of the link.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested tracking link.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetTrackingLinkRequest, {"tracking_link_id": tracking_link_id})
        return await self._stub.GetTrackingLink(request, timeout=timeout)

    def list(
        self, *, page_size: int | None = None, show_archived: bool = False, timeout: float | None = None
    ) -> AsyncIterator[v1.TrackingLink]:
        """Lists the account's tracking links, newest first.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of links to return, 1 to 1,000. 0 means 50; larger values are
                read as 1,000. A page has at most 3 MiB, so it may have fewer.
            show_archived: If true, archived links are listed as well.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ListTrackingLinksRequest, {"page_size": page_size, "show_archived": show_archived})
        return all_items_async(self._stub.ListTrackingLinks, request, lambda page: page.tracking_links, timeout=timeout)

    async def update(
        self,
        *,
        id: str,
        slug: str | NotGiven = NOT_GIVEN,
        destination: str | NotGiven = NOT_GIVEN,
        conversion_code_ids: Iterable[str] | NotGiven = NOT_GIVEN,
        tags: Iterable[str] | NotGiven = NOT_GIVEN,
        redirect_kind: RedirectKindName | v1.RedirectKind.ValueType | NotGiven = NOT_GIVEN,
        query_pass_through: bool | NotGiven = NOT_GIVEN,
        expire_time: datetime | Timestamp | NotGiven | None = NOT_GIVEN,
        fallback_destination: str | NotGiven = NOT_GIVEN,
        partner_id: str | NotGiven = NOT_GIVEN,
        partner_share: v1.PartnerShare | NotGiven | None = NOT_GIVEN,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.UpdateTrackingLinkResponse:
        """Changes the fields that are given.

        A field that is given can have its default value. None clears a field.

        Args:
            id: Id of the link. Example: `link_01jd8x4k2m9v6t3q5r7w8y0z1a`.
            slug: Path of the link: 1 to 64 of `a-z`, `0-9`, `-`, `_`, beginning with a letter or
                digit. Unique in the installation. If it is empty in a new link, the system chooses
                one. If it is empty in an archived link, another link has taken it. A slug that a
                link gives up, by a change or by being archived, can be used again only by the same
                account. Visitors may write it in upper or lower case. Example: `summer-sale`.
            destination: URL that visitors are sent to: an absolute `http` or `https` URL of at most
                2,048 bytes. In its path and query, macros are filled: `[s2sidentifier]` (the click
                id), `[sub1]` to `[sub10]`, `[slug]`, `[timestamp]` (seconds since 1970), also in
                upper case or with `%5B` and `%5D` for the brackets. A link with a conversion code
                must have `[s2sidentifier]`. Example: `https://shop.example/?s1=[s2sidentifier]`.
            conversion_code_ids: Ids of the conversion codes that count for clicks on this link, at
                most 50.
            tags: Words by which people find the link, at most 20, each of 1 to 50 characters.
                Example: `newsletter`.
            redirect_kind: HTTP status of the redirect. Default: 302. Values: `FOUND`, `SEE_OTHER`,
                `TEMPORARY`.
            query_pass_through: If true, the visitor's query parameters except sub ids are added to
                the destination, unless it already has a parameter of that name.
            expire_time: Time from which visitors get the fallback destination. Not set: never.
            fallback_destination: URL that visitors are sent to once the link has expired or is
                archived; same form as `destination`. Empty: they get HTTP 410.
            partner_id: Id of the partner who is owed a share of the link's conversions. Empty: the
                conversions are owed to nobody. Once set, it never changes. Conversions that were
                recorded before it was set are owed to nobody.
            partner_share: The partner's share. Not set: all of the commission. A change applies to
                conversions that are recorded later.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The changed tracking link.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build_update(
            v1.UpdateTrackingLinkRequest,
            {
                "id": id,
                "slug": slug,
                "destination": destination,
                "conversion_code_ids": conversion_code_ids,
                "tags": tags,
                "redirect_kind": redirect_kind,
                "query_pass_through": query_pass_through,
                "expire_time": expire_time,
                "fallback_destination": fallback_destination,
                "partner_id": partner_id,
                "partner_share": partner_share,
                "validate_only": validate_only,
            },
            "tracking_link",
        )
        return await self._stub.UpdateTrackingLink(request, timeout=timeout)

    async def archive(
        self, *, tracking_link_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.ArchiveTrackingLinkResponse:
        """Archives a tracking link. Visitors get its fallback destination, or HTTP 410 if it has none.
        Postbacks for later clicks are held, and conversions reported for them are refused.
        Conversions of earlier clicks still count. Archiving an archived link changes nothing.

        Args:
            tracking_link_id: Id of the link.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The archived tracking link.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.ArchiveTrackingLinkRequest, {"tracking_link_id": tracking_link_id, "validate_only": validate_only}
        )
        return await self._stub.ArchiveTrackingLink(request, timeout=timeout)

    async def unarchive(
        self, *, tracking_link_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.UnarchiveTrackingLinkResponse:
        """Makes an archived tracking link active again. Postbacks that were held because the link was
        archived can be replayed. If another link has taken its slug meanwhile, the call fails with
        `SLUG_TAKEN`: change the slug first. Unarchiving an active link changes nothing.

        Args:
            tracking_link_id: Id of the link.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The active tracking link.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.UnarchiveTrackingLinkRequest, {"tracking_link_id": tracking_link_id, "validate_only": validate_only}
        )
        return await self._stub.UnarchiveTrackingLink(request, timeout=timeout)
