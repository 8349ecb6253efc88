"""Exact amounts of money: `decimal.Decimal` to `v1.Money` and back.

No float, no rounding: what is not exactly an amount in millionths is an error. The currency is taken as it is; the
server checks it.
"""

import re
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation

from s2s_sdk import v1

_MICRO = Decimal("0.000001")
_MICROS_PER_UNIT = 1_000_000
_MICROS_MIN, _MICROS_MAX = -(2**63), 2**63 - 1
_TEXT = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
# The 19 digits of 2^63; more can't be in range. What has a seventh fraction digit other than 0 is inexact.
_EXACT = Context(prec=19, traps=[InvalidOperation, Inexact])


def from_decimal(amount: Decimal | str, currency_code: str = "") -> v1.Money:
    """The amount as a message.

    `amount`: a finite decimal, or digits with at most one point, such as `19.99`, `-3` or `0.000001`.
    `currency_code`: ISO 4217, such as `EUR`; empty means the currency of the conversion code.

    Raises `ValueError` where millionths can't say it exactly.
    """
    if isinstance(amount, str):
        if not _TEXT.fullmatch(amount):
            raise ValueError("an amount is digits with at most one decimal point, such as 19.99")
        amount = Decimal(amount)
    if not isinstance(amount, Decimal):
        raise TypeError("an amount is a Decimal, or a text such as 19.99")
    if not amount.is_finite():
        raise ValueError("an amount is a finite number")
    try:
        micros = int(amount.quantize(_MICRO, context=_EXACT).scaleb(6, context=_EXACT))
    except Inexact:
        raise ValueError("an amount has at most six fraction digits") from None
    except DecimalException:
        micros = _MICROS_MAX + 1
    if not _MICROS_MIN <= micros <= _MICROS_MAX:
        raise ValueError("the amount is out of range")
    return v1.Money(currency_code=currency_code, micros=micros)


def to_decimal(money: v1.Money) -> Decimal:
    """The amount without its currency, and without zeros at its end: `from_decimal` reads it back."""
    whole, fraction = divmod(abs(money.micros), _MICROS_PER_UNIT)
    sign = "-" if money.micros < 0 else ""
    return Decimal(f"{sign}{whole}.{fraction:06}".rstrip("0").rstrip("."))
