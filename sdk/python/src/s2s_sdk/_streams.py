"""Streams of items, with one result for each item."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Generic, TypeVar

from s2s_sdk.error import Error

if TYPE_CHECKING:
    import grpc

_Item = TypeVar("_Item")
_RequestT = TypeVar("_RequestT")
_ResponseT = TypeVar("_ResponseT")
_Result = TypeVar("_Result")


class _Requests(Generic[_Item, _RequestT]):
    """The requests of a stream.

    gRPC hides an error that is raised while it takes a request, so the error is kept here.
    """

    def __init__(self, wrap: Callable[[_Item], _RequestT]) -> None:
        self._wrap = wrap
        self.error: Exception | None = None

    def of(self, items: Iterable[_Item]) -> Iterator[_RequestT]:
        try:
            for item in items:
                yield self._wrap(item)
        except Exception as error:
            self.error = error
            raise

    async def of_async(self, items: Iterable[_Item] | AsyncIterable[_Item]) -> AsyncIterator[_RequestT]:
        try:
            if isinstance(items, AsyncIterable):
                async for item in items:
                    yield self._wrap(item)
            else:
                for item in items:
                    yield self._wrap(item)
        except Exception as error:
            self.error = error
            raise


def results(
    call: grpc.StreamStreamMultiCallable[_RequestT, _ResponseT],
    items: Iterable[_Item],
    wrap: Callable[[_Item], _RequestT],
    unwrap: Callable[[_ResponseT], _Result],
    *,
    timeout: float | None,
) -> Iterator[_Result]:
    """Sends the items and yields their results. If the iteration ends early, cancels the call."""
    requests = _Requests(wrap)
    responses = call(requests.of(items), timeout=timeout)
    try:
        for response in responses:
            yield unwrap(response)
    except Error:
        if requests.error:
            raise requests.error from None
        raise
    finally:
        responses.cancel()


async def results_async(
    call: grpc.aio.StreamStreamMultiCallable[_RequestT, _ResponseT],
    items: Iterable[_Item] | AsyncIterable[_Item],
    wrap: Callable[[_Item], _RequestT],
    unwrap: Callable[[_ResponseT], _Result],
    *,
    timeout: float | None,
) -> AsyncIterator[_Result]:
    """`results` for the calls of an `AsyncClient`."""
    requests = _Requests(wrap)
    responses = call(requests.of_async(items), timeout=timeout)
    try:
        async for response in responses:
            yield unwrap(response)
    except (Error, asyncio.CancelledError):
        # gRPC cancels a call whose requests fail.
        if requests.error:
            raise requests.error from None
        raise
    finally:
        responses.cancel()
