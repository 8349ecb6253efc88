"""Lists that fetch their pages automatically."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import grpc


class _Request(Protocol):
    page_token: str


class _Page(Protocol):
    next_page_token: str


_RequestT = TypeVar("_RequestT", bound=_Request)
_PageT = TypeVar("_PageT", bound=_Page)
_Item = TypeVar("_Item")


def all_items(
    call: grpc.UnaryUnaryMultiCallable[_RequestT, _PageT],
    request: _RequestT,
    items: Callable[[_PageT], Iterable[_Item]],
    *,
    timeout: float | None,
) -> Iterator[_Item]:
    """Yields the items of all pages of a list call. `items` takes the items out of a page.

    Each page is fetched when it is reached, with its own timeout and retries.
    """
    while True:
        page = call(request, timeout=timeout)
        yield from items(page)
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


async def all_items_async(
    call: grpc.aio.UnaryUnaryMultiCallable[_RequestT, _PageT],
    request: _RequestT,
    items: Callable[[_PageT], Iterable[_Item]],
    *,
    timeout: float | None,
) -> AsyncIterator[_Item]:
    """`all_items` for the calls of an `AsyncClient`."""
    while True:
        page = await call(request, timeout=timeout)
        for item in items(page):
            yield item
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token
