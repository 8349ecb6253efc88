"""The error of a call, read once from the gRPC status."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from s2s_sdk import v1
from s2s_sdk._gen.reason import Reason

# The `domain` in the service's `google.rpc.ErrorInfo`. Reasons of other domains are ignored.
_DOMAIN = "s2s.v1"
_DETAILS_KEY = "grpc-status-details-bin"
# Maximum delay. A longer delay is of no use to a caller, and a day is small enough for arithmetic.
_DELAY_NANOSECONDS_MAX = 24 * 3_600 * 10**9
_CODES = {code.value[0]: code for code in grpc.StatusCode}
# Reasons of the codes that can come without a reason.
_REASON_OF_CODE = {
    grpc.StatusCode.UNAVAILABLE: "UNAVAILABLE",
    grpc.StatusCode.DEADLINE_EXCEEDED: "DEADLINE_EXCEEDED",
}

_Detail = TypeVar("_Detail", bound=Message)


class FieldViolation(NamedTuple):
    """An invalid field of the request."""

    field: str
    """Path of the field, such as `conversion_code.name`."""
    description: str
    """Description of the problem, for people."""


class Error(Exception):
    """The error of a failed call: the server's answer, or the failure to reach the server in time.

    `reason` is for programs. The text of the error is for people: the message, then in brackets the
    reason, or the code if there is no reason.
    """

    code: grpc.StatusCode
    """The gRPC code: the kind of failure."""
    message: str
    """One sentence for people; may be empty."""
    reason_text: str
    """The reason as the server sent it, such as `CODE_NOT_ON_LINK`.

    If the server sent none, it is `UNAVAILABLE` or `DEADLINE_EXCEEDED` if that is the code,
    otherwise empty.
    """
    metadata: Mapping[str, str]
    """The details of the reason by name."""
    field_violations: Sequence[FieldViolation]
    """The invalid fields of the request."""
    retry_after: timedelta | None
    """Delay before a retry, if the server asks for one."""
    postback_failure: v1.PostbackFailure | None
    """The outcome of a postback that does not count.

    If `RecordConversion` fails for a postback and there is no outcome, send the postback again.
    """

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        reason_text: str = "",
        metadata: Mapping[str, str] | None = None,
        field_violations: Sequence[FieldViolation] = (),
        retry_after: timedelta | None = None,
        postback_failure: v1.PostbackFailure | None = None,
    ) -> None:
        reason_text = reason_text or _REASON_OF_CODE.get(code, "")
        metadata = metadata or {}
        # Pass all arguments on, so that errors can be pickled.
        super().__init__(code, message, reason_text, metadata, field_violations, retry_after, postback_failure)
        self.code = code
        self.message = message
        self.reason_text = reason_text
        self.metadata = metadata
        self.field_violations = field_violations
        self.retry_after = retry_after
        self.postback_failure = postback_failure

    @property
    def reason(self) -> Reason:
        """The reason. Each value documents its cause and its cure.

        `Reason.UNKNOWN` if the server gave no reason, or a reason that is newer than this client:
        see `reason_text`.
        """
        try:
            return Reason(self.reason_text)
        except ValueError:
            return Reason.UNKNOWN

    def __str__(self) -> str:
        return f"{self.message} [{self.reason_text or self.code.name}]"

    @classmethod
    def from_status(cls, status: Status) -> "Error":
        """Returns the error with which a call with this status would have failed."""
        info = _detail(status, ErrorInfo) or ErrorInfo()
        ours = info.domain == _DOMAIN
        bad_request = _detail(status, BadRequest) or BadRequest()
        retry_info = _detail(status, RetryInfo) or RetryInfo()
        delay = min(retry_info.retry_delay.ToNanoseconds(), _DELAY_NANOSECONDS_MAX)
        return cls(
            _CODES.get(status.code, grpc.StatusCode.UNKNOWN),
            status.message,
            info.reason if ours else "",
            dict(info.metadata) if ours else {},
            tuple(FieldViolation(violation.field, violation.description) for violation in bad_request.field_violations),
            timedelta(microseconds=delay // 1_000) if delay > 0 else None,
            _detail(status, v1.PostbackFailure),
        )

    @classmethod
    def from_rpc_error(cls, failure: grpc.RpcError) -> "Error":
        """Converts gRPC's own error of a call."""
        status = Status()
        # The metadata consists of pairs, although the stubs' types say otherwise. It is None if
        # nothing came over the wire.
        metadata: Iterable[Any] = failure.trailing_metadata() or ()
        with contextlib.suppress(DecodeError):
            status = Status.FromString(dict(iter(metadata)).get(_DETAILS_KEY, b""))
        code, message = failure.code(), failure.details() or ""
        # Our server's errors have details. An error without details is gRPC's own, or an answer
        # that was cut off.
        if not status.details and code is grpc.StatusCode.UNKNOWN:
            code, message = grpc.StatusCode.UNAVAILABLE, f"the server could not be reached: {message}"
        elif not status.details and code is grpc.StatusCode.DEADLINE_EXCEEDED:
            message = "no answer within the timeout"
        status.code, status.message = code.value[0], message
        return cls.from_status(status)


def _detail(status: Status, kind: type[_Detail]) -> _Detail | None:
    """Returns the status's detail of that kind; `None` if there is none that can be read."""
    for packed in status.details:
        detail = kind()
        with contextlib.suppress(DecodeError):
            if packed.Unpack(detail):
                return detail
    return None


def unwrap(result: v1.RecordConversionResult) -> v1.RecordConversionResponse:
    """Returns the response for one item of a batch or stream, as if from `RecordConversion`.

    Raises `Error` if `RecordConversion` would have raised it.
    """
    if result.HasField("error"):
        raise Error.from_status(result.error)
    if not result.HasField("response"):
        raise Error(grpc.StatusCode.UNKNOWN, "the server gave no result that this client knows")
    return result.response
