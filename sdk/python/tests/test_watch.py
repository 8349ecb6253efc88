"""Tests of the streams that go on by themselves."""

import asyncio
import inspect
import logging
import signal
import threading
import time
from collections import deque
from itertools import islice

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo

from s2s_sdk import AsyncClient, Client, Error, Reason, _watch
from s2s_sdk._gen.services.conversions import AsyncConversions, Conversions
from s2s_sdk._gen.services.postbacks import AsyncPostbacks, Postbacks
from tests.conftest import Connect
from tests.fake import UNAVAILABLE, Failure, Fake, Never, Turn, info

OVERLOADED = Failure(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many streams", (info("OVERLOADED"),))
TOO_OLD = Failure(grpc.StatusCode.OUT_OF_RANGE, "too old", (info("RESUME_TOKEN_TOO_OLD"),))
# Asks for a pause of a minute.
LATER = Failure(grpc.StatusCode.UNAVAILABLE, "stopping", (RetryInfo(retry_delay=Duration(seconds=60)),))
MINE = "mine"
# The tests wait no longer for what must happen.
SECONDS = 10
# Time in which a stream begins to wait, for a message or for its next opening.
SOON = 0.3


def start(fake: Fake, *turns: Turn) -> str:
    fake.turns = deque(turns)
    return f"http://localhost:{fake.start()}"


def asked(fake: Fake) -> list[str]:
    return [request.resume_token for request in fake.requests]


def watchdogs() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "s2s-watch"]


def pauses_of(caplog: pytest.LogCaptureFixture) -> list[float]:
    """Returns the pauses before the next openings, in seconds, as they were logged."""
    records = [record for record in caplog.records if record.name == "s2s_sdk"]
    return [
        pause for record in records if isinstance(record.args, tuple) and isinstance(pause := record.args[2], float)
    ]


def test_a_watch_goes_on_behind_the_last_message(connect: Connect, fake: Fake) -> None:
    endpoint = start(
        fake,
        Turn(end=UNAVAILABLE),
        Turn("a b"),
        Turn(end=UNAVAILABLE),
        Turn(end=OVERLOADED),
        Turn("c", UNAVAILABLE),
        Turn("d", TOO_OLD),
    )
    driver = connect(endpoint, "s3cret", retries=1)
    tokens = []
    with pytest.raises(Error) as raised:
        tokens += [message.resume_token for message in driver.walk("conversions.watch", resume_token=MINE)]
    assert raised.value.reason is Reason.RESUME_TOKEN_TOO_OLD
    assert asked(fake) == [MINE, MINE, "b", "b", "b", "c"]
    assert all(metadata["authorization"] == "Bearer s3cret" for metadata in fake.metadata)


def test_every_message_is_yielded(connect: Connect, fake: Fake) -> None:
    driver = connect(start(fake, Turn("a b"), Turn("c", Never())))
    tokens = [message.resume_token for message in islice(driver.walk("conversions.watch", click_id="x"), 3)]
    assert tokens == ["a", "b", "c"]
    assert [request.filter.click_id for request in fake.requests] == ["x", "x"]


def test_a_watch_that_does_not_begin_is_tried_as_often_as_a_call(connect: Connect, fake: Fake) -> None:
    driver = connect(start(fake, Turn(end=UNAVAILABLE)), retries=2)
    with pytest.raises(Error) as raised:
        list(driver.walk("conversions.watch"))
    assert raised.value.reason is Reason.UNAVAILABLE
    assert len(fake.requests) == 3


def test_only_the_second_message_shortens_the_pauses(
    connect: Connect, fake: Fake, caplog: pytest.LogCaptureFixture
) -> None:
    turns = [Turn(tokens, UNAVAILABLE) for tokens in ("a", "b", "c", "d e", "f")]
    driver = connect(start(fake, *turns))
    with caplog.at_level(logging.INFO, logger="s2s_sdk"):
        tokens = [message.resume_token for message in islice(driver.walk("conversions.watch"), 6)]
    assert tokens == ["a", "b", "c", "d", "e", "f"]
    pauses = pauses_of(caplog)
    assert len(pauses) == 4
    for pause, longest in zip(pauses, (0.1, 0.2, 0.4, 0.1), strict=True):
        assert longest / 2 <= pause <= longest


def test_a_stream_that_has_begun_goes_on_after_a_slow_opening(connect: Connect, fake: Fake) -> None:
    turns = (Turn("a", UNAVAILABLE), Turn(end=Never(), is_opened=False), Turn("b", Never()))
    driver = connect(start(fake, *turns), timeout=1, retries=0)
    tokens = [message.resume_token for message in islice(driver.walk("conversions.watch"), 2)]
    assert tokens == ["a", "b"]
    assert asked(fake) == ["", "a", "a"]


def test_a_silent_stream_is_opened_again(connect: Connect, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_watch, "SILENCE_SECONDS_MAX", 0.2)
    driver = connect(start(fake, Turn("a", Never()), Turn("b", Never())))
    tokens = [message.resume_token for message in islice(driver.walk("conversions.watch"), 2)]
    assert tokens == ["a", "b"]
    assert asked(fake) == ["", "a"]


def test_only_the_opening_has_the_clients_timeout(connect: Connect, fake: Fake) -> None:
    driver = connect(start(fake, Turn(end=Never(), is_opened=False), Turn(end=Never())), timeout=0.1)
    with pytest.raises(Error) as raised:
        list(driver.walk("conversions.watch"))
    assert raised.value.reason is Reason.DEADLINE_EXCEEDED

    began = time.monotonic()
    with pytest.raises(Error) as raised:
        list(driver.walk("conversions.watch", timeout=0.5))
    assert raised.value.reason is Reason.DEADLINE_EXCEEDED
    assert time.monotonic() - began > 0.4


def test_the_timeout_ends_the_pause(connect: Connect, fake: Fake) -> None:
    driver = connect(start(fake, Turn("a", LATER)))
    began = time.monotonic()
    with pytest.raises(Error) as raised:
        list(driver.walk("conversions.watch", timeout=0.5))
    assert raised.value.reason is Reason.DEADLINE_EXCEEDED
    assert time.monotonic() - began < SECONDS


def test_leaving_the_loop_cancels_the_call(fake: Fake) -> None:
    with Client(endpoint=start(fake, Turn("a", Never()))) as client:
        before = watchdogs()
        for _ in client.conversions.watch():
            (watchdog,) = set(watchdogs()) - set(before)
            break
        assert fake.cancelled.wait(SECONDS)
        watchdog.join(SECONDS)
        assert not watchdog.is_alive()


def test_an_interrupt_ends_the_pause(fake: Fake) -> None:
    # A shell starts programs in the background with this signal ignored.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    began = time.monotonic()
    with Client(endpoint=start(fake, Turn("a", LATER))) as client:
        messages = client.conversions.watch()
        next(messages)
        main = threading.main_thread().ident or 0
        threading.Timer(SOON, signal.pthread_kill, (main, signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            next(messages)
        for watchdog in watchdogs():
            watchdog.join(SECONDS)
            assert not watchdog.is_alive()
    assert time.monotonic() - began < SECONDS
    signal.signal(signal.SIGINT, handler)


@pytest.mark.parametrize("end", [Never(), LATER])
def test_closing_the_client_ends_the_stream(fake: Fake, end: Failure | Never) -> None:
    client = Client(endpoint=start(fake, Turn("a", end)))
    messages = client.conversions.watch()
    next(messages)
    began = time.monotonic()
    threading.Timer(SOON, client.close).start()
    with pytest.raises(Error) as raised:
        next(messages)
    assert raised.value.code is grpc.StatusCode.CANCELLED
    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize("end", [Never(), LATER])
def test_closing_the_asyncio_client_ends_the_stream(fake: Fake, end: Failure | Never) -> None:
    endpoint = start(fake, Turn("a", end))

    async def follow() -> None:
        client = AsyncClient(endpoint=endpoint)
        messages = client.conversions.watch()
        await anext(messages)
        task = asyncio.ensure_future(anext(messages))
        await asyncio.wait((task,), timeout=SOON)
        await client.close()
        with pytest.raises(Error) as raised:
            await task
        assert raised.value.code is grpc.StatusCode.CANCELLED

    asyncio.run(asyncio.wait_for(follow(), SECONDS))


def test_leaving_the_asyncio_loop_cancels_the_call(fake: Fake) -> None:
    endpoint = start(fake, Turn("a", Never()))

    async def follow() -> None:
        async with AsyncClient(endpoint=endpoint) as client:
            async for _ in client.conversions.watch():
                break
            assert await asyncio.to_thread(fake.cancelled.wait, SECONDS)

    asyncio.run(follow())


@pytest.mark.parametrize("end", [Never(), LATER])
def test_cancelling_the_task_ends_the_stream(fake: Fake, end: Failure | Never) -> None:
    endpoint = start(fake, Turn("a", end))

    async def follow() -> None:
        async with AsyncClient(endpoint=endpoint) as client:
            before = asyncio.all_tasks()
            messages = client.conversions.watch()
            await anext(messages)
            task = asyncio.ensure_future(anext(messages))
            await asyncio.wait((task,), timeout=SOON)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            if isinstance(end, Never):
                assert await asyncio.to_thread(fake.cancelled.wait, SECONDS)
            else:
                assert asyncio.all_tasks() == before

    asyncio.run(asyncio.wait_for(follow(), SECONDS))


@pytest.mark.parametrize("service", [Conversions, AsyncConversions, Postbacks, AsyncPostbacks])
def test_a_watch_has_no_filter_that_the_server_refuses(
    service: type[Conversions | AsyncConversions | Postbacks | AsyncPostbacks],
) -> None:
    times = {"time", "start_time", "end_time"}
    assert times & inspect.signature(service.list).parameters.keys()
    assert not times & inspect.signature(service.watch).parameters.keys()
