"""Tests of pure rules: click ids, signatures, request ids, pauses."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from s2s_sdk import click_id, postback, v1
from s2s_sdk._calls import call_name, filled, is_repeatable, pause_seconds

VECTORS = Path(__file__).parents[3] / "tests" / "vectors"
CLICK_ID = "04mwvf873p1cb9ykym1628xsyna5wmkrpzd560pb"


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        (CLICK_ID, CLICK_ID),
        (CLICK_ID.upper(), CLICK_ID),
        (f' "{CLICK_ID}"\n', CLICK_ID),
        (f"'\u00a0{CLICK_ID}\u3000'", CLICK_ID),
        ("", None),
        (CLICK_ID[1:], None),
        (CLICK_ID + "0", None),
        (CLICK_ID[:-1] + "o", None),
        (CLICK_ID[:-1] + "I", None),
        (CLICK_ID[:-1] + "L", None),
        (CLICK_ID[:-1] + "u", None),
        (CLICK_ID[:-1] + "\u212a", None),
        (CLICK_ID[:20] + " " + CLICK_ID[20:], None),
        (f"\x1c{CLICK_ID}", None),
        ("{clickid}", None),
    ],
)
def test_click_ids_are_known_by_their_form(text: str, normalised: str | None) -> None:
    assert click_id.normalise(text) == normalised
    assert click_id.is_click_id(text) == (normalised is not None)


def test_the_vectors_of_all_sdks_are_signed_alike() -> None:
    vectors = json.loads((VECTORS / "postback_signature.json").read_text())
    assert len(vectors) >= 7
    for vector in vectors:
        signed = postback.sign(vector["url"], vector["body"].encode(), vector["secret"], vector["unix_seconds"])
        assert signed == vector["signed_url"], vector["name"]


URL = "https://t.example/s2s?clickId=x&val=1"
BODY = b"{}"
SECRET = "k2v9x4m7q1w8e3r6t5y0z2a4b6c8d0f1"  # noqa: S105
NOW = 1_763_900_000


def test_signatures_of_all_vectors_are_valid() -> None:
    for vector in json.loads((VECTORS / "postback_signature.json").read_text()):
        body, secret = vector["body"].encode(), vector["secret"]
        assert postback.verify(vector["signed_url"], body, secret, unix_seconds=vector["unix_seconds"])
        assert not postback.verify(vector["signed_url"], body + b"x", secret, unix_seconds=vector["unix_seconds"])


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        (lambda url: url, True),
        (lambda url: url.removeprefix("https://t.example"), True),
        (lambda url: url[:-64] + url[-64:].upper(), True),
        (lambda url: url + "&x=1", False),
        (lambda url: url[:-1], False),
        (lambda url: url[:-1] + "\u0661", False),
        (lambda url: url[:-64] + "0" * 64, False),
        (lambda url: url.replace("val=1", "val=2"), False),
        (lambda url: url.replace(f"ts={NOW}", f"ts={NOW + 1}"), False),
        (lambda url: url.partition("&sig=")[0], False),
        (lambda url: url.partition("?")[0], False),
        (lambda url: "", False),
    ],
)
def test_changed_calls_are_refused(change: Callable[[str], str], *, valid: bool) -> None:
    url = change(postback.sign(URL, BODY, SECRET, NOW))
    assert postback.verify(url, BODY, SECRET, unix_seconds=NOW) == valid
    assert not postback.verify(url, BODY, "another secret", unix_seconds=NOW)


@pytest.mark.parametrize(
    ("seconds", "settings", "valid"),
    [
        (0, {}, True),
        (300, {}, True),
        (-300, {}, True),
        (301, {}, False),
        (-301, {}, False),
        (11, {"tolerance_seconds": 10}, False),
        (10, {"tolerance_seconds": 10}, True),
        (3_600, {"tolerance_seconds": 3_600}, True),
    ],
)
def test_signatures_become_too_old(seconds: int, settings: dict[str, int], *, valid: bool) -> None:
    url = postback.sign(URL, BODY, SECRET, NOW)
    assert postback.verify(url, BODY, SECRET, unix_seconds=NOW + seconds, **settings) == valid


@pytest.mark.parametrize(
    ("query", "valid"),
    [
        (f"ts={NOW}&val=1", True),
        (f"val=1&ts={NOW}&ts={NOW}", True),
        (f"val=1&ts={NOW}&ts={NOW + 1}", False),
        ("val=1", False),
        (f"val=1&its={NOW}", False),
        ("val=1&ts=", False),
        ("val=1&ts=now", False),
        (f"val=1&ts={NOW}.0", False),
        ("val=1&ts=" + "9" * 5_000, False),
    ],
)
def test_a_signature_needs_one_time(query: str, *, valid: bool) -> None:
    url = f"/s2s?{query}&sig={postback.signature(query.encode(), b'', SECRET)}"
    assert postback.verify(url, b"", SECRET, unix_seconds=NOW) == valid


def test_signatures_of_the_present_are_valid() -> None:
    assert postback.verify(postback.sign(URL, b"", SECRET, int(time.time())), b"", SECRET)
    assert not postback.verify(postback.sign(URL, b"", SECRET, NOW), b"", SECRET)


@pytest.mark.parametrize(
    ("call", "repeatable"),
    [("ApiKeyService/RotateApiKey", False), ("ApiKeyService/CreateApiKey", True), ("ClickService/GetClick", True)],
)
def test_only_calls_that_are_safe_are_repeated(call: str, *, repeatable: bool) -> None:
    assert is_repeatable(call_name(f"/s2s.v1.{call}")) == repeatable
    assert call_name(f"/s2s.v1.{call}".encode()) == f"s2s.v1.{call.replace('/', '.')}"


@pytest.mark.parametrize(
    ("retries", "asked", "random", "seconds"),
    [
        (0, 0, 0, 0.05),
        (0, 0, 1, 0.1),
        (1, 0, 0, 0.1),
        (3, 0, 1, 0.8),
        (6, 0, 1, 5),
        (2**32, 0, 1, 5),
        (0, 2, 0, 2.05),
        (0, 2, 1, 2.1),
    ],
)
def test_pauses_double_up_to_a_limit(retries: int, asked: float, random: float, seconds: float) -> None:
    assert pause_seconds(retries, asked, random) == pytest.approx(seconds)


def test_every_request_that_takes_one_gets_a_request_id() -> None:
    made = [
        filled(message())
        for name in v1.__all__
        if name.endswith("Request") and "request_id" in (message := getattr(v1, name)).DESCRIPTOR.fields_by_name
    ]
    assert len(made) >= 6
    ids = [request.request_id for request in made]
    assert all(len(id) == 32 and int(id, 16) >= 0 for id in ids)
    assert len(set(ids)) == len(ids)
    assert filled(v1.RecordConversionRequest(request_id="mine")).request_id == "mine"


def test_conversions_and_postbacks_get_a_request_id() -> None:
    conversion = v1.RecordConversionRequest(conversion=v1.NewConversion())
    postback = v1.RecordConversionRequest(postback=v1.RawPostback())
    batch = v1.BatchRecordConversionsRequest(requests=[conversion, postback])
    made = [filled(conversion), filled(postback), *filled(batch).requests]
    ids = [request.request_id for request in made]
    assert all(len(id) == 32 for id in ids)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("change", "has_id", "has_time"),
    [
        (lambda request: None, True, True),
        (lambda request: request.click_time.FromSeconds(1), True, True),
        (lambda request: setattr(request, "click_id", "minted"), False, False),
        (lambda request: setattr(request, "request_id", "mine"), True, False),
    ],
)
def test_clicks_get_what_makes_their_id(
    change: Callable[[v1.RecordClickRequest], None], has_id: bool, has_time: bool
) -> None:
    request = v1.RecordClickRequest()
    change(request)
    click = filled(request)
    assert (click.request_id != "", click.HasField("click_time")) == (has_id, has_time)
    assert request.request_id in ("", click.request_id)
    if request.HasField("click_time"):
        assert click.click_time == request.click_time
