"""Tests of the methods: their arguments, the requests that they send, their documentation."""

import asyncio
import inspect
import typing
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from s2s_sdk import AsyncClient, Client, Error, Money, Reason, unwrap, v1
from s2s_sdk._gen.s2s.v1 import (
    account_service_pb2,
    api_key_service_pb2,
    click_service_pb2,
    conversion_code_service_pb2,
    conversion_service_pb2,
    postback_service_pb2,
    preset_service_pb2,
    tracking_link_service_pb2,
)
from tests.arguments import is_inlined, method_name
from tests.conftest import Connect
from tests.drivers import method
from tests.fake import Fake

MODULES = (
    account_service_pb2,
    api_key_service_pb2,
    click_service_pb2,
    conversion_code_service_pb2,
    conversion_service_pb2,
    postback_service_pb2,
    preset_service_pb2,
    tracking_link_service_pb2,
)
CALLS = {
    f"{service.name}/{call.name}": call
    for module in MODULES
    for service in module.DESCRIPTOR.services_by_name.values()
    for call in service.methods
}
NOON = datetime(2026, 11, 24, 12, 0, 0, 500_000, timezone.utc)
NOON_MESSAGE = Timestamp(seconds=1_795_521_600, nanos=500_000_000)
EUR = v1.Money(currency_code="EUR", micros=19_990_000)
CONVERSION: dict[str, Any] = {"conversion_code_id": "c", "click_id": "x", "value": Money("19.99", "EUR")}
CONVERSION_MESSAGE = v1.NewConversion(conversion_code_id="c", click_id="x", value=EUR)


@pytest.fixture
def sync_client() -> Iterator[Client]:
    with Client(endpoint="http://127.0.0.1:1", retries=0) as client:
        yield client


def names_of(path: str) -> set[str]:
    """Returns the names of the parameters that a method must have, by the schema."""
    names: set[str] = set()
    for field in CALLS[path].input_type.fields:
        if is_inlined(path, field):
            assert field.message_type
            names |= {inner.name for inner in field.message_type.fields}
        else:
            names.add(field.name)
    return names


@pytest.mark.parametrize("path", CALLS)
def test_every_call_has_a_documented_method(sync_client: Client, path: str) -> None:
    sync = method(sync_client, method_name(path))
    asyncio_class = typing.get_type_hints(AsyncClient)[method_name(path).partition(".")[0]]
    other = getattr(asyncio_class, sync.__name__)
    for function in (sync, other):
        doc = inspect.getdoc(function) or ""
        parameters = [name for name in inspect.signature(function).parameters if name != "self"]
        assert "timeout" in parameters
        for name in parameters:
            assert inspect.signature(function).parameters[name].kind is inspect.Parameter.KEYWORD_ONLY
            assert f"\n    {name}: " in doc, name
        assert typing.get_type_hints(function).keys() == {*parameters, "return"}
        if not CALLS[path].client_streaming:
            assert set(parameters) <= names_of(path) | {"timeout"}
        assert doc[0].isupper()
    assert inspect.getdoc(sync) == inspect.getdoc(other)


def test_the_documentation_is_that_of_the_schema(sync_client: Client) -> None:
    doc = inspect.getdoc(sync_client.conversions.record) or ""
    assert doc.startswith("Records a conversion. OK means that it is durable")
    assert "transaction_id: The merchant's order id, at most 255 bytes." in doc
    assert "Values: `PENDING`, `APPROVED`, `DECLINED`." in doc
    assert "The recorded conversion, and its verdict." in doc


@pytest.mark.parametrize(
    ("name", "arguments", "request_"),
    [
        ("conversions.record", CONVERSION, v1.RecordConversionRequest(conversion=CONVERSION_MESSAGE)),
        (
            "conversions.record",
            {
                **CONVERSION,
                "value": EUR,
                "commission_amount": Money("2.50"),
                "status": "PENDING",
                "custom_params": [v1.CustomParam(key="k")],
                "conversion_time": NOON,
                "request_id": "mine",
                "validate_only": True,
            },
            v1.RecordConversionRequest(
                conversion=v1.NewConversion(
                    conversion_code_id="c",
                    click_id="x",
                    value=EUR,
                    commission_amount=v1.Money(micros=2_500_000),
                    status=v1.ConversionStatus.CONVERSION_STATUS_PENDING,
                    custom_params=[v1.CustomParam(key="k")],
                    conversion_time=NOON_MESSAGE,
                ),
                request_id="mine",
                validate_only=True,
            ),
        ),
        (
            "conversions.record",
            {"commission_percent_micros": 0},
            v1.RecordConversionRequest(conversion=v1.NewConversion(commission_percent_micros=0)),
        ),
        (
            "conversions.record",
            {"postback": v1.RawPostback(method="GET")},
            v1.RecordConversionRequest(postback=v1.RawPostback(method="GET")),
        ),
        ("conversions.list", {}, v1.ListConversionsRequest()),
        (
            "conversions.list",
            {"page_size": 9, "time": "CLICK", "start_time": NOON_MESSAGE},
            v1.ListConversionsRequest(
                page_size=9,
                filter=v1.ConversionFilter(time=v1.ConversionTime.CONVERSION_TIME_CLICK, start_time=NOON_MESSAGE),
            ),
        ),
        ("accounts.get", {}, v1.GetAccountRequest()),
        (
            "api_keys.create",
            {"name": "web", "scopes": ["READ", v1.ApiKeyScope.API_KEY_SCOPE_RECORD], "expire_time": NOON},
            v1.CreateApiKeyRequest(
                api_key=v1.ApiKey(
                    name="web",
                    scopes=[v1.ApiKeyScope.API_KEY_SCOPE_READ, v1.ApiKeyScope.API_KEY_SCOPE_RECORD],
                    expire_time=NOON_MESSAGE,
                )
            ),
        ),
        (
            "api_keys.rotate",
            {"api_key_id": "key", "overlap": timedelta(0)},
            v1.RotateApiKeyRequest(api_key_id="key", overlap=Duration()),
        ),
        (
            "api_keys.rotate",
            {"api_key_id": "key", "overlap": Duration(seconds=1)},
            v1.RotateApiKeyRequest(api_key_id="key", overlap=Duration(seconds=1)),
        ),
        (
            "clicks.record",
            {"tracking_link_id": "l", "click_id": "x", "sub_ids": {"sub1": "a"}, "flags": ("BOT",)},
            v1.RecordClickRequest(
                tracking_link_id="l", click_id="x", sub_ids={"sub1": "a"}, flags=[v1.ClickFlag.CLICK_FLAG_BOT]
            ),
        ),
        ("postbacks.replay", {"ids": ["a", "b"]}, v1.ReplayPostbacksRequest(ids=v1.PostbackIds(ids=["a", "b"]))),
        ("postbacks.replay", {"ids": v1.PostbackIds()}, v1.ReplayPostbacksRequest(ids=v1.PostbackIds())),
        (
            "postbacks.replay",
            {"reason": Reason.CODE_NOT_ON_LINK},
            v1.ReplayPostbacksRequest(filter=v1.PostbackFilter(reason=v1.ErrorReason.ERROR_REASON_CODE_NOT_ON_LINK)),
        ),
        ("postbacks.replay", {}, v1.ReplayPostbacksRequest()),
        ("postbacks.explain", {"target": "/s2s?ü"}, v1.ExplainPostbackRequest(target="/s2s?ü".encode())),
        ("postbacks.explain", {"target": b"\xff"}, v1.ExplainPostbackRequest(target=b"\xff")),
        (
            "tracking_links.update",
            {"id": "l", "query_pass_through": False, "tags": [], "expire_time": None, "slug": ""},
            v1.UpdateTrackingLinkRequest(
                tracking_link=v1.TrackingLink(id="l"),
                update_mask=FieldMask(paths=["query_pass_through", "tags", "expire_time", "slug"]),
            ),
        ),
        (
            "conversion_codes.update",
            {"id": "c", "attribution_window": timedelta(days=1), "dedupe_policy": "EVERY", "validate_only": True},
            v1.UpdateConversionCodeRequest(
                conversion_code=v1.ConversionCode(
                    id="c",
                    attribution_window=Duration(seconds=86_400),
                    dedupe_policy=v1.DedupePolicy.DEDUPE_POLICY_EVERY,
                ),
                update_mask=FieldMask(paths=["attribution_window", "dedupe_policy"]),
                validate_only=True,
            ),
        ),
    ],
)
def test_arguments_become_the_request(
    connect: Connect, fake: Fake, name: str, arguments: dict[str, Any], request_: Message
) -> None:
    driver = connect(f"http://localhost:{fake.start()}")
    if name.endswith(".list"):
        list(driver.walk(name, **arguments))
    else:
        driver.use(name, **arguments)
    sent = fake.requests[0]
    if "request_id" in sent.DESCRIPTOR.fields_by_name and "request_id" not in arguments:
        sent.request_id = ""
    by_mask = [path for path in arguments if path not in ("id", "validate_only")]
    if hasattr(sent, "update_mask"):
        # The order of the mask has no meaning.
        assert sorted(sent.update_mask.paths) == sorted(by_mask)
        sent.update_mask.paths[:] = by_mask
    assert sent == request_


@pytest.mark.parametrize(
    ("name", "arguments", "kind", "message"),
    [
        ("conversions.record", {"value": 19.99}, TypeError, "value: a Money is expected, not float"),
        ("conversions.record", {"value": "19.99"}, TypeError, "value: a Money is expected, not str"),
        ("conversions.record", {"value": v1.Note()}, TypeError, "value: a Money is expected, not Note"),
        ("conversions.record", {"conversion_time": NOON.replace(tzinfo=None)}, ValueError, "has no time zone"),
        ("conversions.record", {"conversion_time": NOON.date()}, TypeError, "a datetime with a time zone is expected"),
        ("conversions.record", {"status": "OPEN"}, ValueError, "'OPEN' is none of PENDING, APPROVED, DECLINED"),
        ("conversions.record", {"status": True}, TypeError, "a value of ConversionStatus or its name"),
        ("conversions.record", {"click_id": 5}, TypeError, "click_id: a str is expected, not int"),
        ("conversions.record", {"validate_only": "no"}, TypeError, "a bool is expected"),
        ("conversions.record", {"commission_percent_micros": 1.0}, TypeError, "an int is expected, not float"),
        ("conversions.record", {"commission_percent_micros": True}, TypeError, "an int is expected, not bool"),
        ("conversions.list", {"page_size": "1"}, TypeError, "page_size: an int is expected, not str"),
        ("postbacks.explain", {"target": 1}, TypeError, "target: bytes or a str is expected, not int"),
        ("conversions.record", {"order": "1"}, TypeError, "unexpected keyword argument"),
        ("conversions.record", {"custom_params": [{}]}, TypeError, r"a v1\.CustomParam is expected"),
        (
            "conversions.record",
            {"commission_amount": Money(1), "commission_percent_micros": 1},
            ValueError,
            "only one of commission_amount, commission_percent_micros can be given",
        ),
        (
            "conversions.record",
            {**CONVERSION, "postback": v1.RawPostback()},
            ValueError,
            "postback can't be given together with conversion_code_id, click_id, value",
        ),
        ("conversions.batch_record", {"requests": [{"order": "1"}]}, TypeError, "there is no parameter 'order'"),
        ("conversions.batch_record", {"requests": [{"conversion": 1}]}, TypeError, "no parameter 'conversion'"),
        ("conversions.batch_record", {"requests": ["x"]}, TypeError, "an item must be a dictionary or a Record"),
        ("conversions.get", {}, TypeError, "missing 1 required keyword-only argument"),
        ("postbacks.replay", {"ids": "pb_1"}, TypeError, "ids: a list is expected, not str"),
        ("postbacks.replay", {"ids": ["a"], "text": "x"}, ValueError, "ids can't be given together with text"),
        ("postbacks.explain", {"target": "x", "postback_id": "y"}, ValueError, "only one of target, postback_id"),
        ("tracking_links.update", {"id": "l", "slug": None}, TypeError, "slug: a str is expected, not NoneType"),
        ("api_keys.rotate", {"api_key_id": "k", "overlap": 60}, TypeError, "overlap: a timedelta is expected"),
    ],
)
def test_arguments_without_a_meaning_are_refused(
    connect: Connect, name: str, arguments: dict[str, Any], kind: type[Exception], message: str
) -> None:
    driver = connect("http://127.0.0.1:1", retries=0)
    with pytest.raises(kind, match=message):
        driver.use(name, **arguments)


def test_arguments_of_lists_are_checked_at_once(sync_client: Client) -> None:
    with pytest.raises(ValueError, match="start_time: the datetime has no time zone"):
        sync_client.conversions.list(start_time=NOON.replace(tzinfo=None))


def test_batches_and_streams_take_dictionaries_and_messages(connect: Connect, fake: Fake) -> None:
    driver = connect(f"http://localhost:{fake.start()}")
    message = v1.RecordConversionRequest(conversion=CONVERSION_MESSAGE)
    items = [CONVERSION, message]
    assert len(driver.use("conversions.batch_record", requests=iter(items)).results) == 2
    results = list(driver.walk("conversions.stream_record", requests=iter(items)))
    assert [bool(unwrap(result).verdict) for result in results] == [True, True]
    assert [request.conversion for request in fake.requests] == [CONVERSION_MESSAGE] * 4
    assert message == v1.RecordConversionRequest(conversion=CONVERSION_MESSAGE), "left as it is"


def broken() -> Iterator[Any]:
    yield CONVERSION
    raise LookupError("no more rows")


def unfit() -> Iterator[Any]:
    yield CONVERSION
    yield {"value": 1.5}


@pytest.mark.parametrize(
    ("items", "kind", "message"), [(broken, LookupError, "no more rows"), (unfit, TypeError, "a Money is expected")]
)
def test_errors_of_a_streams_items_arrive(
    connect: Connect, fake: Fake, items: Callable[[], Iterator[Any]], kind: type[Exception], message: str
) -> None:
    driver = connect(f"http://localhost:{fake.start()}")
    with pytest.raises(kind, match=message):
        list(driver.walk("conversions.stream_record", requests=items()))


def test_a_stream_can_be_left_early(fake: Fake) -> None:
    with Client(endpoint=f"http://localhost:{fake.start()}") as client:
        for result in client.conversions.stream_record(requests=(CONVERSION for _ in range(3))):  # type: ignore[misc]
            assert unwrap(result)
            break
    assert fake.requests


def test_asyncio_streams_take_asynchronous_items(fake: Fake) -> None:
    endpoint = f"http://localhost:{fake.start()}"

    async def items() -> AsyncIterator[v1.RecordConversionRequest]:
        for _ in range(3):
            yield v1.RecordConversionRequest(conversion=CONVERSION_MESSAGE)

    async def stream() -> int:
        async with AsyncClient(endpoint=endpoint) as client:
            return len([unwrap(result) async for result in client.conversions.stream_record(requests=items())])

    assert asyncio.run(stream()) == 3


def test_stubs_take_whole_messages(fake: Fake) -> None:
    endpoint = f"http://localhost:{fake.start()}"
    request = v1.RecordConversionRequest(conversion=CONVERSION_MESSAGE)

    async def record() -> v1.RecordConversionResponse:
        async with AsyncClient(endpoint=endpoint) as client:
            return await client.stubs.conversions.RecordConversion(request)

    with Client(endpoint=endpoint) as client:
        assert client.stubs.conversions.RecordConversion(request) == asyncio.run(record())


def test_the_timeout_of_a_call_is_its_own(connect: Connect, fake: Fake) -> None:
    driver = connect(f"http://localhost:{fake.start()}", timeout=5_000)
    driver.use("conversions.record", timeout=100)
    list(driver.walk("conversions.list", timeout=100))
    list(driver.walk("conversions.stream_record", requests=[CONVERSION], timeout=100))
    assert all(seconds < 102 for seconds in fake.seconds_left)


def test_a_cancelled_task_cancels_its_method(fake: Fake) -> None:
    endpoint = f"http://localhost:{fake.start()}"

    async def cancel() -> None:
        async with AsyncClient(endpoint=endpoint) as client:
            task = asyncio.create_task(client.conversions.record(postback=v1.RawPostback()))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(cancel())


def test_failures_of_methods_are_errors(connect: Connect) -> None:
    driver = connect("http://127.0.0.1:1", retries=0)
    with pytest.raises(Error) as raised:
        driver.use("presets.get", preset_id="everflow")
    assert raised.value.reason is Reason.UNAVAILABLE
