"""Lists that fetch their pages automatically."""

import copy
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Protocol, TypeVar

import grpc


class _Request(Protocol):
    page_token: str


class _Page(Protocol):
    next_page_token: str


_RequestT = TypeVar("_RequestT", bound=_Request)
_PageT = TypeVar("_PageT", bound=_Page)
_Item = TypeVar("_Item")


def list_all(
    call: "grpc.UnaryUnaryMultiCallable[_RequestT, _PageT]",
    request: _RequestT,
    items: Callable[[_PageT], Iterable[_Item]],
    *,
    timeout: float | None = None,
) -> Iterator[_Item]:
    """Yields the items of all pages of a list call, from the request's `page_token` on.

    `items` takes the items out of a page. Each page is fetched when it is reached, with its own
    timeout and retries. Example:
    `list_all(client.conversions.ListConversions, request, lambda page: page.conversions)`.
    """
    request = copy.deepcopy(request)
    while True:
        page = call(request, timeout=timeout)
        yield from items(page)
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


async def list_all_async(
    call: "grpc.aio.UnaryUnaryMultiCallable[_RequestT, _PageT]",
    request: _RequestT,
    items: Callable[[_PageT], Iterable[_Item]],
    *,
    timeout: float | None = None,
) -> AsyncIterator[_Item]:
    """`list_all` for the calls of an `AsyncClient`."""
    request = copy.deepcopy(request)
    while True:
        page = await call(request, timeout=timeout)
        for item in items(page):
            yield item
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token
