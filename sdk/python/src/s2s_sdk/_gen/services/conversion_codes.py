"""The calls of `ConversionCodeService` as methods. Generated: not to be edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from google.protobuf.duration_pb2 import Duration

from s2s_sdk import v1
from s2s_sdk._gen.s2s.v1.conversion_code_service_pb2_grpc import ConversionCodeServiceStub
from s2s_sdk._gen.types import (
    ConversionStatusName,
    DecimalSeparatorName,
    DedupePolicyName,
    TransactionScopeName,
    UpdatePolicyName,
)
from s2s_sdk._pages import all_items, all_items_async
from s2s_sdk._requests import NOT_GIVEN, NotGiven, build, build_update

if TYPE_CHECKING:
    from s2s_sdk._gen.s2s.v1.conversion_code_service_pb2_grpc import ConversionCodeServiceAsyncStub


class ConversionCodes:
    """Manages conversion codes: one for each kind of conversion that a merchant reports."""

    def __init__(self, stub: ConversionCodeServiceStub) -> None:
        self._stub = stub

    def create(
        self,
        *,
        name: str,
        default_currency: str | None = None,
        attribution_window: timedelta | Duration | None = None,
        dedupe_policy: DedupePolicyName | v1.DedupePolicy.ValueType | None = None,
        reply: v1.ReplySetting | None = None,
        preset_id: str | None = None,
        postback_authentication: v1.PostbackAuthentication | None = None,
        default_status: ConversionStatusName | v1.ConversionStatus.ValueType | None = None,
        decimal_separator: DecimalSeparatorName | v1.DecimalSeparator.ValueType | None = None,
        update_policy: UpdatePolicyName | v1.UpdatePolicy.ValueType | None = None,
        transaction_scope: TransactionScopeName | v1.TransactionScope.ValueType | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.CreateConversionCodeResponse:
        """Creates a conversion code.

        Args:
            name: Name for people, 1 to 100 characters. Example: `Sale`.
            default_currency: ISO 4217 code for amounts that come without a currency. Default:
                `USD`.
            attribution_window: Time after its click within which a conversion still counts: 1
                second to 400 days, whole seconds. Default: 30 days.
            dedupe_policy: Rule for conversions that are sent without a transaction id. Default:
                `DEDUPE_POLICY_ONE_PER_CLICK`. After a change, such a conversion that was recorded
                under the former rule counts again if it is sent again. Values: `ONE_PER_CLICK`,
                `EVERY`.
            reply: Form of the answer to postbacks. Default: `REPLY_MODE_BY_VERDICT`, or, if the
                code is created with a preset that has a `reply`, that form.
            preset_id: Id of the preset of the network that calls the code's postback URL; its
                status words are understood. Example: `everflow`.
            postback_authentication: Checks of a postback's sender. Default: none, so that anyone
                who knows the postback URL can report a conversion of a genuine click.
            default_status: Status of conversions that are sent without one. Default:
                `CONVERSION_STATUS_APPROVED`, with which the commission is owed at once. Values:
                `PENDING`, `APPROVED`, `DECLINED`.
            decimal_separator: Separator of the decimals in the amounts of postbacks. It settles
                amounts that can be read in two ways, such as `1.500` and `1,500`, and no others.
                Default: `DECIMAL_SEPARATOR_AUTO`, or, if the code is created with a preset,
                `DECIMAL_SEPARATOR_POINT`. Values: `AUTO`, `POINT`, `COMMA`.
            update_policy: What a later postback of a recorded conversion may change. Default:
                `UPDATE_POLICY_STATUS`. A code that was created before there were updates has
                `UPDATE_POLICY_NONE`. Values: `NONE`, `STATUS`, `STATUS_AND_AMOUNTS`.
            transaction_scope: The conversions among which an order id counts once. Default:
                `TRANSACTION_SCOPE_PER_CLICK`. Values: `PER_CLICK`, `PER_CODE`.
            request_id: Makes the call safe to repeat: the same request with the same request id
                returns the code that the first call created. Another request with this id is
                refused. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The created conversion code.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.CreateConversionCodeRequest,
            {
                "name": name,
                "default_currency": default_currency,
                "attribution_window": attribution_window,
                "dedupe_policy": dedupe_policy,
                "reply": reply,
                "preset_id": preset_id,
                "postback_authentication": postback_authentication,
                "default_status": default_status,
                "decimal_separator": decimal_separator,
                "update_policy": update_policy,
                "transaction_scope": transaction_scope,
                "request_id": request_id,
                "validate_only": validate_only,
            },
            "conversion_code",
        )
        return self._stub.CreateConversionCode(request, timeout=timeout)

    def get(self, *, conversion_code_id: str, timeout: float | None = None) -> v1.GetConversionCodeResponse:
        """Returns one conversion code.

        Args:
            conversion_code_id: Id of the code, 32 hexadecimal digits.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested conversion code.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetConversionCodeRequest, {"conversion_code_id": conversion_code_id})
        return self._stub.GetConversionCode(request, timeout=timeout)

    def list(
        self, *, page_size: int | None = None, show_archived: bool = False, timeout: float | None = None
    ) -> Iterator[v1.ConversionCode]:
        """Lists the account's conversion codes, newest first.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of codes to return, 1 to 1,000. 0 means 50; larger values are
                read as 1,000. A page has at most 3 MiB, so it may have fewer.
            show_archived: If true, archived codes are listed as well.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ListConversionCodesRequest, {"page_size": page_size, "show_archived": show_archived})
        return all_items(self._stub.ListConversionCodes, request, lambda page: page.conversion_codes, timeout=timeout)

    def update(
        self,
        *,
        id: str,
        name: str | NotGiven = NOT_GIVEN,
        default_currency: str | NotGiven = NOT_GIVEN,
        attribution_window: timedelta | Duration | NotGiven | None = NOT_GIVEN,
        dedupe_policy: DedupePolicyName | v1.DedupePolicy.ValueType | NotGiven = NOT_GIVEN,
        reply: v1.ReplySetting | NotGiven | None = NOT_GIVEN,
        preset_id: str | NotGiven = NOT_GIVEN,
        postback_authentication: v1.PostbackAuthentication | NotGiven | None = NOT_GIVEN,
        default_status: ConversionStatusName | v1.ConversionStatus.ValueType | NotGiven = NOT_GIVEN,
        decimal_separator: DecimalSeparatorName | v1.DecimalSeparator.ValueType | NotGiven = NOT_GIVEN,
        update_policy: UpdatePolicyName | v1.UpdatePolicy.ValueType | NotGiven = NOT_GIVEN,
        transaction_scope: TransactionScopeName | v1.TransactionScope.ValueType | NotGiven = NOT_GIVEN,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.UpdateConversionCodeResponse:
        """Changes the fields that are given.

        A field that is given can have its default value. None clears a field.

        Args:
            id: Id of the code: 32 upper-case hexadecimal digits, as in the postback URL. Example:
                `6B1F0A3C9D5E4F7081A2B3C4D5E6F708`.
            name: Name for people, 1 to 100 characters. Example: `Sale`.
            default_currency: ISO 4217 code for amounts that come without a currency. Default:
                `USD`.
            attribution_window: Time after its click within which a conversion still counts: 1
                second to 400 days, whole seconds. Default: 30 days.
            dedupe_policy: Rule for conversions that are sent without a transaction id. Default:
                `DEDUPE_POLICY_ONE_PER_CLICK`. After a change, such a conversion that was recorded
                under the former rule counts again if it is sent again. Values: `ONE_PER_CLICK`,
                `EVERY`.
            reply: Form of the answer to postbacks. Default: `REPLY_MODE_BY_VERDICT`, or, if the
                code is created with a preset that has a `reply`, that form.
            preset_id: Id of the preset of the network that calls the code's postback URL; its
                status words are understood. Example: `everflow`.
            postback_authentication: Checks of a postback's sender. Default: none, so that anyone
                who knows the postback URL can report a conversion of a genuine click.
            default_status: Status of conversions that are sent without one. Default:
                `CONVERSION_STATUS_APPROVED`, with which the commission is owed at once. Values:
                `PENDING`, `APPROVED`, `DECLINED`.
            decimal_separator: Separator of the decimals in the amounts of postbacks. It settles
                amounts that can be read in two ways, such as `1.500` and `1,500`, and no others.
                Default: `DECIMAL_SEPARATOR_AUTO`, or, if the code is created with a preset,
                `DECIMAL_SEPARATOR_POINT`. Values: `AUTO`, `POINT`, `COMMA`.
            update_policy: What a later postback of a recorded conversion may change. Default:
                `UPDATE_POLICY_STATUS`. A code that was created before there were updates has
                `UPDATE_POLICY_NONE`. Values: `NONE`, `STATUS`, `STATUS_AND_AMOUNTS`.
            transaction_scope: The conversions among which an order id counts once. Default:
                `TRANSACTION_SCOPE_PER_CLICK`. Values: `PER_CLICK`, `PER_CODE`.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The changed conversion code.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build_update(
            v1.UpdateConversionCodeRequest,
            {
                "id": id,
                "name": name,
                "default_currency": default_currency,
                "attribution_window": attribution_window,
                "dedupe_policy": dedupe_policy,
                "reply": reply,
                "preset_id": preset_id,
                "postback_authentication": postback_authentication,
                "default_status": default_status,
                "decimal_separator": decimal_separator,
                "update_policy": update_policy,
                "transaction_scope": transaction_scope,
                "validate_only": validate_only,
            },
            "conversion_code",
        )
        return self._stub.UpdateConversionCode(request, timeout=timeout)

    def archive(
        self, *, conversion_code_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.ArchiveConversionCodeResponse:
        """Archives a conversion code. The code stays readable. Postbacks that name it and arrive later
        are held; a postback that repeats a recorded sale is still a duplicate. Archiving an
        archived code changes nothing.

        Args:
            conversion_code_id: Id of the code, 32 hexadecimal digits.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The archived conversion code.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.ArchiveConversionCodeRequest, {"conversion_code_id": conversion_code_id, "validate_only": validate_only}
        )
        return self._stub.ArchiveConversionCode(request, timeout=timeout)

    def unarchive(
        self, *, conversion_code_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.UnarchiveConversionCodeResponse:
        """Makes an archived conversion code active again. Postbacks that were held meanwhile can be
        replayed. Unarchiving an active code changes nothing.

        Args:
            conversion_code_id: Id of the code, 32 hexadecimal digits.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The active conversion code.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.UnarchiveConversionCodeRequest,
            {"conversion_code_id": conversion_code_id, "validate_only": validate_only},
        )
        return self._stub.UnarchiveConversionCode(request, timeout=timeout)

    def rotate_postback_secret(
        self,
        *,
        conversion_code_id: str,
        overlap: timedelta | Duration | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.RotatePostbackSecretResponse:
        """Makes a new secret for the code's postbacks, and returns it; no other call returns it. The
        previous secret stays valid for a while, so that senders can be changed one by one. Any
        older secret ends at once.

        Args:
            conversion_code_id: Id of the code, 32 hexadecimal digits.
            overlap: Time for which the present secret stays valid: 0 seconds to 30 days, whole
                seconds. 0 ends it at once, for a secret that has leaked. Default: 24 hours.
            request_id: Makes the call safe to repeat: a call with the request id of the last
                rotation returns the secret that was made then. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written; the answer has no secret.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The new secret of a conversion code.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.RotatePostbackSecretRequest,
            {
                "conversion_code_id": conversion_code_id,
                "overlap": overlap,
                "request_id": request_id,
                "validate_only": validate_only,
            },
        )
        return self._stub.RotatePostbackSecret(request, timeout=timeout)

    def get_postback_url(
        self, *, conversion_code_id: str, preset_id: str | None = None, timeout: float | None = None
    ) -> v1.GetPostbackUrlResponse:
        """Renders the postback URL for the merchant to paste.

        Args:
            conversion_code_id: Id of the code, 32 hexadecimal digits.
            preset_id: Id of the preset of the network that is to call the URL. Empty: the code's
                preset, if it has one. Example: `everflow`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            A postback URL.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetPostbackUrlRequest, {"conversion_code_id": conversion_code_id, "preset_id": preset_id})
        return self._stub.GetPostbackUrl(request, timeout=timeout)

    def test_setup(
        self, *, conversion_code_id: str, tracking_link_id: str | None = None, timeout: float | None = None
    ) -> v1.TestSetupResponse:
        """Simulates a complete conversion for a code, and reports the outcome of each step: a click on
        one of its tracking links, the redirect to the merchant, and the call of the postback URL
        with its macros filled in. Records nothing.

        Args:
            conversion_code_id: Id of the code to test, 32 hexadecimal digits.
            tracking_link_id: Id of the tracking link to test. Empty: the newest active link that
                has the code.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The outcome of a test.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.TestSetupRequest, {"conversion_code_id": conversion_code_id, "tracking_link_id": tracking_link_id}
        )
        return self._stub.TestSetup(request, timeout=timeout)


class AsyncConversionCodes:
    """Manages conversion codes: one for each kind of conversion that a merchant reports."""

    def __init__(self, stub: ConversionCodeServiceAsyncStub) -> None:
        self._stub = stub

    async def create(
        self,
        *,
        name: str,
        default_currency: str | None = None,
        attribution_window: timedelta | Duration | None = None,
        dedupe_policy: DedupePolicyName | v1.DedupePolicy.ValueType | None = None,
        reply: v1.ReplySetting | None = None,
        preset_id: str | None = None,
        postback_authentication: v1.PostbackAuthentication | None = None,
        default_status: ConversionStatusName | v1.ConversionStatus.ValueType | None = None,
        decimal_separator: DecimalSeparatorName | v1.DecimalSeparator.ValueType | None = None,
        update_policy: UpdatePolicyName | v1.UpdatePolicy.ValueType | None = None,
        transaction_scope: TransactionScopeName | v1.TransactionScope.ValueType | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.CreateConversionCodeResponse:
        """Creates a conversion code.

        Args:
            name: Name for people, 1 to 100 characters. Example: `Sale`.
            default_currency: ISO 4217 code for amounts that come without a currency. Default:
                `USD`.
            attribution_window: Time after its click within which a conversion still counts: 1
                second to 400 days, whole seconds. Default: 30 days.
            dedupe_policy: Rule for conversions that are sent without a transaction id. Default:
                `DEDUPE_POLICY_ONE_PER_CLICK`. After a change, such a conversion that was recorded
                under the former rule counts again if it is sent again. Values: `ONE_PER_CLICK`,
                `EVERY`.
            reply: Form of the answer to postbacks. Default: `REPLY_MODE_BY_VERDICT`, or, if the
                code is created with a preset that has a `reply`, that form.
            preset_id: Id of the preset of the network that calls the code's postback URL; its
                status words are understood. Example: `everflow`.
            postback_authentication: Checks of a postback's sender. Default: none, so that anyone
                who knows the postback URL can report a conversion of a genuine click.
            default_status: Status of conversions that are sent without one. Default:
                `CONVERSION_STATUS_APPROVED`, with which the commission is owed at once. Values:
                `PENDING`, `APPROVED`, `DECLINED`.
            decimal_separator: Separator of the decimals in the amounts of postbacks. It settles
                amounts that can be read in two ways, such as `1.500` and `1,500`, and no others.
                Default: `DECIMAL_SEPARATOR_AUTO`, or, if the code is created with a preset,
                `DECIMAL_SEPARATOR_POINT`. Values: `AUTO`, `POINT`, `COMMA`.
            update_policy: What a later postback of a recorded conversion may change. Default:
                `UPDATE_POLICY_STATUS`. A code that was created before there were updates has
                `UPDATE_POLICY_NONE`. Values: `NONE`, `STATUS`, `STATUS_AND_AMOUNTS`.
            transaction_scope: The conversions among which an order id counts once. Default:
                `TRANSACTION_SCOPE_PER_CLICK`. Values: `PER_CLICK`, `PER_CODE`.
            request_id: Makes the call safe to repeat: the same request with the same request id
                returns the code that the first call created. Another request with this id is
                refused. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The created conversion code.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.CreateConversionCodeRequest,
            {
                "name": name,
                "default_currency": default_currency,
                "attribution_window": attribution_window,
                "dedupe_policy": dedupe_policy,
                "reply": reply,
                "preset_id": preset_id,
                "postback_authentication": postback_authentication,
                "default_status": default_status,
                "decimal_separator": decimal_separator,
                "update_policy": update_policy,
                "transaction_scope": transaction_scope,
                "request_id": request_id,
                "validate_only": validate_only,
            },
            "conversion_code",
        )
        return await self._stub.CreateConversionCode(request, timeout=timeout)

    async def get(self, *, conversion_code_id: str, timeout: float | None = None) -> v1.GetConversionCodeResponse:
        """Returns one conversion code.

        Args:
            conversion_code_id: Id of the code, 32 hexadecimal digits.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The requested conversion code.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetConversionCodeRequest, {"conversion_code_id": conversion_code_id})
        return await self._stub.GetConversionCode(request, timeout=timeout)

    def list(
        self, *, page_size: int | None = None, show_archived: bool = False, timeout: float | None = None
    ) -> AsyncIterator[v1.ConversionCode]:
        """Lists the account's conversion codes, newest first.

        Each page is fetched when it is reached.

        Args:
            page_size: Maximum number of codes to return, 1 to 1,000. 0 means 50; larger values are
                read as 1,000. A page has at most 3 MiB, so it may have fewer.
            show_archived: If true, archived codes are listed as well.
            timeout: Time limit of the call for each page over all its attempts, in seconds.
                Default: the client's.

        Returns:
            An iterator over the items of all pages.

        Raises:
            Error: The call failed.
        """
        request = build(v1.ListConversionCodesRequest, {"page_size": page_size, "show_archived": show_archived})
        return all_items_async(
            self._stub.ListConversionCodes, request, lambda page: page.conversion_codes, timeout=timeout
        )

    async def update(
        self,
        *,
        id: str,
        name: str | NotGiven = NOT_GIVEN,
        default_currency: str | NotGiven = NOT_GIVEN,
        attribution_window: timedelta | Duration | NotGiven | None = NOT_GIVEN,
        dedupe_policy: DedupePolicyName | v1.DedupePolicy.ValueType | NotGiven = NOT_GIVEN,
        reply: v1.ReplySetting | NotGiven | None = NOT_GIVEN,
        preset_id: str | NotGiven = NOT_GIVEN,
        postback_authentication: v1.PostbackAuthentication | NotGiven | None = NOT_GIVEN,
        default_status: ConversionStatusName | v1.ConversionStatus.ValueType | NotGiven = NOT_GIVEN,
        decimal_separator: DecimalSeparatorName | v1.DecimalSeparator.ValueType | NotGiven = NOT_GIVEN,
        update_policy: UpdatePolicyName | v1.UpdatePolicy.ValueType | NotGiven = NOT_GIVEN,
        transaction_scope: TransactionScopeName | v1.TransactionScope.ValueType | NotGiven = NOT_GIVEN,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.UpdateConversionCodeResponse:
        """Changes the fields that are given.

        A field that is given can have its default value. None clears a field.

        Args:
            id: Id of the code: 32 upper-case hexadecimal digits, as in the postback URL. Example:
                `6B1F0A3C9D5E4F7081A2B3C4D5E6F708`.
            name: Name for people, 1 to 100 characters. Example: `Sale`.
            default_currency: ISO 4217 code for amounts that come without a currency. Default:
                `USD`.
            attribution_window: Time after its click within which a conversion still counts: 1
                second to 400 days, whole seconds. Default: 30 days.
            dedupe_policy: Rule for conversions that are sent without a transaction id. Default:
                `DEDUPE_POLICY_ONE_PER_CLICK`. After a change, such a conversion that was recorded
                under the former rule counts again if it is sent again. Values: `ONE_PER_CLICK`,
                `EVERY`.
            reply: Form of the answer to postbacks. Default: `REPLY_MODE_BY_VERDICT`, or, if the
                code is created with a preset that has a `reply`, that form.
            preset_id: Id of the preset of the network that calls the code's postback URL; its
                status words are understood. Example: `everflow`.
            postback_authentication: Checks of a postback's sender. Default: none, so that anyone
                who knows the postback URL can report a conversion of a genuine click.
            default_status: Status of conversions that are sent without one. Default:
                `CONVERSION_STATUS_APPROVED`, with which the commission is owed at once. Values:
                `PENDING`, `APPROVED`, `DECLINED`.
            decimal_separator: Separator of the decimals in the amounts of postbacks. It settles
                amounts that can be read in two ways, such as `1.500` and `1,500`, and no others.
                Default: `DECIMAL_SEPARATOR_AUTO`, or, if the code is created with a preset,
                `DECIMAL_SEPARATOR_POINT`. Values: `AUTO`, `POINT`, `COMMA`.
            update_policy: What a later postback of a recorded conversion may change. Default:
                `UPDATE_POLICY_STATUS`. A code that was created before there were updates has
                `UPDATE_POLICY_NONE`. Values: `NONE`, `STATUS`, `STATUS_AND_AMOUNTS`.
            transaction_scope: The conversions among which an order id counts once. Default:
                `TRANSACTION_SCOPE_PER_CLICK`. Values: `PER_CLICK`, `PER_CODE`.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The changed conversion code.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build_update(
            v1.UpdateConversionCodeRequest,
            {
                "id": id,
                "name": name,
                "default_currency": default_currency,
                "attribution_window": attribution_window,
                "dedupe_policy": dedupe_policy,
                "reply": reply,
                "preset_id": preset_id,
                "postback_authentication": postback_authentication,
                "default_status": default_status,
                "decimal_separator": decimal_separator,
                "update_policy": update_policy,
                "transaction_scope": transaction_scope,
                "validate_only": validate_only,
            },
            "conversion_code",
        )
        return await self._stub.UpdateConversionCode(request, timeout=timeout)

    async def archive(
        self, *, conversion_code_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.ArchiveConversionCodeResponse:
        """Archives a conversion code. The code stays readable. Postbacks that name it and arrive later
        are held; a postback that repeats a recorded sale is still a duplicate. Archiving an
        archived code changes nothing.

        Args:
            conversion_code_id: Id of the code, 32 hexadecimal digits.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The archived conversion code.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.ArchiveConversionCodeRequest, {"conversion_code_id": conversion_code_id, "validate_only": validate_only}
        )
        return await self._stub.ArchiveConversionCode(request, timeout=timeout)

    async def unarchive(
        self, *, conversion_code_id: str, validate_only: bool = False, timeout: float | None = None
    ) -> v1.UnarchiveConversionCodeResponse:
        """Makes an archived conversion code active again. Postbacks that were held meanwhile can be
        replayed. Unarchiving an active code changes nothing.

        Args:
            conversion_code_id: Id of the code, 32 hexadecimal digits.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The active conversion code.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.UnarchiveConversionCodeRequest,
            {"conversion_code_id": conversion_code_id, "validate_only": validate_only},
        )
        return await self._stub.UnarchiveConversionCode(request, timeout=timeout)

    async def rotate_postback_secret(
        self,
        *,
        conversion_code_id: str,
        overlap: timedelta | Duration | None = None,
        request_id: str | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> v1.RotatePostbackSecretResponse:
        """Makes a new secret for the code's postbacks, and returns it; no other call returns it. The
        previous secret stays valid for a while, so that senders can be changed one by one. Any
        older secret ends at once.

        Args:
            conversion_code_id: Id of the code, 32 hexadecimal digits.
            overlap: Time for which the present secret stays valid: 0 seconds to 30 days, whole
                seconds. 0 ends it at once, for a secret that has leaked. Default: 24 hours.
            request_id: Makes the call safe to repeat: a call with the request id of the last
                rotation returns the secret that was made then. 1 to 64 bytes. Example: a UUID.
            validate_only: If true, the request is checked and answered as if real, but nothing is
                written; the answer has no secret.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The new secret of a conversion code.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.RotatePostbackSecretRequest,
            {
                "conversion_code_id": conversion_code_id,
                "overlap": overlap,
                "request_id": request_id,
                "validate_only": validate_only,
            },
        )
        return await self._stub.RotatePostbackSecret(request, timeout=timeout)

    async def get_postback_url(
        self, *, conversion_code_id: str, preset_id: str | None = None, timeout: float | None = None
    ) -> v1.GetPostbackUrlResponse:
        """Renders the postback URL for the merchant to paste.

        Args:
            conversion_code_id: Id of the code, 32 hexadecimal digits.
            preset_id: Id of the preset of the network that is to call the URL. Empty: the code's
                preset, if it has one. Example: `everflow`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            A postback URL.

        Raises:
            Error: The call failed.
        """
        request = build(v1.GetPostbackUrlRequest, {"conversion_code_id": conversion_code_id, "preset_id": preset_id})
        return await self._stub.GetPostbackUrl(request, timeout=timeout)

    async def test_setup(
        self, *, conversion_code_id: str, tracking_link_id: str | None = None, timeout: float | None = None
    ) -> v1.TestSetupResponse:
        """Simulates a complete conversion for a code, and reports the outcome of each step: a click on
        one of its tracking links, the redirect to the merchant, and the call of the postback URL
        with its macros filled in. Records nothing.

        Args:
            conversion_code_id: Id of the code to test, 32 hexadecimal digits.
            tracking_link_id: Id of the tracking link to test. Empty: the newest active link that
                has the code.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            The outcome of a test.

        Raises:
            Error: The call failed.
        """
        request = build(
            v1.TestSetupRequest, {"conversion_code_id": conversion_code_id, "tracking_link_id": tracking_link_id}
        )
        return await self._stub.TestSetup(request, timeout=timeout)
