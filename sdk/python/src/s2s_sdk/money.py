"""Exact amounts of money.

There is no float and no rounding: a number that is not exactly an amount in millionths is an error.
The currency is taken unchanged; the server checks it.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation
from functools import total_ordering

from s2s_sdk import v1

_MICRO = Decimal("0.000001")
_MICRO_DIGITS = 6
_MICROS_PER_UNIT = 10**_MICRO_DIGITS
_MICROS_MIN, _MICROS_MAX = -(2**63), 2**63 - 1
_TEXT = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
# 2^63 has 19 digits; a number with more is out of range. A seventh fraction digit other than 0 is
# inexact.
_EXACT = Context(prec=19, traps=[InvalidOperation, Inexact])

# Digits after the point, by ISO 4217, of currencies that don't have two.
_DIGITS_BY_CURRENCY = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DIGITS = {code: digits for digits, codes in _DIGITS_BY_CURRENCY.items() for code in codes.split()}
_DIGITS_DEFAULT = 2


@total_ordering
class Money:
    """An exact amount of money, such as `Money("19.99", "EUR")`.

    Amounts are equal if number and currency are, and are ordered within one currency. `str` prints
    as many decimals as the currency has, `19.90 EUR`, or more if needed. It never rounds.

    A negative amount takes money back. The server refuses a negative value or commission in a
    request, and any amount beyond 10^18 millionths.
    """

    __slots__ = ("_currency_code", "_micros")

    _micros: int
    _currency_code: str

    def __init__(self, amount: str | int | Decimal, currency_code: str = "") -> None:
        """Makes the amount.

        Args:
            amount: A finite number. A str must be digits with at most one point and an optional
                sign, such as `19.99`, `-3` or `0.000001`. A float is refused.
            currency_code: ISO 4217 code, such as `EUR`. Empty: the currency of the conversion code.

        Raises:
            TypeError: The amount is a float, or no number.
            ValueError: The amount is malformed, out of range, or not exact in millionths.
        """
        if not isinstance(currency_code, str):
            raise TypeError("the currency must be a str, such as EUR")
        object.__setattr__(self, "_micros", _micros(amount))
        object.__setattr__(self, "_currency_code", currency_code)

    @classmethod
    def from_message(cls, message: v1.Money) -> Money:
        """Returns the amount in a message, such as `conversion.value`."""
        money = cls(0, message.currency_code)
        object.__setattr__(money, "_micros", message.micros)
        return money

    def to_message(self) -> v1.Money:
        """Returns the amount as a message."""
        return v1.Money(currency_code=self._currency_code, micros=self._micros)

    @property
    def amount(self) -> Decimal:
        """The number, without zeros at the end of its decimals."""
        return Decimal(self._text(0))

    @property
    def currency_code(self) -> str:
        """The ISO 4217 code of the currency; may be empty."""
        return self._currency_code

    def __str__(self) -> str:
        number = self._text(_DIGITS.get(self._currency_code, _DIGITS_DEFAULT))
        return f"{number} {self._currency_code}".rstrip()

    def __repr__(self) -> str:
        return f"Money({self._text(0)!r}, {self._currency_code!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return (self._micros, self._currency_code) == (other._micros, other._currency_code)

    def __lt__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        if self._currency_code != other._currency_code:
            raise TypeError(f"amounts of different currencies have no order: {self} and {other}")
        return self._micros < other._micros

    def __hash__(self) -> int:
        return hash((self._micros, self._currency_code))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("an amount of money can't be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("an amount of money can't be changed")

    def __reduce__(self) -> tuple[type[Money], tuple[str, str]]:
        return Money, (self._text(0), self._currency_code)

    def _text(self, digits: int) -> str:
        """Returns the number with at least `digits` decimals, and no more than needed."""
        whole, fraction = divmod(abs(self._micros), _MICROS_PER_UNIT)
        decimals = f"{fraction:0{_MICRO_DIGITS}}".rstrip("0").ljust(digits, "0")
        sign = "-" if self._micros < 0 else ""
        return f"{sign}{whole}.{decimals}".rstrip(".")


def _micros(amount: str | int | Decimal) -> int:
    """Returns the amount in millionths."""
    if isinstance(amount, float):
        raise TypeError("an amount can't be a float, which is not exact: give a str such as '19.99', or a Decimal")
    if isinstance(amount, bool) or not isinstance(amount, (str, int, Decimal)):
        raise TypeError(f"an amount must be a str, an int or a Decimal, not {type(amount).__name__}")
    if isinstance(amount, str):
        if not _TEXT.fullmatch(amount):
            raise ValueError("an amount must be digits with at most one decimal point, such as 19.99")
        amount = Decimal(amount)
    number = Decimal(amount)
    if not number.is_finite():
        raise ValueError("an amount must be a finite number")
    try:
        micros = int(number.quantize(_MICRO, context=_EXACT).scaleb(_MICRO_DIGITS, context=_EXACT))
    except Inexact:
        raise ValueError("an amount can have at most six fraction digits") from None
    except DecimalException:
        micros = _MICROS_MAX + 1
    if not _MICROS_MIN <= micros <= _MICROS_MAX:
        raise ValueError("the amount is out of range")
    return micros
