"""The client for programs without asyncio."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from types import TracebackType
from typing import Any

import grpc

from s2s_sdk._base import Base
from s2s_sdk._calls import Attempts, CallDetails, Policy
from s2s_sdk._gen.services import Services, Stubs
from s2s_sdk.error import Error


class Client(Base, Services):
    """A client of one server; threads may share it.

    Calls are retried after a transient failure (the server can't be reached, is stopping or
    overloaded), with growing pauses and within the timeout. Retries never count anything twice: a
    request that needs a request id and has none gets a random one before the first attempt. To
    repeat a call yourself after an error, give the call a request id of your own, and a click also
    a click time. A conversion with a transaction id needs no request id. A call that can't be
    repeated safely, such as `api_keys.rotate`, is sent once.

    A call that fails raises `Error`. `stubs` has the calls with whole messages; a call started with
    its stub's `future` can be cancelled. A cancelled call may or may not have taken effect.
    """

    def close(self) -> None:
        """Closes the connection and ends all calls."""
        self._policy.closed.set()
        self._channel.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _add_services(self, channel: Any, policy: Policy) -> None:
        Services.__init__(self, Stubs(channel), policy)

    def _open(
        self, target: str, credentials: grpc.ChannelCredentials | None, options: Any, policy: Policy
    ) -> grpc.Channel:
        if credentials is None:
            channel = grpc.insecure_channel(target, options)
        else:
            channel = grpc.secure_channel(target, credentials, options)
        return grpc.intercept_channel(channel, _Interceptor(policy, channel))


class _Interceptor(
    grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor, grpc.StreamStreamClientInterceptor
):
    def __init__(self, policy: Policy, channel: grpc.Channel) -> None:
        self._policy = policy
        self._channel = channel

    def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        attempts = Attempts(self._policy, client_call_details, request)
        return _Call(attempts, self._channel, lambda details: continuation(details, attempts.request))

    def intercept_unary_stream(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return _Responses(continuation(self._policy.authorized(client_call_details), request))

    def intercept_stream_stream(self, continuation: Any, client_call_details: Any, request_iterator: Any) -> Any:
        return _Responses(continuation(self._policy.authorized(client_call_details), request_iterator))


class _Call(Future[Any]):
    """A call over all its attempts, either blocking or as a future.

    A blocking attempt is over when `send` returns. An attempt that is a future calls back when it
    is over. So only the caller waits for an attempt, and only a pause needs a separate thread.
    Members that a future lacks, such as `code()`, are those of the last attempt.
    """

    def __init__(self, attempts: Attempts, channel: grpc.Channel, send: Callable[[CallDetails], Any]) -> None:
        super().__init__()
        self._attempts = attempts
        self._channel = channel
        self._send = send
        self._start()

    def cancel(self) -> bool:
        try:
            self.set_exception(Error(grpc.StatusCode.CANCELLED, "the call was cancelled"))
        except InvalidStateError:
            return False
        self._attempt.cancel()
        return True

    def cancelled(self) -> bool:
        error = self.exception() if self.done() else None
        return isinstance(error, Error) and error.code is grpc.StatusCode.CANCELLED

    def __getattr__(self, name: str) -> Any:
        return getattr(self._attempt, name)

    def _start(self) -> None:
        self._attempt = self._send(self._attempts.details())
        self._attempt.add_done_callback(self._finish)
        if self.done():
            # The call was cancelled in the meantime.
            self._attempt.cancel()

    def _finish(self, attempt: Any) -> None:
        # A cancelled call has its result already.
        with contextlib.suppress(InvalidStateError):
            try:
                self.set_result(attempt.result())
            except grpc.RpcError as failure:
                self._start_after(failure)
            except Exception as error:
                self.set_exception(error)

    def _start_after(self, failure: grpc.RpcError) -> None:
        try:
            pause = threading.Timer(self._attempts.pause_after(failure), self._restart)
            # Without a call in progress, only a subscriber makes gRPC notice a reopened connection.
            self._channel.subscribe(self._ignore, try_to_connect=True)
            pause.daemon = True
            pause.start()
        except Exception as error:
            self.set_exception(error)

    def _restart(self) -> None:
        self._channel.unsubscribe(self._ignore)
        if self.done():
            return
        try:
            self._start()
        except Exception as error:
            # Report the error, for example that the client was closed: nobody would catch it in
            # this thread.
            with contextlib.suppress(InvalidStateError):
                self.set_exception(error)

    def _ignore(self, connectivity: grpc.ChannelConnectivity) -> None:
        pass


class _Responses:
    """The responses of a stream, with gRPC's errors converted to `Error`.

    All other members are those of gRPC's call.
    """

    def __init__(self, call: Any) -> None:
        self._call = call

    def __iter__(self) -> "_Responses":
        return self

    def __next__(self) -> Any:
        try:
            return next(self._call)
        except grpc.RpcError as failure:
            raise Error.from_rpc_error(failure) from failure

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)
