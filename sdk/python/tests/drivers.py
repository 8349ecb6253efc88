"""One interface to both clients, so that each test is written once and run with both."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from typing import Any, TypeVar

import grpc

from s2s_sdk import AsyncClient, Client, Error, list_all, list_all_async

T = TypeVar("T")

SERVICES = {
    "AccountService": "accounts",
    "ApiKeyService": "api_keys",
    "ClickService": "clicks",
    "ConversionCodeService": "conversion_codes",
    "ConversionService": "conversions",
    "PostbackService": "postbacks",
    "PresetService": "presets",
    "TrackingLinkService": "tracking_links",
}


def method(client: Client | AsyncClient, path: str) -> Any:
    """Returns the client's method for a name such as `ConversionService/RecordConversion`."""
    service, _, name = path.partition("/")
    return getattr(getattr(client, SERVICES[service]), name)


class SyncDriver:
    def __init__(self, endpoint: str, api_key: str | None = None, **settings: Any) -> None:
        self.client = Client(endpoint, api_key, **settings)

    def call(self, path: str, request: Any, timeout: float | None = None, cancel_after: float | None = None) -> Any:
        if cancel_after is None:
            return method(self.client, path)(request, timeout=timeout)
        future = method(self.client, path).future(request, timeout=timeout)
        threading.Timer(cancel_after, future.cancel).start()
        return future.result()

    def list_all(self, path: str, request: Any, items: Callable[[Any], Iterable[T]]) -> Iterator[T]:
        return list_all(method(self.client, path), request, items)

    def stream(self, path: str, requests: list[Any]) -> list[Any]:
        return list(method(self.client, path)(iter(requests)))

    def close(self) -> None:
        self.client.close()


class AsyncDriver:
    def __init__(self, endpoint: str, api_key: str | None = None, **settings: Any) -> None:
        self._loop = asyncio.new_event_loop()

        async def make() -> AsyncClient:
            return AsyncClient(endpoint, api_key, **settings)

        try:
            self.client = self._run(make())
        except ValueError:
            self._loop.close()
            raise

    def call(self, path: str, request: Any, timeout: float | None = None, cancel_after: float | None = None) -> Any:
        async def call() -> Any:
            return await method(self.client, path)(request, timeout=timeout)

        if cancel_after is None:
            return self._run(call())
        task = self._loop.create_task(call())
        self._loop.call_later(cancel_after, task.cancel)
        try:
            return self._loop.run_until_complete(task)
        except asyncio.CancelledError:
            # The SDK passes asyncio's own error on, because a cancelled task might not end if the
            # SDK replaced that error.
            raise Error(grpc.StatusCode.CANCELLED, "the task was cancelled") from None

    def list_all(self, path: str, request: Any, items: Callable[[Any], Iterable[T]]) -> Iterator[T]:
        answers = list_all_async(method(self.client, path), request, items)

        async def following(answers: AsyncIterator[T]) -> tuple[T, ...]:
            return (await anext(answers),)

        while True:
            try:
                (item,) = self._run(following(answers))
            except StopAsyncIteration:
                return
            yield item

    def stream(self, path: str, requests: list[Any]) -> list[Any]:
        async def stream() -> list[Any]:
            return [response async for response in method(self.client, path)(iter(requests))]

        return self._run(stream())

    def close(self) -> None:
        self._run(self.client.close())
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)


Driver = SyncDriver | AsyncDriver
DRIVERS: dict[str, type[SyncDriver] | type[AsyncDriver]] = {"sync": SyncDriver, "asyncio": AsyncDriver}
