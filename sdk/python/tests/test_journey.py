"""Plays the journey of all SDKs: the steps of `journey.json`, through a client and the real server.

`s2s-journey` must start a new server for each kind of client: the steps need an empty server.
"""

import contextlib
import http.client
import json
import os
import re
import secrets
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from google.protobuf.json_format import MessageToDict, ParseDict

from s2s_sdk import Error, Money, Reason, click_id, postback, unwrap, v1
from tests.arguments import RECORD, arguments, method_name
from tests.drivers import DRIVERS, Driver

# Timeout of a call, long enough for a slow machine. A step that tests a timeout sets its own.
TIMEOUT_SECONDS = 60
VARIABLE = re.compile(r"\$\{(\w+)\}")
CLIENT_KEYS = {"endpoint", "api_key", "retries"}
CALL_KEYS = {"request", "response", "error", "results", "timeout_ms", "cancel_after_ms", "save"} | CLIENT_KEYS
# Keys that a step may have besides its name and its action.
KEYS = {
    "call": CALL_KEYS,
    "list": {"request", "items", "count", "field", "error"} | CLIENT_KEYS,
    "http": {"status", "headers", "json", "save"},
    "restart": {"save"} | CLIENT_KEYS,
    "stream": CLIENT_KEYS,
    "watch": {"request", "items", "error", "save"} | CLIENT_KEYS,
    "money": set[str](),
    "sign": set[str](),
    "click_id": set[str](),
}


@pytest.mark.parametrize("kind", DRIVERS)
def test_journey(kind: str) -> None:
    steps = json.loads(Path(os.environ["S2S_JOURNEY"]).read_text())["steps"]
    journey = Journey(DRIVERS[kind])
    done = 0
    for step in steps:
        # pytest shows this output if the step fails.
        print(step["name"])
        journey.make(step)
        done += 1
    assert done == len(steps) > 0
    journey.client.close()


class Journey:
    def __init__(self, driver: Callable[..., Driver]) -> None:
        self.driver = driver
        self.url, self.key = os.environ["S2S_JOURNEY_URL"], os.environ["S2S_JOURNEY_KEY"]
        self.control_url = os.environ["S2S_JOURNEY_CONTROL_URL"]
        self.client = driver(self.url, self.key, timeout=TIMEOUT_SECONDS)
        self.saved = {
            "url": self.url,
            "silent_url": os.environ["S2S_JOURNEY_SILENT_URL"],
            "random": secrets.token_hex(8),
        }

    def make(self, step: dict[str, Any]) -> None:
        step = self.replaced(step)
        [action] = step.keys() & KEYS.keys()
        unknown = step.keys() - KEYS[action] - {"name", "browser", action}
        assert not unknown, f"unknown keys {unknown}"
        getattr(self, f"make_{action}")(step)

    def make_call(self, step: dict[str, Any]) -> None:
        response = self.outcome(step, lambda client: made(client, step))
        if "results" in step:
            check_results(response.results, step["results"])
        if response is not None:
            body = as_json(response)
            match(body, step.get("response", {}))
            self.save(step, body)

    def make_list(self, step: dict[str, Any]) -> None:
        def walk(client: Driver) -> list[Any]:
            if "pageToken" in step["request"]:
                # The method fetches all pages, and has no token.
                client.call(step["list"], parsed(step["list"], step["request"]))
                pytest.fail("a page was expected to fail")
            return list(client.walk(method_name(step["list"]), **arguments(step["list"], step["request"])))

        items = self.outcome(step, walk)
        if items is not None:
            if "count" in step:
                assert len(items) == step["count"]
            else:
                match([as_json(item) for item in items], step["items"])

    def make_stream(self, step: dict[str, Any]) -> None:
        stream = step["stream"]
        assert stream.keys() == {"requests", "results"}
        requests = [arguments(RECORD, request) for request in stream["requests"]]
        results = self.outcome(step, lambda client: list(client.walk("conversions.stream_record", requests=requests)))
        check_results(results, stream["results"])

    def make_watch(self, step: dict[str, Any]) -> None:
        """Watches until as many events came as are expected, but for one message at least."""

        def watched(client: Driver) -> list[Any]:
            messages = client.walk(method_name(step["watch"]), **arguments(step["watch"], step["request"]))
            events: list[Any] = []
            with contextlib.closing(messages):
                for message in map(as_json, messages):
                    if "heartbeat" not in message:
                        events.append(message)
                    if len(events) == len(step.get("items", [])):
                        break
            self.save(step, message)
            return events

        events = self.outcome(step, watched)
        if events is not None:
            match(events, step["items"])

    def make_restart(self, step: dict[str, Any]) -> None:
        status, _, _ = fetch("POST", f"{self.control_url}/restart", {}, None)
        assert status == http.client.NO_CONTENT
        self.make_call({**step.pop("restart"), **step})

    def make_http(self, step: dict[str, Any]) -> None:
        request = step["http"]
        assert request.keys() <= {"method", "url", "headers", "body"}
        status, headers, body = fetch(
            request["method"], request["url"], request.get("headers", {}), request.get("body")
        )
        assert status == step["status"], body
        match(headers, step.get("headers", {}))
        answer = {"headers": headers, "json": json.loads(body) if "json" in step else None}
        match(answer["json"], step.get("json"))
        self.save(step, answer)

    def make_money(self, step: dict[str, Any]) -> None:
        decimal, currency = step["money"]["decimal"], step["money"].get("currency", "EUR")
        if step["money"].get("error"):
            with pytest.raises(ValueError, match="amount"):
                Money(decimal, currency)
            return
        amount = v1.Money(currency_code=currency, micros=int(step["money"]["micros"]))
        assert Money(decimal, currency).to_message() == Money(Decimal(decimal), currency).to_message() == amount
        money = Money.from_message(amount)
        assert str(money.amount) == decimal
        assert str(money) == step["money"].get("text", str(money))

    def make_sign(self, step: dict[str, Any]) -> None:
        sign = step["sign"]
        signed = postback.sign(sign["url"], sign["body"].encode(), sign["secret"], sign["unixSeconds"])
        assert signed == sign["signedUrl"]
        assert postback.verify(signed, sign["body"].encode(), sign["secret"], unix_seconds=sign["unixSeconds"])

    def make_click_id(self, step: dict[str, Any]) -> None:
        text, normalised = step["click_id"]["text"], step["click_id"]["normalised"]
        assert click_id.normalise(text) == normalised
        assert click_id.is_click_id(text) == (normalised is not None)

    def outcome(self, step: dict[str, Any], use: Callable[[Driver], Any]) -> Any:
        """Calls `use` with the step's client. Returns the result, or None for an expected failure."""
        client = self.client
        if step.keys() & CLIENT_KEYS:
            settings = {"retries": step["retries"]} if "retries" in step else {}
            endpoint, api_key = step.get("endpoint", self.url), step.get("api_key", self.key)
            client = self.driver(endpoint, api_key or None, timeout=TIMEOUT_SECONDS, **settings)
        try:
            if "error" not in step:
                return use(client)
            with pytest.raises(Error) as raised:
                use(client)
            check_error(raised.value, step["error"])
            return None
        finally:
            if client is not self.client:
                client.close()

    def replaced(self, value: Any) -> Any:
        """Returns the value with each `${name}` in its texts replaced with the saved value."""
        match value:
            case str():
                return VARIABLE.sub(lambda name: self.saved[name[1]], value)
            case list():
                return [self.replaced(item) for item in value]
            case dict():
                return {key: self.replaced(item) for key, item in value.items()}
        return value

    def save(self, step: dict[str, Any], answer: Any) -> None:
        for name, wanted in step.get("save", {}).items():
            path = wanted["from"] if isinstance(wanted, dict) else wanted
            value = answer
            for part in path.split("."):
                value = value[int(part)] if isinstance(value, list) else value[part]
            if isinstance(wanted, dict):
                found = re.search(wanted["regex"], value)
                assert found, value
                value = found[1]
            self.saved[name] = value


def made(client: Driver, step: dict[str, Any]) -> Any:
    """Makes a call by its method. Without asyncio, only a stub's call can be cancelled."""
    path, request = step["call"], step["request"]
    seconds = step["timeout_ms"] / 1000 if "timeout_ms" in step else None
    if "cancel_after_ms" in step:
        return client.call(path, parsed(path, request), seconds, step["cancel_after_ms"] / 1000)
    if method_name(path).endswith(".list"):
        return list(client.walk(method_name(path), timeout=seconds, **arguments(path, request)))
    return client.use(method_name(path), timeout=seconds, **arguments(path, request))


def parsed(path: str, request: Any) -> Any:
    return ParseDict(request, getattr(v1, f"{path.partition('/')[2]}Request")())


def as_json(message: Any) -> Any:
    return MessageToDict(message, always_print_fields_with_no_presence=True)


def check_error(error: Error, expected: dict[str, Any]) -> None:
    assert expected.keys() <= {"code", "reason", "fields", "metadata"}
    assert error.code.name == expected["code"], error
    if "reason" in expected:
        assert error.reason is Reason(expected["reason"])
    if "fields" in expected:
        assert [violation.field for violation in error.field_violations] == expected["fields"]
    match(error.metadata, expected.get("metadata", {}))


def check_results(results: Any, expected: list[Any]) -> None:
    """Compares the items of a batch or stream with the expected responses and errors, in order."""
    assert len(results) == len(expected)
    for result, wanted in zip(results, expected, strict=True):
        [kind] = wanted.keys()
        if kind == "error":
            with pytest.raises(Error) as raised:
                unwrap(result)
            check_error(raised.value, wanted["error"])
        else:
            match(as_json(unwrap(result)), wanted["response"])


def match(actual: Any, expected: Any) -> None:
    """Compares objects by the expected keys, arrays in full, and whole texts with `~regex~`."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            assert key in actual, f"no {key} in {actual}"
            match(actual[key], value)
    elif isinstance(expected, list):
        assert len(actual) == len(expected), f"{actual} is not of {len(expected)} items"
        for item, value in zip(actual, expected, strict=True):
            match(item, value)
    elif isinstance(expected, str) and len(expected) > 1 and expected[0] == expected[-1] == "~":
        assert re.fullmatch(expected[1:-1], actual), f"{actual} is not {expected}"
    else:
        assert (type(actual), actual) == (type(expected), expected)


def fetch(method: str, url: str, headers: dict[str, str], body: str | None) -> tuple[int, dict[str, str], str]:
    """Makes a plain HTTP request without following redirects."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)
    try:
        target = parts._replace(scheme="", netloc="").geturl() or "/"
        connection.request(method, target, body.encode() if body is not None else None, headers)
        response = connection.getresponse()
        return (
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            response.read().decode(),
        )
    finally:
        connection.close()
