"""The sending of calls, for both clients: API key, deadline, request id and retries. No I/O.

A call is safe to retry if it is idempotent, or if its request has a request id. The ids are filled
in before the first attempt, and every transient failure is retried as often as the policy allows
and within the call's time. Any other call is sent once: after a lost answer, only its caller knows
if it can be repeated. There is no retry budget across calls, and no hedging. A stream of items is
not sent again automatically; `_watch` opens a stream of events again.
"""

import asyncio
import copy
import dataclasses
import functools
import logging
import random
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import MethodOptions

from s2s_sdk import v1
from s2s_sdk.error import Error

# Maximum pause before the first retry. The maximum doubles with each retry.
_FIRST_PAUSE_SECONDS = 0.1
_PAUSE_SECONDS_MAX = 5.0
_DOUBLINGS_MAX = 6
_REQUEST_ID_BYTES = 16
_LOGGER = logging.getLogger("s2s_sdk")
_PASSING = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED)


@dataclass(frozen=True)
class CallDetails(grpc.ClientCallDetails):
    """The details that gRPC needs of a call, with or without asyncio."""

    method: Any
    timeout: float | None
    metadata: tuple[tuple[str, str | bytes], ...] = dataclasses.field(repr=False)
    credentials: grpc.CallCredentials | None
    wait_for_ready: bool | None
    compression: grpc.Compression | None


@dataclass(frozen=True)
class Policy:
    """The settings of all calls of a client."""

    authorization: tuple[tuple[str, str], ...] = dataclasses.field(repr=False)
    timeout: float
    """Time limit over all attempts and pauses of a call, in seconds."""
    retries: int
    """Maximum number of retries after the first attempt."""
    closed: threading.Event = dataclasses.field(default_factory=threading.Event, repr=False)
    """Set once a `Client` is closed, for streams that would go on."""
    closed_async: asyncio.Event = dataclasses.field(default_factory=asyncio.Event, repr=False)
    """The same for an `AsyncClient`."""

    def authorized(self, details: Any) -> CallDetails:
        """Returns the call with the API key."""
        return CallDetails(
            details.method,
            details.timeout,
            (*(details.metadata or ()), *self.authorization),
            details.credentials,
            details.wait_for_ready,
            # asyncio's details have no compression.
            getattr(details, "compression", None),
        )


class Attempts:
    """A call over all its attempts."""

    def __init__(self, policy: Policy, details: Any, request: Any) -> None:
        self.request = filled(request)
        self._call = call_name(details.method)
        self._details = policy.authorized(details)
        timeout: float = policy.timeout if details.timeout is None else details.timeout
        self._deadline = time.monotonic() + timeout
        self._retries_max = policy.retries if is_repeatable(self._call) else 0
        self._retries = 0
        self._last: Error | None = None

    def details(self) -> CallDetails:
        """Returns the details for the next attempt, with the remaining time as its timeout."""
        return dataclasses.replace(self._details, timeout=self._left())

    def pause_after(self, failure: grpc.RpcError) -> float:
        """Returns the pause before the next attempt, in seconds.

        Raises the call's `Error` if another attempt is useless.
        """
        error = Error.from_rpc_error(failure)
        asked = error.retry_after.total_seconds() if error.retry_after else 0.0
        pause = pause_seconds(self._retries, asked, random.random())  # noqa: S311
        if is_passing(error) and self._retries < self._retries_max and pause < self._left():
            self._retries += 1
            self._last = error
            reason = error.reason_text or error.code.name
            _LOGGER.info(
                "%s: attempt %d failed (%s), tried again in %.3f seconds", self._call, self._retries, reason, pause
            )
            return pause
        if error.code is grpc.StatusCode.DEADLINE_EXCEEDED and self._last:
            # The previous error says more than this error, which only says that no time is left.
            raise error from self._last
        raise error from failure

    def _left(self) -> float:
        return self._deadline - time.monotonic()


def is_passing(error: Error) -> bool:
    """Returns whether the failure is transient, so that the same call may succeed soon."""
    return error.code in _PASSING


def call_name(method: str | bytes) -> str:
    """Returns the full name of a gRPC path, such as `s2s.v1.ClickService.GetClick`."""
    path = method.decode() if isinstance(method, bytes) else method
    return path.lstrip("/").replace("/", ".")


@functools.cache
def is_repeatable(call: str) -> bool:
    """Returns whether a call can be sent again when the outcome of an attempt is unknown."""
    found = descriptor_pool.Default().FindMethodByName(call)
    idempotency = found.GetOptions().idempotency_level
    return idempotency != MethodOptions.IDEMPOTENCY_UNKNOWN or "request_id" in found.input_type.fields_by_name


def pause_seconds(retries: int, asked: float, random: float) -> float:
    """Returns the pause before the next attempt, in seconds.

    The pause is the time that the server `asked` for plus a random time, which keeps clients that
    failed together from coming back together. `random` is a number from 0 to 1.
    """
    doubled = _FIRST_PAUSE_SECONDS * (1 << min(retries, _DOUBLINGS_MAX))
    half = min(doubled, _PAUSE_SECONDS_MAX) / 2
    return asked + half + half * random


def filled(request: Any) -> Any:
    """Returns a copy of the request with the ids that make it safe to repeat.

    The original is not changed, because sending the same message again must be another call.
    """
    request = copy.deepcopy(request)
    if isinstance(request, v1.RecordClickRequest):
        _fill_click(request)
    elif isinstance(request, v1.BatchRecordConversionsRequest):
        for item in request.requests:
            _fill(item)
    else:
        _fill(request)
    return request


def _fill(request: Any) -> None:
    if "request_id" in request.DESCRIPTOR.fields_by_name and not request.request_id:
        request.request_id = secrets.token_hex(_REQUEST_ID_BYTES)


def _fill_click(request: v1.RecordClickRequest) -> None:
    """Fills in request id and click time, which together determine the click id.

    A request with a click id needs neither. A caller who sets the request id must set the click
    time, too: the server refuses a request id without a time, because its repetition would be
    another click.
    """
    if not request.click_id and not request.request_id:
        _fill(request)
        if not request.HasField("click_time"):
            request.click_time.GetCurrentTime()
