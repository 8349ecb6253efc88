"""A server that answers by script, for tests that need failures.

The journey tests the rest on the real server.
"""

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf import descriptor_pool
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from s2s_sdk import v1

# Maximum number of calls in progress at once.
THREADS = 8


@dataclass(frozen=True)
class Failure:
    """An answer that is a failure with these details."""

    code: grpc.StatusCode
    message: str = ""
    details: tuple[Message, ...] = ()


class Never:
    """No answer until the client gives up."""


@dataclass(frozen=True)
class Turn:
    """The messages of one stream, by their resume tokens, and its end; None: no error."""

    tokens: str = ""
    end: Failure | Never | None = None
    is_opened: bool = True


UNAVAILABLE = Failure(grpc.StatusCode.UNAVAILABLE, "the server is stopping")


def info(reason: str, domain: str = "s2s.v1", **metadata: str) -> ErrorInfo:
    return ErrorInfo(reason=reason, domain=domain, metadata=metadata)


def status(failure: Failure) -> Status:
    details = [AnyMessage() for _ in failure.details]
    for packed, detail in zip(details, failure.details, strict=True):
        packed.Pack(detail)
    return Status(code=failure.code.value[0], message=failure.message, details=details)


@dataclass
class Fake:
    """A server with a script: an answer for each attempt, then `always` or success.

    Keeps the requests.
    """

    script: deque[Failure | Never] = field(default_factory=deque)
    always: Failure | None = None
    turns: deque[Turn] = field(default_factory=deque)
    requests: list[Any] = field(default_factory=list)
    metadata: list[dict[str, Any]] = field(default_factory=list)
    seconds_left: list[float] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)
    _server: grpc.Server | None = None

    def start(self, credentials: grpc.ServerCredentials | None = None, port: int = 0) -> int:
        """Starts the server and returns its port."""
        handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
            "RecordConversion": grpc.unary_unary_rpc_method_handler(
                self._record, v1.RecordConversionRequest.FromString, serialize
            ),
            "BatchRecordConversions": grpc.unary_unary_rpc_method_handler(
                self._batch, v1.BatchRecordConversionsRequest.FromString, serialize
            ),
            "ListConversions": grpc.unary_unary_rpc_method_handler(
                self._list, v1.ListConversionsRequest.FromString, serialize
            ),
            "StreamRecordConversions": grpc.stream_stream_rpc_method_handler(
                self._stream, v1.StreamRecordConversionsRequest.FromString, serialize
            ),
            "WatchConversions": grpc.unary_stream_rpc_method_handler(
                self._watch, v1.WatchConversionsRequest.FromString, serialize
            ),
        }
        server = self._server = grpc.server(ThreadPoolExecutor(THREADS))
        own = grpc.method_handlers_generic_handler("s2s.v1.ConversionService", handlers)
        server.add_generic_rpc_handlers((own, Others(self)))
        address = f"localhost:{port}"
        if credentials is None:
            port = server.add_insecure_port(address)
        else:
            port = server.add_secure_port(address, credentials)
        server.start()
        return port

    def stop(self) -> None:
        if self._server:
            self._server.stop(None).wait()

    @property
    def request_ids(self) -> list[str]:
        return [request.request_id for request in self.requests]

    def _answer(self, context: Any) -> None:
        self.metadata.append(dict(context.invocation_metadata()))
        self.seconds_left.append(context.time_remaining())
        self.arrived.set()
        self._give(self.script.popleft() if self.script else self.always, context)

    def _give(self, answer: Failure | Never | None, context: Any) -> None:
        if isinstance(answer, Never):
            ended = threading.Event()
            # A call that has ended already takes no callback.
            if context.add_callback(ended.set):
                ended.wait()
            self.cancelled.set()
        if isinstance(answer, Failure):
            context.set_trailing_metadata((("grpc-status-details-bin", status(answer).SerializeToString()),))
            context.abort(answer.code, answer.message)

    def _record(self, request: v1.RecordConversionRequest, context: Any) -> v1.RecordConversionResponse:
        self.requests.append(request)
        self._answer(context)
        return v1.RecordConversionResponse(verdict=v1.ConversionVerdict.CONVERSION_VERDICT_RECORDED)

    def _batch(self, request: v1.BatchRecordConversionsRequest, context: Any) -> v1.BatchRecordConversionsResponse:
        self.requests += request.requests
        self._answer(context)
        missing = Failure(grpc.StatusCode.INVALID_ARGUMENT, "no click id", (info("PARAMETER_MISSING"),))
        response = v1.RecordConversionResponse(verdict=v1.ConversionVerdict.CONVERSION_VERDICT_RECORDED)
        return v1.BatchRecordConversionsResponse(
            results=[
                v1.RecordConversionResult(response=response)
                if item.conversion.click_id
                else v1.RecordConversionResult(error=status(missing))
                for item in request.requests
            ]
        )

    def _list(self, request: v1.ListConversionsRequest, context: Any) -> v1.ListConversionsResponse:
        """Returns one of three pages: two conversions, none, one."""
        self.requests.append(request)
        self._answer(context)
        ids, token = {"": (["a", "b"], "second"), "second": ([], "third"), "third": (["c"], "")}[request.page_token]
        return v1.ListConversionsResponse(conversions=[v1.Conversion(id=id) for id in ids], next_page_token=token)

    def _stream(self, requests: Any, context: Any) -> Any:
        for request in requests:
            self.requests.append(request.request)
            yield v1.StreamRecordConversionsResponse(
                result=v1.RecordConversionResult(
                    response=v1.RecordConversionResponse(verdict=v1.ConversionVerdict.CONVERSION_VERDICT_RECORDED)
                )
            )
        self._answer(context)

    def _watch(self, request: v1.WatchConversionsRequest, context: Any) -> Any:
        self.requests.append(request)
        self.metadata.append(dict(context.invocation_metadata()))
        # The last turn is repeated.
        turn = self.turns.popleft() if len(self.turns) > 1 else self.turns[0]
        # A server does not ask for more messages once the call has ended, so this is not left to
        # the end of the turn. A call that has ended already takes no callback.
        if isinstance(turn.end, Never) and not context.add_callback(self.cancelled.set):
            self.cancelled.set()
        if turn.is_opened:
            context.send_initial_metadata(())
        for token in turn.tokens.split():
            yield v1.WatchConversionsResponse(resume_token=token)
        self._give(turn.end, context)


class Others(grpc.GenericRpcHandler):
    """Answers all other calls with an empty response."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake

    def service(self, details: Any) -> Any:
        call = descriptor_pool.Default().FindMethodByName(details.method.lstrip("/").replace("/", "."))
        request, response = (GetMessageClass(kind) for kind in (call.input_type, call.output_type))

        def answer(request: Message, context: Any) -> Message:
            self._fake.requests.append(request)
            self._fake._answer(context)
            return response()

        return grpc.unary_unary_rpc_method_handler(answer, request.FromString, serialize)


def serialize(message: Message) -> bytes:
    return message.SerializeToString()
