"""Tests of errors made from a status."""

import pickle
from datetime import timedelta

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo

from s2s_sdk import Error, Reason, v1
from tests.fake import Failure, info, status

Code = grpc.StatusCode


class Raw(grpc.RpcError):
    """gRPC's own error of a failed call."""

    def __init__(self, code: grpc.StatusCode, details: bytes | None = None) -> None:
        self._code, self._details = code, details

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return "m"

    def trailing_metadata(self) -> tuple[tuple[str, str | bytes], ...] | None:  # type: ignore[override]
        return None if self._details is None else (("grpc-status-details-bin", self._details), ("x", "y"))


def detailed(code: grpc.StatusCode, reason: str, domain: str = "s2s.v1") -> Raw:
    return Raw(code, status(Failure(code, "m", (info(reason, domain),))).SerializeToString())


@pytest.mark.parametrize(
    ("failure", "code", "reason", "text"),
    [
        (
            detailed(Code.FAILED_PRECONDITION, "ATTRIBUTION_WINDOW_PASSED"),
            Code.FAILED_PRECONDITION,
            Reason.ATTRIBUTION_WINDOW_PASSED,
            "m [ATTRIBUTION_WINDOW_PASSED]",
        ),
        (
            detailed(Code.UNAVAILABLE, "INTERNAL"),
            Code.UNAVAILABLE,
            Reason.INTERNAL,
            "m [INTERNAL]",
        ),
        (detailed(Code.ABORTED, "NEWER"), Code.ABORTED, Reason.UNKNOWN, "m [NEWER]"),
        (
            detailed(Code.ABORTED, "ATTRIBUTION_WINDOW_PASSED", "proxy.example"),
            Code.ABORTED,
            Reason.UNKNOWN,
            "m [ABORTED]",
        ),
        (Raw(Code.NOT_FOUND), Code.NOT_FOUND, Reason.UNKNOWN, "m [NOT_FOUND]"),
        (Raw(Code.NOT_FOUND, b"not details"), Code.NOT_FOUND, Reason.UNKNOWN, "m [NOT_FOUND]"),
        (Raw(Code.UNAVAILABLE), Code.UNAVAILABLE, Reason.UNAVAILABLE, "m [UNAVAILABLE]"),
        (
            Raw(Code.DEADLINE_EXCEEDED),
            Code.DEADLINE_EXCEEDED,
            Reason.DEADLINE_EXCEEDED,
            "no answer within the timeout [DEADLINE_EXCEEDED]",
        ),
        (
            detailed(Code.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"),
            Code.DEADLINE_EXCEEDED,
            Reason.DEADLINE_EXCEEDED,
            "m [DEADLINE_EXCEEDED]",
        ),
        (
            Raw(Code.UNKNOWN),
            Code.UNAVAILABLE,
            Reason.UNAVAILABLE,
            "the server could not be reached: m [UNAVAILABLE]",
        ),
    ],
)
def test_reasons_are_read_from_what_the_server_says(
    failure: Raw, code: grpc.StatusCode, reason: Reason, text: str
) -> None:
    error = Error.from_rpc_error(failure)
    assert (error.code, error.reason, str(error)) == (code, reason, text)


@pytest.mark.parametrize(("seconds", "days"), [(-1, None), (0, None), (86_400, 1), (2**62, 1)])
def test_pauses_that_nobody_means_are_cut(seconds: int, days: int | None) -> None:
    delay = RetryInfo(retry_delay=Duration(seconds=seconds))
    error = Error.from_status(status(Failure(Code.UNAVAILABLE, "", (delay,))))
    assert error.retry_after == (timedelta(days=days) if days else None)


def test_details_that_are_broken_are_left_out() -> None:
    broken = status(
        Failure(Code.NOT_FOUND, "m", (info("ATTRIBUTION_WINDOW_PASSED"), info("ATTRIBUTION_WINDOW_PASSED")))
    )
    broken.details[0].value = b"\xff"
    assert Error.from_status(broken).reason == Reason.ATTRIBUTION_WINDOW_PASSED
    del broken.details[1]
    assert str(Error.from_status(broken)) == "m [NOT_FOUND]"


def test_the_outcome_of_a_postback_is_read() -> None:
    failure = v1.PostbackFailure(verdict=v1.PostbackVerdict.POSTBACK_VERDICT_HELD, postback_id="pb_1")
    answer = status(Failure(Code.NOT_FOUND, "m", (info("CONVERSION_CODE_UNKNOWN"), failure)))
    error = Error.from_status(answer)
    assert error.postback_failure == failure
    assert pickle.loads(pickle.dumps(error)).postback_failure == failure  # noqa: S301
    answer.details[1].value = b"\xff"
    assert Error.from_status(answer).postback_failure is None


def test_every_reason_is_known_by_its_text_and_number() -> None:
    for name, number in v1.ErrorReason.items():
        text = name.removeprefix("ERROR_REASON_")
        error = Error.from_rpc_error(detailed(Code.ABORTED, text))
        assert error.reason is Reason.of(number)
        if number == v1.ErrorReason.ERROR_REASON_UNSPECIFIED:
            assert error.reason is Reason.UNKNOWN
        else:
            assert (error.reason, str(error.reason)) == (text, text)
            assert "Cause: " in (error.reason.__doc__ or "")
            assert "Cure: " in (error.reason.__doc__ or "")
    assert len(Reason) == len(v1.ErrorReason.items())


@pytest.mark.parametrize(("number", "reason"), [(0, Reason.UNKNOWN), (99_999, Reason.UNKNOWN)])
def test_reasons_that_are_newer_are_unknown(number: v1.ErrorReason.ValueType, reason: Reason) -> None:
    assert Reason.of(number) is reason
    assert pickle.loads(pickle.dumps(reason)) is reason  # noqa: S301


def test_errors_go_to_other_processes() -> None:
    error = Error.from_rpc_error(detailed(Code.ABORTED, "ATTRIBUTION_WINDOW_PASSED"))
    copied = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert vars(copied) == vars(error)
    assert str(copied) == str(error)
