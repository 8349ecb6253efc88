"""What a call failed with, read once from the gRPC status."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from s2s_sdk import v1

# The `domain` of the service's `google.rpc.ErrorInfo`: other domains' reasons are not ours.
_DOMAIN = "s2s.v1"
_DETAILS_KEY = "grpc-status-details-bin"
_REASON_PREFIX = "ERROR_REASON_"
# A day: as good as never, and no number that can't be reckoned with.
_DELAY_NANOSECONDS_MAX = 24 * 3_600 * 10**9
_CODES = {code.value[0]: code for code in grpc.StatusCode}
# Where nobody gave one.
_REASON_OF_CODE = {
    grpc.StatusCode.UNAVAILABLE: "UNAVAILABLE",
    grpc.StatusCode.DEADLINE_EXCEEDED: "DEADLINE_EXCEEDED",
}

_Detail = TypeVar("_Detail", bound=Message)


class FieldViolation(NamedTuple):
    """A field of the request that is at fault."""

    field: str
    """Its path, such as `conversion_code.name`."""
    description: str
    """What is wrong with it, for people."""


class Error(Exception):
    """Why a call failed: what the server said, or that it could not be reached in time.

    `reason` is for programs; the text of the error, which is the message with the reason in brackets, for people.
    """

    code: grpc.StatusCode
    """The gRPC code: the kind of the failure."""
    message: str
    """One sentence for people; may be empty."""
    reason_text: str
    """The reason as it came, such as `CLICK_EXPIRED`; empty where there is none."""
    metadata: Mapping[str, str]
    """The particulars of the reason by name."""
    field_violations: Sequence[FieldViolation]
    """The fields of the request that are at fault."""
    retry_after: timedelta | None
    """How long the server asks to wait before the call is sent again, if it does."""

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        reason_text: str = "",
        metadata: Mapping[str, str] | None = None,
        field_violations: Sequence[FieldViolation] = (),
        retry_after: timedelta | None = None,
    ) -> None:
        reason_text = reason_text or _REASON_OF_CODE.get(code, "")
        metadata = metadata or {}
        # All of them, so that errors can be pickled.
        super().__init__(code, message, reason_text, metadata, field_violations, retry_after)
        self.code = code
        self.message = message
        self.reason_text = reason_text
        self.metadata = metadata
        self.field_violations = field_violations
        self.retry_after = retry_after

    @property
    def reason(self) -> v1.ErrorReason.ValueType:
        """The reason, with cause and cure in the documentation of each value.

        Unspecified where the server gave none, or one that is newer than this client: see `reason_text`.
        """
        try:
            return v1.ErrorReason.Value(_REASON_PREFIX + self.reason_text)
        except ValueError:
            return v1.ErrorReason.ERROR_REASON_UNSPECIFIED

    def __str__(self) -> str:
        return f"{self.message} [{self.reason_text or self.code.name}]"

    @classmethod
    def from_status(cls, status: Status) -> "Error":
        """The error that a call with this status would have failed with."""
        info = _detail(status, ErrorInfo)
        ours = info.domain == _DOMAIN
        violations = _detail(status, BadRequest).field_violations
        delay = min(_detail(status, RetryInfo).retry_delay.ToNanoseconds(), _DELAY_NANOSECONDS_MAX)
        return cls(
            _CODES.get(status.code, grpc.StatusCode.UNKNOWN),
            status.message,
            info.reason if ours else "",
            dict(info.metadata) if ours else {},
            tuple(FieldViolation(violation.field, violation.description) for violation in violations),
            timedelta(microseconds=delay // 1_000) if delay > 0 else None,
        )

    @classmethod
    def from_rpc_error(cls, failure: grpc.RpcError) -> "Error":
        """What a call of gRPC's own failed with."""
        status = Status()
        # Pairs, whatever the stubs say; none where nothing came over the wire.
        metadata: Iterable[Any] = failure.trailing_metadata() or ()
        with contextlib.suppress(DecodeError):
            status = Status.FromString(dict(iter(metadata)).get(_DETAILS_KEY, b""))
        code, message = failure.code(), failure.details() or ""
        # What our server says has details. Without them it is gRPC's own word, or an answer that was cut off.
        if not status.details and code is grpc.StatusCode.UNKNOWN:
            code, message = grpc.StatusCode.UNAVAILABLE, f"the server could not be reached: {message}"
        elif not status.details and code is grpc.StatusCode.DEADLINE_EXCEEDED:
            message = "no answer within the timeout"
        status.code, status.message = code.value[0], message
        return cls.from_status(status)


def _detail(status: Status, kind: type[_Detail]) -> _Detail:
    """The status's detail of that kind; empty where there is none, or none that can be read."""
    for packed in status.details:
        detail = kind()
        with contextlib.suppress(DecodeError):
            if packed.Unpack(detail):
                return detail
    return kind()


def unwrap(result: v1.BatchRecordConversionsResult) -> v1.RecordConversionResponse:
    """What became of one item of a batch or stream, as `RecordConversion` would have answered it.

    Raises `Error` where `RecordConversion` would have.
    """
    if result.HasField("error"):
        raise Error.from_status(result.error)
    if not result.HasField("response"):
        raise Error(grpc.StatusCode.UNKNOWN, "the server gave no result that this client knows")
    return result.response
