"""Streams of events that go on by themselves after a failure."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import threading
import time
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import grpc

from s2s_sdk._calls import is_passing, pause_seconds
from s2s_sdk.error import Error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator

    from s2s_sdk._calls import Policy

# Longest silence of a stream. The server sends a heartbeat every 15 seconds, so after a longer
# silence the connection is dead.
SILENCE_SECONDS_MAX = 45.0
_LOGGER = logging.getLogger("s2s_sdk")


class _Request(Protocol):
    resume_token: str


class _Message(Protocol):
    @property
    def resume_token(self) -> str: ...


_T = TypeVar("_T")
_RequestT = TypeVar("_RequestT", bound=_Request)
_MessageT = TypeVar("_MessageT", bound=_Message)


class _Progress(Generic[_RequestT]):
    """A stream over all its openings. No I/O."""

    def __init__(self, name: str, policy: Policy, request: _RequestT, timeout: float | None) -> None:
        self.request = request
        self._name = name
        self._retries_max = policy.retries
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._has_begun = False
        # Number of messages since the stream was opened last.
        self._messages = 0
        # Number of failures in a row.
        self._failures = 0

    def left(self) -> float | None:
        """Returns the remaining time of the whole stream in seconds; None: it has no limit."""
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    def received(self, message: _Message) -> None:
        self.request.resume_token = message.resume_token
        self._has_begun = True
        self._messages += 1
        # A stream that fails after its first heartbeat has failed again.
        if self._messages > 1:
            self._failures = 0

    def not_opened(self) -> Error:
        """Returns the error of an opening that took too long.

        Once the stream has begun, a server that does not answer is one more failure that may pass.
        """
        code = grpc.StatusCode.UNAVAILABLE if self._has_begun else grpc.StatusCode.DEADLINE_EXCEEDED
        return Error(code, "the stream was not opened within the timeout")

    def pause_after(self, error: Error) -> float:
        """Returns the pause before the stream is opened again, in seconds.

        Raises the error if it ends the stream. Before the first message, a stream is opened at most
        as often as any other call.
        """
        self._messages = 0
        if not is_passing(error) or (not self._has_begun and self._failures >= self._retries_max):
            raise error
        asked = error.retry_after.total_seconds() if error.retry_after else 0.0
        pause = pause_seconds(self._failures, asked, random.random())  # noqa: S311
        self._failures += 1
        reason = error.reason_text or error.code.name
        _LOGGER.info("%s: failed (%s), opened again in %.3f seconds", self._name, reason, pause)
        left = self.left()
        return pause if left is None else min(pause, left)


class _Watchdog:
    """Cancels a call whose next message does not come in time."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self._changed = threading.Condition()
        self._deadline: float | None = None
        self._has_ended = False
        self.has_bitten = False
        threading.Thread(target=self._run, name="s2s-watch", daemon=True).start()

    def wait(self, seconds: float | None) -> None:
        """Cancels the call in this time, unless it is called again before; None: never."""
        with self._changed:
            self._deadline = None if seconds is None else time.monotonic() + seconds
            # Without a deadline, the thread may sleep until the deadline that it knows.
            if seconds is not None:
                self._changed.notify()

    def end(self) -> None:
        with self._changed:
            self._has_ended = True
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._has_ended and not self.has_bitten:
                left = None if self._deadline is None else self._deadline - time.monotonic()
                if left is not None and left <= 0:
                    self.has_bitten = True
                else:
                    self._changed.wait(left)
        if self.has_bitten:
            self._call.cancel()


def watch(
    call: grpc.UnaryStreamMultiCallable[_RequestT, _MessageT],
    request: _RequestT,
    name: str,
    policy: Policy,
    *,
    timeout: float | None,
) -> Iterator[_MessageT]:
    """Yields the messages of a stream, which is opened again after each failure that may pass.

    If the iteration ends early, cancels the call.
    """
    progress = _Progress(name, policy, request, timeout)
    while True:
        try:
            with contextlib.closing(_listen(call, progress, policy.timeout)) as messages:
                for message in messages:
                    progress.received(message)
                    yield message
        except Error as error:
            pause = progress.pause_after(error)
        if policy.closed.wait(pause):
            raise _closed()


def _listen(
    call: grpc.UnaryStreamMultiCallable[_RequestT, _MessageT], progress: _Progress[_RequestT], limit: float
) -> Generator[_MessageT, None, None]:
    """Opens the stream once and yields its messages. Always ends with an `Error`."""
    responses = call(progress.request, timeout=progress.left())
    watchdog = _Watchdog(responses)
    try:
        watchdog.wait(limit)
        # A cancelled call has metadata, too.
        responses.initial_metadata()
        if watchdog.has_bitten:
            raise progress.not_opened()
        while True:
            watchdog.wait(SILENCE_SECONDS_MAX)
            message = next(responses, None)
            watchdog.wait(None)
            if message is None:
                raise _ended()
            yield message
    except Error as error:
        if watchdog.has_bitten and error.code is grpc.StatusCode.CANCELLED:
            raise _silent() from None
        raise
    finally:
        watchdog.end()
        responses.cancel()


async def watch_async(
    call: grpc.aio.UnaryStreamMultiCallable[_RequestT, _MessageT],
    request: _RequestT,
    name: str,
    policy: Policy,
    *,
    timeout: float | None,
) -> AsyncIterator[_MessageT]:
    """`watch` for the calls of an `AsyncClient`."""
    progress = _Progress(name, policy, request, timeout)
    closed = policy.closed_async
    while True:
        responses = call(progress.request, timeout=progress.left())
        messages = aiter(responses)
        try:
            await _in_time(responses.initial_metadata(), policy.timeout, progress.not_opened, closed)
            while (message := await _in_time(_next(messages), SILENCE_SECONDS_MAX, _silent, closed)) is not None:
                progress.received(message)
                yield message
            raise _ended()
        except Error as error:
            pause = progress.pause_after(error)
        finally:
            responses.cancel()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(closed.wait(), pause)
            raise _closed()


async def _next(messages: AsyncIterator[_T]) -> _T | None:
    return await anext(messages, None)


async def _in_time(
    work: Coroutine[Any, Any, _T], seconds: float, late: Callable[[], Error], closed: asyncio.Event
) -> _T:
    """Returns the result of the work, unless it takes too long or the client is closed.

    gRPC does not end a stream whose channel is closed.
    """
    tasks = asyncio.create_task(work), asyncio.create_task(closed.wait())
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if closed.is_set():
            raise _closed()
        if not tasks[0].done():
            raise late()
        return tasks[0].result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _silent() -> Error:
    return Error(grpc.StatusCode.UNAVAILABLE, "the stream is silent")


def _closed() -> Error:
    return Error(grpc.StatusCode.CANCELLED, "the client was closed")


def _ended() -> Error:
    # A server that ends a stream without an error is stopping, or stands behind a proxy.
    return Error(grpc.StatusCode.UNAVAILABLE, "the stream has ended")
