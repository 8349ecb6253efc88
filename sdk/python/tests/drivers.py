"""One interface to both clients, so that each test is written once and run with both."""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Generator
from typing import Any, TypeVar

import grpc

from s2s_sdk import AsyncClient, Client, Error
from tests.arguments import member

T = TypeVar("T")


def stub(client: Client | AsyncClient, path: str) -> Any:
    """Returns the client's stub for a name such as `ConversionService/RecordConversion`."""
    service, _, name = path.partition("/")
    return getattr(getattr(client.stubs, member(service)), name)


def method(client: Client | AsyncClient, name: str) -> Any:
    """Returns the client's method for a name such as `conversions.record`."""
    service, _, call = name.partition(".")
    return getattr(getattr(client, service), call)


class SyncDriver:
    def __init__(self, endpoint: str | None, api_key: str | None = None, **settings: Any) -> None:
        self.client = Client(endpoint=endpoint, api_key=api_key, **settings)

    def call(self, path: str, request: Any, timeout: float | None = None, cancel_after: float | None = None) -> Any:
        """Makes a call with a whole message."""
        if cancel_after is None:
            return stub(self.client, path)(request, timeout=timeout)
        future = stub(self.client, path).future(request, timeout=timeout)
        threading.Timer(cancel_after, future.cancel).start()
        return future.result()

    def use(self, name: str, /, **arguments: Any) -> Any:
        """Calls a method that has one answer."""
        return method(self.client, name)(**arguments)

    def walk(self, name: str, /, **arguments: Any) -> Generator[Any, None, None]:
        """Calls a method that yields items."""
        items: Generator[Any, None, None] = method(self.client, name)(**arguments)
        return items

    def close(self) -> None:
        self.client.close()


class AsyncDriver:
    def __init__(self, endpoint: str | None, api_key: str | None = None, **settings: Any) -> None:
        self._loop = asyncio.new_event_loop()

        async def make() -> AsyncClient:
            return AsyncClient(endpoint=endpoint, api_key=api_key, **settings)

        try:
            self.client = self._run(make())
        except ValueError:
            self._loop.close()
            raise

    def call(self, path: str, request: Any, timeout: float | None = None, cancel_after: float | None = None) -> Any:
        async def call() -> Any:
            return await stub(self.client, path)(request, timeout=timeout)

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

    def use(self, name: str, /, **arguments: Any) -> Any:
        async def call() -> Any:
            return await method(self.client, name)(**arguments)

        return self._run(call())

    def walk(self, name: str, /, **arguments: Any) -> Generator[Any, None, None]:
        answers: AsyncIterator[Any] = method(self.client, name)(**arguments)

        async def following() -> tuple[Any, ...]:
            return (await anext(answers),)

        try:
            while True:
                try:
                    (item,) = self._run(following())
                except StopAsyncIteration:
                    return
                yield item
        finally:
            # A stream that is left early is cancelled.
            if isinstance(answers, AsyncGenerator):
                self._run(answers.aclose())

    def close(self) -> None:
        self._run(self.client.close())
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)


Driver = SyncDriver | AsyncDriver
DRIVERS: dict[str, type[SyncDriver] | type[AsyncDriver]] = {"sync": SyncDriver, "asyncio": AsyncDriver}
