"""Exact amounts of money: converts `decimal.Decimal` to `v1.Money` and back.

There is no float and no rounding: a number that is not exactly an amount in millionths is an error.
The currency is taken unchanged; the server checks it.

A negative amount takes money back. The server refuses a negative value or commission in a request,
and any amount beyond 10^18 millionths.
"""

import re
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation

from s2s_sdk import v1

_MICRO = Decimal("0.000001")
_MICROS_PER_UNIT = 1_000_000
_MICROS_MIN, _MICROS_MAX = -(2**63), 2**63 - 1
_TEXT = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
# 2^63 has 19 digits; a number with more is out of range. A seventh fraction digit other than 0 is
# inexact.
_EXACT = Context(prec=19, traps=[InvalidOperation, Inexact])


def from_decimal(amount: Decimal | str, currency_code: str = "") -> v1.Money:
    """Returns the amount as a message.

    `amount`: a finite decimal, or digits with at most one point, such as `19.99`, `-3` or `0.000001`.
    `currency_code`: ISO 4217 code, such as `EUR`; empty means the currency of the conversion code.

    Raises `ValueError` if the amount is not exact in millionths.
    """
    if isinstance(amount, str):
        if not _TEXT.fullmatch(amount):
            raise ValueError("an amount must be digits with at most one decimal point, such as 19.99")
        amount = Decimal(amount)
    if not isinstance(amount, Decimal):
        raise TypeError("an amount must be a Decimal, or a text such as 19.99")
    if not amount.is_finite():
        raise ValueError("an amount must be a finite number")
    try:
        micros = int(amount.quantize(_MICRO, context=_EXACT).scaleb(6, context=_EXACT))
    except Inexact:
        raise ValueError("an amount can have at most six fraction digits") from None
    except DecimalException:
        micros = _MICROS_MAX + 1
    if not _MICROS_MIN <= micros <= _MICROS_MAX:
        raise ValueError("the amount is out of range")
    return v1.Money(currency_code=currency_code, micros=micros)


def to_decimal(money: v1.Money) -> Decimal:
    """Returns the amount without currency and trailing zeros; `from_decimal` reads it back."""
    whole, fraction = divmod(abs(money.micros), _MICROS_PER_UNIT)
    sign = "-" if money.micros < 0 else ""
    return Decimal(f"{sign}{whole}.{fraction:06}".rstrip("0").rstrip("."))
