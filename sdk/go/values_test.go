package s2s_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	s2s "s2s.example/sdk-go"
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
		money, err := s2s.ParseMoney(text, "EUR")
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
			"", "-", "+", ".", ".5", "5.", "+-5", "--5", "-+5", "1.2.3", "1,5", "1 000", " 1",
			"1\n", "1e3", "1_0", "0x10", "NaN", "\u20ac5", "\u0661", "1.0000000x", "1.-5",
		},
	} {
		for _, text := range texts {
			if money, err := s2s.ParseMoney(text, "EUR"); !errors.Is(err, expected) {
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
		money := &s2s.Money{CurrencyCode: "EUR", Micros: micros}
		decimal := s2s.MoneyDecimal(money)
		if decimal != expected {
			t.Errorf("%q instead of %q", decimal, expected)
		}
		if back, err := s2s.ParseMoney(decimal, "EUR"); err != nil || back.GetMicros() != micros {
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

func TestFloatsAreRefusedAsMoney(t *testing.T) {
	for _, amount := range []float64{19.99, 0.1, -2.3} {
		if money, err := s2s.MoneyFromRat(new(big.Rat).SetFloat64(amount), "EUR"); err == nil {
			t.Errorf("%v: %v", amount, money)
		}
	}
}

func TestMoneyIsPrintedWithTheDigitsOfItsCurrency(t *testing.T) {
	for _, row := range []struct{ amount, currency, expected string }{
		{"19.9", "EUR", "19.90 EUR"},
		{"19.999", "EUR", "19.999 EUR"},
		{"-0.5", "USD", "-0.50 USD"},
		{"0", "EUR", "0.00 EUR"},
		{"500", "JPY", "500 JPY"},
		{"500.5", "JPY", "500.5 JPY"},
		{"-1.5", "KWD", "-1.500 KWD"},
		{"1", "CLF", "1.0000 CLF"},
		{"1", "XXX", "1.00 XXX"},
		{"1", "eur", "1.00 eur"},
		{"1.000001", "", "1.000001"},
	} {
		money, err := s2s.ParseMoney(row.amount, row.currency)
		if shown := s2s.FormatMoney(money); err != nil || shown != row.expected {
			t.Errorf("%q instead of %q, %v", shown, row.expected, err)
		}
	}
	if shown := s2s.FormatMoney(nil); shown != "0.00" {
		t.Error(shown)
	}
}

func TestSignaturesAreVerified(t *testing.T) {
	const secret = "k2v9x4m7q1w8e3r6t5y0z2a4b6c8d0f1"
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0) }
	sign := func(url string) string {
		return s2s.SignPostback(url, []byte("body"), secret, at(1_000))
	}
	signed := sign("https://t.example/s2s?id=1&val=2")
	path := strings.TrimPrefix(signed, "https://t.example")
	start := strings.LastIndex(signed, "=") + 1
	upper := signed[:start] + strings.ToUpper(signed[start:])
	changed := strings.Replace(signed, "val=2", "val=3", 1)
	for _, row := range []struct {
		name, url, body, secret string
		tolerance               time.Duration
		now                     int64
		expected                bool
	}{
		{"on time", signed, "body", secret, 0, 1_000, true},
		{"path and query", path, "body", secret, 0, 1_000, true},
		{"late, within the tolerance", signed, "body", secret, s2s.SignatureTolerance, 1_300, true},
		{"early, within the tolerance", signed, "body", secret, s2s.SignatureTolerance, 700, true},
		{"too late", signed, "body", secret, s2s.SignatureTolerance, 1_301, false},
		{"too early", signed, "body", secret, s2s.SignatureTolerance, 699, false},
		{"upper case", upper, "body", secret, 0, 1_000, true},
		{"another body", signed, "Body", secret, 0, 1_000, false},
		{"no body", signed, "", secret, 0, 1_000, false},
		{"another secret", signed, "body", "x", 0, 1_000, false},
		{"another value", changed, "body", secret, 0, 1_000, false},
		{"text at the end", signed + "&val=3", "body", secret, 0, 1_000, false},
		{"a short signature", signed[:len(signed)-1], "body", secret, 0, 1_000, false},
		{"a shorter signature", signed[:len(signed)-2], "body", secret, 0, 1_000, false},
		{"no signature", "https://t.example/s2s?id=1", "body", secret, 0, 1_000, false},
		{"no query", "https://t.example/s2s", "body", secret, 0, 1_000, false},
		{"two times", sign("/s2s?ts=999"), "body", secret, s2s.SignatureTolerance, 1_000, false},
		{"the same time twice", sign("/s2s?ts=1000"), "body", secret, 0, 1_000, true},
		{"an empty time as well", sign("/s2s?ts="), "body", secret, 0, 1_000, false},
		{"a time in another name", sign("/s2s?its=999"), "body", secret, 0, 1_000, true},
	} {
		body := []byte(row.body)
		valid := s2s.VerifyPostback(row.url, body, row.secret, at(row.now), row.tolerance)
		if valid != row.expected {
			t.Errorf("%s: %t", row.name, valid)
		}
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
		"", "\"", id[1:], id + "0",
		"o" + id[1:], "O" + id[1:], "i" + id[1:], "l" + id[1:], "u" + id[1:],
		id[:20] + " " + id[21:], id[:20] + "-" + id[21:], id[:38] + "\u00e9",
		// The lower case of the Kelvin sign is k.
		id[:37] + "\u212a",
	} {
		if normalised, ok := s2s.NormaliseClickID(other); ok || normalised != "" {
			t.Errorf("%q: %q", other, normalised)
		}
	}
}
