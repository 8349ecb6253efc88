package s2s

import (
	"errors"
	"math/big"
	"strconv"
	"strings"
)

const (
	// fractionDigits is the number of fraction digits in millionths.
	fractionDigits = 6
	microsPerUnit  = 1_000_000
)

// The errors for values that are not amounts of money.
var (
	// ErrAmountMalformed says that a text is not an optional sign, digits, and at most one point
	// with digits after it.
	ErrAmountMalformed = errors.New(
		"s2s: an amount must be digits with at most one decimal point, such as 19.99")
	// ErrAmountTooPrecise says that an amount is not a whole number of millionths.
	ErrAmountTooPrecise = errors.New("s2s: an amount can have at most six fraction digits")
	// ErrAmountOutOfRange says that an amount in millionths does not fit an int64.
	ErrAmountOutOfRange = errors.New("s2s: the amount is out of range")
)

// ParseMoney reads an exact amount, such as 19.99, -3 or 0.000001: no exponent, no rounding, no
// thousands separators, no float. The currency is an ISO 4217 code, such as EUR, which the server
// checks; empty means the currency of the conversion code.
//
// A negative amount takes money back. The server refuses amounts beyond 10^18 millionths. It also
// refuses a negative value or commission in a conversion to record.
func ParseMoney(text, currencyCode string) (*Money, error) {
	number, negative := strings.CutPrefix(text, "-")
	if !negative {
		number = strings.TrimPrefix(number, "+")
	}
	whole, fraction, hasPoint := strings.Cut(number, ".")
	if !isDigits(whole) || hasPoint && !isDigits(fraction) {
		return nil, ErrAmountMalformed
	}
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > fractionDigits {
		return nil, ErrAmountTooPrecise
	}
	digits := whole + fraction + strings.Repeat("0", fractionDigits-len(fraction))
	if negative {
		digits = "-" + digits
	}
	micros, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return nil, ErrAmountOutOfRange
	}
	return &Money{CurrencyCode: currencyCode, Micros: micros}, nil
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// FormatMoney returns the amount with the digits of its currency, such as 19.90 EUR, 500 JPY or
// 1.500 KWD. Decimals beyond these digits are shown, never rounded. If the currency is not known or
// empty, the amount has at least two decimals.
func FormatMoney(money *Money) string {
	whole, decimals, _ := strings.Cut(MoneyDecimal(money), ".")
	if missing := currencyDigits(money.GetCurrencyCode()) - len(decimals); missing > 0 {
		decimals += strings.Repeat("0", missing)
	}
	if decimals != "" {
		whole += "." + decimals
	}
	return strings.TrimSpace(whole + " " + money.GetCurrencyCode())
}

// currencyDigits returns the number of digits after the point, by ISO 4217. If the currency is not
// known, the number is 2.
func currencyDigits(currencyCode string) int {
	switch currencyCode {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
		"VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	case "CLF", "UYW":
		return 4
	default:
		return 2
	}
}

// MoneyDecimal returns the amount without its currency, such as 19.99, 100 or -0.5. [ParseMoney]
// reads it back.
func MoneyDecimal(money *Money) string {
	decimal := MoneyRat(money).FloatString(fractionDigits)
	return strings.TrimSuffix(strings.TrimRight(decimal, "0"), ".")
}

// MoneyFromRat is [ParseMoney] for a calculated amount. An amount that is not a whole number of
// millionths, as most floats are not, is an error: rounding is left to the caller.
func MoneyFromRat(amount *big.Rat, currencyCode string) (*Money, error) {
	micros := new(big.Rat).Mul(amount, big.NewRat(microsPerUnit, 1))
	if !micros.IsInt() {
		return nil, ErrAmountTooPrecise
	}
	if !micros.Num().IsInt64() {
		return nil, ErrAmountOutOfRange
	}
	return &Money{CurrencyCode: currencyCode, Micros: micros.Num().Int64()}, nil
}

// MoneyRat returns the exact amount, for calculations.
func MoneyRat(money *Money) *big.Rat {
	return big.NewRat(money.GetMicros(), microsPerUnit)
}
