package io.s2s.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {
  private static Money euros(long micros) {
    return Money.of(
        io.s2s.sdk.v1.Money.newBuilder().setCurrencyCode("EUR").setMicros(micros).build());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "100, 100000000",
    "19.99, 19990000",
    "+19.99, 19990000",
    "-19.99, -19990000",
    "-0.5, -500000",
    "007.10, 7100000",
    "0.000001, 1",
    "1.23456700000, 1234567",
    "00000000000000000000000001, 1000000",
    "1000000000000, 1000000000000000000",
    "-1000000000000, -1000000000000000000",
    "9223372036854.775807, 9223372036854775807",
    "9223372036854.7758070, 9223372036854775807",
    "-9223372036854.775808, -9223372036854775808",
  })
  void readsDecimals(String decimal, long micros) {
    Money expected = euros(micros);
    assertEquals(expected, Money.of(decimal, "EUR"));
    assertEquals(expected, Money.of(new BigDecimal(decimal), "EUR"));
    assertEquals(micros, expected.toMessage().getMicros());
  }

  @ParameterizedTest
  @CsvSource({
    "9223372036854.775808, out of range",
    "-9223372036854.775809, out of range",
    "99999999999999999999999999, out of range",
    "1.2345678, six fraction digits",
    "0.00000000000001, six fraction digits",
  })
  void refusesWhatMillionthsCantHold(String decimal, String message) {
    var error = assertThrows(IllegalArgumentException.class, () -> Money.of(decimal, "EUR"));
    assertTrue(error.getMessage().contains(message), error::getMessage);
    assertThrows(IllegalArgumentException.class, () -> Money.of(new BigDecimal(decimal), "EUR"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        ".",
        ".5",
        "5.",
        "+-5",
        "--5",
        "1.2.3",
        "1,5",
        "1 000",
        " 1",
        "1\n",
        "1e3",
        "0x10",
        "NaN",
        "€5",
        "١",
        "1.0000000x"
      })
  void refusesWhatIsNoDecimal(String text) {
    var error = assertThrows(IllegalArgumentException.class, () -> Money.of(text, "EUR"));
    assertTrue(error.getMessage().contains("digits with at most one"), error::getMessage);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 0.000001",
    "-1, -0.000001",
    "500000, 0.5",
    "19990000, 19.99",
    "-19990000, -19.99",
    "100000000, 100",
    "1234567, 1.234567",
    "-500000, -0.5",
    "-100000000, -100",
    "10000010, 10.00001",
    "-10000010, -10.00001",
    "1000000000000000000, 1000000000000",
    "-1000000000000000000, -1000000000000",
    "-999999999999999999, -999999999999.999999",
    "9223372036854775807, 9223372036854.775807",
    "-9223372036854775808, -9223372036854.775808",
  })
  void writesDecimalsAndReadsThemBack(long micros, String expected) {
    Money money = euros(micros);
    assertEquals(expected, money.amount().toString());
    assertEquals(money, Money.of(expected, "EUR"));
  }

  @Test
  void hugeExponentsCostNothing() {
    for (String decimal : new String[] {"1e999999999", "1e-999999999", "1e2147483647"}) {
      assertThrows(IllegalArgumentException.class, () -> Money.of(new BigDecimal(decimal), "EUR"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "19.9, EUR, 19.90 EUR",
    "19.99, EUR, 19.99 EUR",
    "100, EUR, 100.00 EUR",
    "-0.5, EUR, -0.50 EUR",
    "-1234567, EUR, -1234567.00 EUR",
    "1.2345, EUR, 1.2345 EUR",
    "0, EUR, 0.00 EUR",
    "19, JPY, 19 JPY",
    "19.5, JPY, 19.5 JPY",
    "-0.000001, JPY, -0.000001 JPY",
    "1.5, KWD, 1.500 KWD",
    "1.2345, KWD, 1.2345 KWD",
    "1, UYW, 1.0000 UYW",
    "5, XXX, 5.00 XXX",
    "5.125, nonsense, 5.125 nonsense",
    "5, '', 5.00",
    "9223372036854.775807, USD, 9223372036854.775807 USD",
  })
  void printsTheDigitsOfTheCurrency(String amount, String currency, String expected) {
    assertEquals(expected, Money.of(amount, currency).toString());
  }

  @Test
  void amountsAreEqualIfNumberAndCurrencyAre() {
    assertEquals(Money.of("1.50", "EUR"), Money.of("1.5", "EUR"));
    assertEquals(Money.of("1.50", "EUR").hashCode(), Money.of("1.5", "EUR").hashCode());
    assertNotEquals(Money.of("1.5", "EUR"), Money.of("1.5", "USD"));
    assertNotEquals(Money.of("1.5", "EUR"), Money.of("1.51", "EUR"));
    assertEquals("EUR", Money.of("1.5", "EUR").currencyCode());
  }

  /** Checks that no method takes a float, to which Java would convert integers as well. */
  @Test
  void thereIsNoWayForFloats() {
    for (Method method : Money.class.getMethods()) {
      for (Class<?> type : method.getParameterTypes()) {
        boolean isRefused =
            type != double.class
                && type != float.class
                && type != Double.class
                && type != Float.class
                && type != Number.class;
        assertTrue(isRefused, method::toString);
      }
    }
    BigDecimal fromDouble = new BigDecimal(0.1);
    assertThrows(IllegalArgumentException.class, () -> Money.of(fromDouble, "EUR"));
  }
}
