"""The client for programs with asyncio."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Any

import grpc

from s2s_sdk._base import Base
from s2s_sdk._calls import Attempts, Policy
from s2s_sdk._gen.services import AsyncServices, AsyncStubs
from s2s_sdk.error import Error


class AsyncClient(Base, AsyncServices):
    """`Client` for asyncio: the same calls, but awaited.

    The client belongs to the event loop that is running when the client is made. Without a running
    loop, making the client raises `RuntimeError`. Cancelling a task cancels its call; a cancelled
    call may or may not have taken effect.
    """

    async def close(self) -> None:
        """Closes the connection and ends all calls."""
        self._policy.closed_async.set()
        await self._channel.close()

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def _add_services(self, channel: Any, policy: Policy) -> None:
        AsyncServices.__init__(self, AsyncStubs(channel), policy)

    def _open(
        self, target: str, credentials: grpc.ChannelCredentials | None, options: Any, policy: Policy
    ) -> grpc.aio.Channel:
        # Fail without a running loop; gRPC would bind the channel to a loop of its own choice.
        asyncio.get_running_loop()
        # One interceptor for each kind of call: if a class is for several kinds, gRPC uses it only
        # for the first kind.
        interceptors = (_UnaryInterceptor(policy), _WatchInterceptor(policy), _StreamInterceptor(policy))
        if credentials is None:
            return grpc.aio.insecure_channel(target, options, interceptors=interceptors)
        return grpc.aio.secure_channel(target, credentials, options, interceptors=interceptors)


class _UnaryInterceptor(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        attempts = Attempts(self._policy, client_call_details, request)
        while True:
            call = await continuation(attempts.details(), attempts.request)
            try:
                await call
                return call
            except grpc.RpcError as failure:
                try:
                    pause = attempts.pause_after(failure)
                except Error as error:
                    return _FailedCall(call, error)
            await asyncio.sleep(pause)


@grpc.aio.UnaryUnaryCall.register
class _FailedCall:
    """A call that raises the SDK's `Error` when it is awaited.

    All other members are those of the last attempt.

    If the interceptor raised the error itself, gRPC would print the error when it drops the call.
    """

    def __init__(self, call: Any, error: Error) -> None:
        self._call = call
        self._error = error

    def __await__(self) -> Iterator[Any]:
        raise self._error
        yield

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)


class _WatchInterceptor(grpc.aio.UnaryStreamClientInterceptor):
    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def intercept_unary_stream(
        self, continuation: Any, client_call_details: Any, request: Any
    ) -> AsyncIterator[Any]:
        return _responses(await continuation(self._policy.authorized(client_call_details), request))


class _StreamInterceptor(grpc.aio.StreamStreamClientInterceptor):
    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def intercept_stream_stream(
        self, continuation: Any, client_call_details: Any, request_iterator: Any
    ) -> AsyncIterator[Any]:
        return _responses(await continuation(self._policy.authorized(client_call_details), request_iterator))


async def _responses(call: Any) -> AsyncIterator[Any]:
    """Yields the responses of a stream. Converts gRPC's errors to `Error`."""
    try:
        async for response in call:
            yield response
    except grpc.RpcError as failure:
        raise Error.from_rpc_error(failure) from failure
