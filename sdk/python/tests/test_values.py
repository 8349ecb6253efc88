"""Tests of pure rules: money, click ids, signatures, request ids, pauses."""

import json
from collections.abc import Callable
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest

from s2s_sdk import click_id, money, postback, v1
from s2s_sdk._calls import filled, pause_seconds

VECTORS = Path(__file__).parents[3] / "tests" / "vectors"
OUT_OF_RANGE = "out of range"
TOO_PRECISE = "at most six"
MALFORMED = "digits with at most one"
NOT_FINITE = "finite"
CLICK_ID = "04mwvf873p1cb9ykym1628xsyna5wmkrpzd560pb"


@pytest.mark.parametrize(
    ("amount", "micros"),
    [
        ("0", 0),
        ("-0", 0),
        ("100", 100_000_000),
        ("19.99", 19_990_000),
        ("+19.99", 19_990_000),
        ("-19.99", -19_990_000),
        ("-0.5", -500_000),
        ("007.10", 7_100_000),
        ("0.000001", 1),
        ("1.23456700000", 1_234_567),
        ("00000000000000000000000001", 1_000_000),
        ("1000000000000", 10**18),
        ("-1000000000000", -(10**18)),
        ("9223372036854.775807", 2**63 - 1),
        ("9223372036854.7758070", 2**63 - 1),
        ("-9223372036854.775808", -(2**63)),
        (Decimal("1E+3"), 1_000_000_000),
        (Decimal("1.230000000000000000000000000000"), 1_230_000),
        (Decimal("-0E-1000"), 0),
    ],
)
def test_amounts_are_read_exactly(amount: Decimal | str, micros: int) -> None:
    assert money.from_decimal(amount, "EUR") == v1.Money(currency_code="EUR", micros=micros)


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("9223372036854.775808", OUT_OF_RANGE),
        ("-9223372036854.775809", OUT_OF_RANGE),
        ("99999999999999999999999999", OUT_OF_RANGE),
        ("1.2345678", TOO_PRECISE),
        ("0.00000000000001", TOO_PRECISE),
        *((text, MALFORMED) for text in ("", "-", ".", ".5", "5.", "+-5", "--5", "1.2.3", "1,5", "1 000", " 1", "1\n")),
        *((text, MALFORMED) for text in ("1e3", "0x10", "1_000", "NaN", "€5", "\u0661", "1.0000000x")),
        (Decimal("1E+999999999"), OUT_OF_RANGE),
        (Decimal("1E-999999999"), TOO_PRECISE),
        (Decimal("NaN"), NOT_FINITE),
        (Decimal("-Infinity"), NOT_FINITE),
    ],
)
def test_what_is_no_exact_amount_is_refused(amount: Decimal | str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        money.from_decimal(amount)


@pytest.mark.parametrize("amount", [1.5, 1, True, None])
def test_floats_are_refused(amount: Any) -> None:
    with pytest.raises(TypeError):
        money.from_decimal(amount)


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "0"),
        (1, "0.000001"),
        (-1, "-0.000001"),
        (500_000, "0.5"),
        (19_990_000, "19.99"),
        (-19_990_000, "-19.99"),
        (100_000_000, "100"),
        (1_234_567, "1.234567"),
        (10_000_010, "10.00001"),
        (-10_000_010, "-10.00001"),
        (10**18, "1000000000000"),
        (-(10**18), "-1000000000000"),
        (1 - 10**18, "-999999999999.999999"),
        (2**63 - 1, "9223372036854.775807"),
        (-(2**63), "-9223372036854.775808"),
    ],
)
def test_amounts_are_written_and_read_back(micros: int, text: str) -> None:
    message = v1.Money(currency_code="EUR", micros=micros)
    # The program's own precision must not matter.
    with localcontext() as context:
        context.prec = 3
        assert str(money.to_decimal(message)) == text
        assert money.from_decimal(money.to_decimal(message), "EUR") == message


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
