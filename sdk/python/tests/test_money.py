"""Tests of amounts of money."""

import copy
import pickle
from decimal import Decimal, localcontext
from typing import Any

import pytest

from s2s_sdk import Money, v1

OUT_OF_RANGE = "out of range"
TOO_PRECISE = "at most six"
MALFORMED = "digits with at most one"
NOT_FINITE = "finite"


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
        (19, 19_000_000),
        (-(10**12), -(10**18)),
        (Decimal("1.230000000000000000000000000000"), 1_230_000),
        (Decimal("-0E-1000"), 0),
    ],
)
def test_amounts_are_read_exactly(amount: Decimal | str | int, micros: int) -> None:
    assert Money(amount, "EUR").to_message() == v1.Money(currency_code="EUR", micros=micros)


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
        (10**13, OUT_OF_RANGE),
        (10**4_000, OUT_OF_RANGE),
        (Decimal("1E+999999999"), OUT_OF_RANGE),
        (Decimal("1E-999999999"), TOO_PRECISE),
        (Decimal("NaN"), NOT_FINITE),
        (Decimal("-Infinity"), NOT_FINITE),
    ],
)
def test_what_is_no_exact_amount_is_refused(amount: Decimal | str | int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Money(amount)


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        (1.5, "can't be a float, which is not exact: give a str"),
        (1.0, "can't be a float"),
        (True, "must be a str, an int or a Decimal, not bool"),
        (None, "not NoneType"),
        (b"1", "not bytes"),
    ],
)
def test_floats_are_refused(amount: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        Money(amount, "EUR")


def test_the_currency_is_a_text() -> None:
    currency: Any = None
    with pytest.raises(TypeError, match="the currency must be a str"):
        Money("1", currency)


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
        amount = Money.from_message(message)
        assert str(amount.amount) == text
        assert amount.currency_code == "EUR"
        assert Money(amount.amount, "EUR") == amount == Money(text, "EUR")
        assert amount.to_message() == message


@pytest.mark.parametrize(
    ("amount", "currency_code", "text"),
    [
        ("19.9", "EUR", "19.90 EUR"),
        ("19", "EUR", "19.00 EUR"),
        ("-0.5", "EUR", "-0.50 EUR"),
        ("19.999", "EUR", "19.999 EUR"),
        ("0", "EUR", "0.00 EUR"),
        ("100", "JPY", "100 JPY"),
        ("-100", "JPY", "-100 JPY"),
        ("100.5", "JPY", "100.5 JPY"),
        ("1.5", "KWD", "1.500 KWD"),
        ("1.2345", "KWD", "1.2345 KWD"),
        ("1", "CLF", "1.0000 CLF"),
        ("1", "ZZZ", "1.00 ZZZ"),
        ("0.000001", "ZZZ", "0.000001 ZZZ"),
        ("1", "", "1.00"),
    ],
)
def test_amounts_are_printed_with_the_digits_of_their_currency(amount: str, currency_code: str, text: str) -> None:
    money = Money(amount, currency_code)
    assert (str(money), f"{money}") == (text, text)
    assert eval(repr(money)) == money  # noqa: S307


def test_amounts_are_compared() -> None:
    one, same, two, dollar = Money("1", "EUR"), Money(Decimal("1.00"), "EUR"), Money(2, "EUR"), Money(1, "USD")
    assert one == same
    assert hash(one) == hash(same)
    assert len({one, same, two, dollar}) == 3
    assert one != dollar
    different: Any = "1"
    assert one != different
    assert one < two
    assert one <= same
    assert two > one >= same
    assert max(one, two) is two
    with pytest.raises(TypeError, match=r"different currencies have no order: 1\.00 EUR and 1\.00 USD"):
        _ = one < dollar
    with pytest.raises(TypeError, match="not supported"):
        _ = one < different


def test_amounts_do_not_change() -> None:
    money = Money("1.10", "EUR")
    with pytest.raises(AttributeError, match="can't be changed"):
        money.amount = Decimal(2)  # type: ignore[misc]
    with pytest.raises(AttributeError, match="can't be changed"):
        del money._micros
    assert copy.deepcopy(money) == pickle.loads(pickle.dumps(money)) == money  # noqa: S301
