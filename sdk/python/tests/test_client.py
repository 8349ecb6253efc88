"""Tests of clients whose calls fail, against a server that fails by script."""

import logging
import re
import socket
import threading
import time
from datetime import timedelta

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import BadRequest, RetryInfo

from s2s_sdk import Client, Error, FieldViolation, Reason, unwrap, v1
from tests.conftest import Connect
from tests.drivers import Driver
from tests.fake import UNAVAILABLE, Failure, Fake, Never, info

RECORD = "ConversionService/RecordConversion"
Code = grpc.StatusCode


def conversion(click_id: str) -> v1.RecordConversionRequest:
    return v1.RecordConversionRequest(conversion=v1.NewConversion(click_id=click_id))


def record(driver: Driver, request_id: str = "", timeout: float | None = None) -> v1.RecordConversionResponse:
    response: v1.RecordConversionResponse = driver.use("conversions.record", request_id=request_id, timeout=timeout)
    return response


def failure(driver: Driver, timeout: float | None = None) -> Error:
    with pytest.raises(Error) as raised:
        record(driver, timeout=timeout)
    return raised.value


def overloaded(seconds: float) -> Failure:
    delay = Duration()
    delay.FromTimedelta(timedelta(seconds=seconds))
    return Failure(Code.RESOURCE_EXHAUSTED, "too many writes wait", (info("OVERLOADED"), RetryInfo(retry_delay=delay)))


def endpoint(port: int) -> str:
    return f"http://localhost:{port}"


def test_passing_failures_are_retried_with_the_same_request_id(connect: Connect, fake: Fake) -> None:
    fake.script.extend([UNAVAILABLE, UNAVAILABLE])
    driver = connect(endpoint(fake.start()))
    assert record(driver).verdict == v1.ConversionVerdict.CONVERSION_VERDICT_RECORDED
    first, *others = fake.request_ids
    assert len(first) == 32
    assert others == [first, first]

    record(driver)
    assert fake.request_ids[3] != first, "another call is another request"


def test_the_callers_request_is_left_as_it_is(connect: Connect, fake: Fake) -> None:
    driver = connect(endpoint(fake.start()))
    request = conversion("x")
    driver.call(RECORD, request)
    assert request == conversion("x")
    record(driver, "mine")
    assert fake.request_ids[1] == "mine"


def test_key_and_timeout_travel_with_each_attempt(connect: Connect, fake: Fake) -> None:
    fake.script.append(overloaded(2))
    driver = connect(endpoint(fake.start()), "s3cret")
    record(driver)
    assert [metadata["authorization"] for metadata in fake.metadata] == ["Bearer s3cret"] * 2
    first, second = fake.seconds_left
    # gRPC rounds the timeout up on the wire, by less than a second.
    assert first < 11
    assert second <= first - 1, "the time that is left"


def test_other_failures_are_not_retried_and_arrive_whole(connect: Connect, fake: Fake) -> None:
    violation = BadRequest.FieldViolation(field="conversion.transaction_id", description="at most 255 bytes")
    details = (info("FIELD_INVALID", field="conversion.transaction_id"), BadRequest(field_violations=[violation]))
    fake.script.append(Failure(Code.INVALID_ARGUMENT, "transaction_id is too long", details))
    error = failure(connect(endpoint(fake.start())))
    assert len(fake.requests) == 1
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, Reason.FIELD_INVALID)
    assert error.reason_text == "FIELD_INVALID"
    assert error.message == "transaction_id is too long"
    assert error.metadata == {"field": "conversion.transaction_id"}
    assert error.field_violations == (FieldViolation("conversion.transaction_id", "at most 255 bytes"),)
    assert str(error) == "transaction_id is too long [FIELD_INVALID]"


@pytest.mark.parametrize("retries", [0, 2])
def test_retries_are_limited(connect: Connect, fake: Fake, retries: int) -> None:
    fake.always = UNAVAILABLE
    error = failure(connect(endpoint(fake.start()), retries=retries))
    assert len(fake.requests) == retries + 1
    assert (error.code, error.reason) == (Code.UNAVAILABLE, Reason.UNAVAILABLE)
    assert error.message == "the server is stopping"


def test_the_pause_that_the_server_asks_for_is_kept(connect: Connect, fake: Fake) -> None:
    fake.script.append(overloaded(0.3))
    driver = connect(endpoint(fake.start()))
    start = time.monotonic()
    record(driver)
    assert time.monotonic() - start >= 0.3
    assert len(fake.requests) == 2


def test_a_pause_beyond_the_deadline_is_not_begun(connect: Connect, fake: Fake) -> None:
    fake.script.append(overloaded(40))
    driver = connect(endpoint(fake.start()), timeout=30)
    start = time.monotonic()
    error = failure(driver)
    assert time.monotonic() - start < 20
    assert len(fake.requests) == 1
    assert (error.code, error.reason) == (Code.RESOURCE_EXHAUSTED, Reason.OVERLOADED)
    assert error.retry_after == timedelta(seconds=40)


def test_the_deadline_is_over_all_attempts(connect: Connect, fake: Fake) -> None:
    fake.script.extend([UNAVAILABLE, Never()])
    driver = connect(endpoint(fake.start()), timeout=2)
    start = time.monotonic()
    error = failure(driver)
    assert 2 <= time.monotonic() - start < 10, "with room for a slow machine"
    assert (error.code, error.reason) == (Code.DEADLINE_EXCEEDED, Reason.DEADLINE_EXCEEDED)
    assert str(error) == "no answer within the timeout [DEADLINE_EXCEEDED]"
    assert isinstance(error.__cause__, Error)
    assert error.__cause__.message == "the server is stopping"
    assert len(fake.requests) == 2


def test_a_call_can_have_a_timeout_of_its_own(connect: Connect, fake: Fake) -> None:
    fake.script.append(Never())
    error = failure(connect(endpoint(fake.start())), timeout=0.2)
    assert error.code is Code.DEADLINE_EXCEEDED
    # On a slow machine the server may see no attempt, so the list may be empty. gRPC rounds the
    # timeout up on the wire, so the bound lies between this timeout and that of the client.
    assert all(seconds < 1 for seconds in fake.seconds_left)


def test_endless_retries_end_with_the_deadline(connect: Connect, fake: Fake) -> None:
    fake.always = UNAVAILABLE
    failure(connect(endpoint(fake.start()), timeout=1, retries=2**32))
    # The pauses are at least 50, 100, 200 and 400 ms. The fifth pause would end after the deadline.
    assert 2 <= len(fake.requests) <= 5


def test_calls_are_cancelled(connect: Connect, fake: Fake) -> None:
    fake.script.append(Never())
    driver = connect(endpoint(fake.start()))
    with pytest.raises(Error) as raised:
        driver.call(RECORD, v1.RecordConversionRequest(), cancel_after=0.1)
    assert raised.value.code is Code.CANCELLED
    assert len(fake.requests) <= 1


def test_a_server_that_is_not_there_is_unavailable(connect: Connect) -> None:
    with socket.create_server(("localhost", 0)) as listener:
        port = listener.getsockname()[1]
    error = failure(connect(endpoint(port), retries=0))
    assert (error.code, error.reason) == (Code.UNAVAILABLE, Reason.UNAVAILABLE)
    assert "refused" in error.message
    assert isinstance(error.__cause__, grpc.RpcError)


def test_broken_connections_are_opened_again(connect: Connect, fake: Fake) -> None:
    listener = socket.create_server(("localhost", 0))
    port = listener.getsockname()[1]

    def serve() -> None:
        for _ in range(2):
            listener.accept()[0].close()
        listener.close()
        fake.start(port=port)

    server = threading.Thread(target=serve)
    server.start()
    record(connect(endpoint(port), retries=8))
    server.join()
    assert len(fake.requests) == 1


def test_an_answer_that_is_not_grpc_is_unavailable(connect: Connect) -> None:
    listener = socket.create_server(("localhost", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        connection.close()
        listener.close()

    server = threading.Thread(target=serve)
    server.start()
    error = failure(connect(endpoint(listener.getsockname()[1]), retries=0))
    server.join()
    assert (error.code, error.reason) == (Code.UNAVAILABLE, Reason.UNAVAILABLE)


def test_batches_give_each_item_an_id_and_a_result(connect: Connect, fake: Fake) -> None:
    fake.script.append(UNAVAILABLE)
    driver = connect(endpoint(fake.start()))
    good, bad = driver.use("conversions.batch_record", requests=[{"click_id": "x"}, conversion("")]).results
    assert unwrap(good).verdict == v1.ConversionVerdict.CONVERSION_VERDICT_RECORDED
    with pytest.raises(Error) as raised:
        unwrap(bad)
    assert (raised.value.code, raised.value.reason) == (Code.INVALID_ARGUMENT, Reason.PARAMETER_MISSING)
    assert str(raised.value) == "no click id [PARAMETER_MISSING]"
    ids = fake.request_ids
    assert ids[:2] == ids[2:], "the second attempt repeats the first"
    assert len(ids[0]) == 32
    assert ids[0] != ids[1]


def test_lists_walk_all_pages_and_only_when_asked(connect: Connect, fake: Fake) -> None:
    fake.script.extend([UNAVAILABLE])
    driver = connect(endpoint(fake.start()))
    conversions = driver.walk("conversions.list", click_id="x", page_size=2)

    def page_tokens() -> list[str]:
        return [request.page_token for request in fake.requests]

    assert page_tokens() == []
    for id in ("a", "b"):
        assert next(conversions).id == id
        assert page_tokens() == ["", ""], "one failed"
    assert [conversion.id for conversion in conversions] == ["c"]
    assert page_tokens() == ["", "", "second", "third"]
    assert all((request.filter.click_id, request.page_size) == ("x", 2) for request in fake.requests)


def test_lists_end_with_an_error(connect: Connect, fake: Fake) -> None:
    driver = connect(endpoint(fake.start()), retries=0)
    conversions = driver.walk("conversions.list")
    assert [next(conversions).id, next(conversions).id] == ["a", "b"]
    fake.always = Failure(Code.INVALID_ARGUMENT, "", (info("PAGE_TOKEN_INVALID"),))
    with pytest.raises(Error) as raised:
        next(conversions)
    assert raised.value.reason == Reason.PAGE_TOKEN_INVALID


def test_streams_have_the_key_and_our_errors(connect: Connect, fake: Fake) -> None:
    driver = connect(endpoint(fake.start()), "s3cret")
    requests = [{"click_id": "a"}, conversion("b")]
    results = list(driver.walk("conversions.stream_record", requests=requests))
    assert [unwrap(result).verdict for result in results] == [v1.ConversionVerdict.CONVERSION_VERDICT_RECORDED] * 2
    assert [request.conversion.click_id for request in fake.requests] == ["a", "b"]
    assert fake.metadata[0]["authorization"] == "Bearer s3cret"

    fake.script.append(UNAVAILABLE)
    with pytest.raises(Error) as raised:
        list(driver.walk("conversions.stream_record", requests=requests))
    assert raised.value.reason == Reason.UNAVAILABLE
    assert len(fake.metadata) == 2, "not sent again"


def test_an_unknown_result_of_a_batch_is_an_error() -> None:
    with pytest.raises(Error) as raised:
        unwrap(v1.RecordConversionResult())
    assert raised.value.code is Code.UNKNOWN


def test_futures_are_calls_as_well(fake: Fake) -> None:
    fake.script.extend([UNAVAILABLE, Never()])
    with Client(endpoint=endpoint(fake.start())) as client:
        future = client.stubs.conversions.RecordConversion.future(v1.RecordConversionRequest())
        called_back = threading.Event()
        future.add_done_callback(lambda _: called_back.set())
        assert fake.arrived.wait(10)
        assert future.cancel()
        assert future.cancelled()
        assert not future.cancel()
        assert called_back.wait(10)
        with pytest.raises(Error):
            future.result()

        fake.script.clear()
        answered = client.stubs.conversions.RecordConversion.future(v1.RecordConversionRequest())
        assert answered.result().verdict == v1.ConversionVerdict.CONVERSION_VERDICT_RECORDED
        assert answered.code() is Code.OK
        assert not answered.cancelled()
        assert not answered.cancel()


def test_a_pause_is_cancelled(fake: Fake) -> None:
    fake.script.append(overloaded(60))
    with Client(endpoint=endpoint(fake.start()), timeout=100) as client:
        future = client.stubs.conversions.RecordConversion.future(v1.RecordConversionRequest())
        assert fake.arrived.wait(10)
        future.cancel()
        start = time.monotonic()
        with pytest.raises(Error) as raised:
            future.result()
        assert time.monotonic() - start < 30
        assert raised.value.code is Code.CANCELLED
    assert len(fake.requests) == 1


def test_a_call_ends_with_its_client(fake: Fake) -> None:
    fake.script.append(overloaded(0.3))
    client = Client(endpoint=endpoint(fake.start()))
    future = client.stubs.conversions.RecordConversion.future(v1.RecordConversionRequest())
    assert fake.arrived.wait(10)
    client.close()
    with pytest.raises((Error, ValueError)):
        future.result(timeout=10)


def test_a_call_that_is_not_safe_to_repeat_is_sent_once(connect: Connect, fake: Fake) -> None:
    fake.always = UNAVAILABLE
    driver = connect(endpoint(fake.start()))
    with pytest.raises(Error):
        driver.use("api_keys.rotate", api_key_id="key_1")
    assert len(fake.requests) == 1


def test_attempts_that_are_tried_again_are_logged(
    connect: Connect, fake: Fake, caplog: pytest.LogCaptureFixture
) -> None:
    fake.script.extend([UNAVAILABLE, overloaded(0.1)])
    driver = connect(endpoint(fake.start()), "s3cret")
    with caplog.at_level(logging.INFO, logger="s2s_sdk"):
        driver.use("conversions.record", click_id="x", transaction_id="order-1")
        first, second = [record for record in caplog.records if record.name == "s2s_sdk"]
    assert re.fullmatch(
        r"s2s\.v1\.ConversionService\.RecordConversion: attempt 1 failed \(UNAVAILABLE\), "
        r"tried again in 0\.[0-9]{3} seconds",
        first.getMessage(),
    )
    assert "attempt 2 failed (OVERLOADED)" in second.getMessage()
    assert first.levelno == second.levelno == logging.INFO
    assert not any(secret in caplog.text for secret in ("s3cret", "order-1"))
