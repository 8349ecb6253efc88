package s2s_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	s2s "s2s.example/sdk-go"
	s2sv1 "s2s.example/sdk-go/gen/s2s/v1"
)

func TestDecimalsAreRead(t *testing.T) {
	for text, expected := range map[string]int64{
		"0":                          0,
		"-0":                         0,
		"100":                        100_000_000,
		"19.99":                      19_990_000,
		"+19.99":                     19_990_000,
		"-19.99":                     -19_990_000,
		"-0.5":                       -500_000,
		"007.10":                     7_100_000,
		"0.000001":                   1,
		"1.23456700000":              1_234_567,
		"00000000000000000000000001": 1_000_000,
		"1000000000000":              1_000_000_000_000_000_000,
		"-1000000000000":             -1_000_000_000_000_000_000,
		"9223372036854.775807":       math.MaxInt64,
		"9223372036854.7758070":      math.MaxInt64,
		"-9223372036854.775808":      math.MinInt64,
	} {
		money, err := s2s.MoneyFromDecimal(text, "EUR")
		if err != nil || money.GetMicros() != expected || money.GetCurrencyCode() != "EUR" {
			t.Errorf("%q: %v, %v", text, money, err)
		}
	}
	for expected, texts := range map[error][]string{
		s2s.ErrAmountOutOfRange: {
			"9223372036854.775808", "-9223372036854.775809", "99999999999999999999999999",
		},
		s2s.ErrAmountTooPrecise: {"1.2345678", "0.00000000000001"},
		s2s.ErrAmountMalformed: {
			"", "-", "+", ".", ".5", "5.", "+-5", "--5", "-+5", "1.2.3", "1,5", "1 000", " 1", "1\n", "1e3",
			"1_0", "0x10", "NaN", "\u20ac5", "\u0661", "1.0000000x", "1.-5",
		},
	} {
		for _, text := range texts {
			if money, err := s2s.MoneyFromDecimal(text, "EUR"); !errors.Is(err, expected) {
				t.Errorf("%q: %v, %v", text, money, err)
			}
		}
	}
}

func TestAmountsAreWrittenAndReadBack(t *testing.T) {
	for micros, expected := range map[int64]string{
		0:                          "0",
		1:                          "0.000001",
		-1:                         "-0.000001",
		500_000:                    "0.5",
		19_990_000:                 "19.99",
		-19_990_000:                "-19.99",
		100_000_000:                "100",
		1_234_567:                  "1.234567",
		10_000_010:                 "10.00001",
		-10_000_010:                "-10.00001",
		1_000_000_000_000_000_000:  "1000000000000",
		-1_000_000_000_000_000_000: "-1000000000000",
		-999_999_999_999_999_999:   "-999999999999.999999",
		math.MaxInt64:              "9223372036854.775807",
		math.MinInt64:              "-9223372036854.775808",
	} {
		money := &s2sv1.Money{CurrencyCode: "EUR", Micros: micros}
		decimal := s2s.MoneyDecimal(money)
		if decimal != expected {
			t.Errorf("%q instead of %q", decimal, expected)
		}
		if back, err := s2s.MoneyFromDecimal(decimal, "EUR"); err != nil || back.GetMicros() != micros {
			t.Errorf("%q: %v, %v", decimal, back, err)
		}
		back, err := s2s.MoneyFromRat(s2s.MoneyRat(money), "EUR")
		if err != nil || back.GetMicros() != micros || back.GetCurrencyCode() != "EUR" {
			t.Errorf("%q: %v, %v", decimal, back, err)
		}
	}
	if decimal := s2s.MoneyDecimal(nil); decimal != "0" {
		t.Error(decimal)
	}
}

func TestCalculatedAmountsAreExactOrRefused(t *testing.T) {
	third := big.NewRat(1, 3)
	if _, err := s2s.MoneyFromRat(third, "EUR"); !errors.Is(err, s2s.ErrAmountTooPrecise) {
		t.Error(err)
	}
	whole, err := s2s.MoneyFromRat(new(big.Rat).Mul(third, big.NewRat(3, 1)), "EUR")
	if err != nil || whole.GetMicros() != 1_000_000 {
		t.Error(whole, err)
	}
	large := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 63))
	if _, err := s2s.MoneyFromRat(large, "EUR"); !errors.Is(err, s2s.ErrAmountOutOfRange) {
		t.Error(err)
	}
}

func TestClickIDsAreKnownByTheirForm(t *testing.T) {
	const id = "04mwvf873p1cb9ykym1628xsyna5wmkrpzd560pb"
	for _, dress := range []string{
		id, strings.ToUpper(id), " \"" + id + "\"\n", "'" + id + "'", "\u00a0" + id + "\u3000",
	} {
		if normalised, ok := s2s.NormaliseClickID(dress); !ok || normalised != id {
			t.Errorf("%q: %q", dress, normalised)
		}
	}
	for _, other := range []string{
		"", "\"", id[1:], id + "0", "o" + id[1:], "O" + id[1:], "i" + id[1:], "l" + id[1:], "u" + id[1:],
		id[:20] + " " + id[21:], id[:20] + "-" + id[21:], id[:38] + "\u00e9",
		// The lower case of the Kelvin sign is k.
		id[:37] + "\u212a",
	} {
		if normalised, ok := s2s.NormaliseClickID(other); ok || normalised != "" {
			t.Errorf("%q: %q", other, normalised)
		}
	}
}
