package io.s2s.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.s2s.sdk.v1.Money;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountsTest {
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
    Money expected = Money.newBuilder().setCurrencyCode("EUR").setMicros(micros).build();
    assertEquals(expected, Amounts.money(decimal, "EUR"));
    assertEquals(expected, Amounts.money(new BigDecimal(decimal), "EUR"));
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
    var error = assertThrows(IllegalArgumentException.class, () -> Amounts.money(decimal, "EUR"));
    assertTrue(error.getMessage().contains(message), error::getMessage);
    assertThrows(
        IllegalArgumentException.class, () -> Amounts.money(new BigDecimal(decimal), "EUR"));
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
    var error = assertThrows(IllegalArgumentException.class, () -> Amounts.money(text, "EUR"));
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
    Money money = Money.newBuilder().setCurrencyCode("EUR").setMicros(micros).build();
    assertEquals(expected, Amounts.decimal(money).toString());
    assertEquals(money, Amounts.money(expected, "EUR"));
  }

  @Test
  void hugeExponentsCostNothing() {
    for (String decimal : new String[] {"1e999999999", "1e-999999999", "1e2147483647"}) {
      assertThrows(
          IllegalArgumentException.class, () -> Amounts.money(new BigDecimal(decimal), "EUR"));
    }
  }
}
