package io.s2s.sdk;

import io.s2s.sdk.v1.Money;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/**
 * Exact amounts: converts decimals to {@link Money} and back. There are no floats, no rounding and
 * no thousands separators. The currency is taken unchanged; the server checks it.
 *
 * <p>A negative amount takes money back. The server refuses a negative value or commission in a
 * request, and any amount beyond 10^18 millionths.
 */
public final class Amounts {
  /** Number of fraction digits in millionths. */
  private static final int FRACTION_DIGITS = 6;

  private static final Pattern DECIMAL = Pattern.compile("[+-]?[0-9]+(\\.[0-9]+)?");

  private Amounts() {}

  /**
   * Reads an exact amount, such as {@code 19.99}, {@code -3} or {@code 0.000001}.
   *
   * @param currencyCode an ISO 4217 code, such as {@code EUR}; empty means the currency of the
   *     conversion code
   * @throws IllegalArgumentException if the text is not digits with at most one decimal point, has
   *     more than six fraction digits, or is out of range
   */
  public static Money money(String decimal, String currencyCode) {
    if (!DECIMAL.matcher(decimal).matches()) {
      throw new IllegalArgumentException(
          "an amount must be digits with at most one decimal point, such as 19.99");
    }
    return money(new BigDecimal(decimal), currencyCode);
  }

  /**
   * Converts an exact amount of money.
   *
   * @throws IllegalArgumentException if it has more than six fraction digits, or the amount in
   *     millionths doesn't fit a {@code long}
   */
  public static Money money(BigDecimal decimal, String currencyCode) {
    try {
      BigDecimal micros = decimal.stripTrailingZeros().scaleByPowerOfTen(FRACTION_DIGITS);
      if (micros.scale() > 0) {
        throw new IllegalArgumentException("an amount can have at most six fraction digits");
      }
      return Money.newBuilder()
          .setCurrencyCode(currencyCode)
          .setMicros(micros.longValueExact())
          .build();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("the amount is out of range", e);
    }
  }

  /**
   * Returns the amount without its currency and without trailing zeros in the fraction. Its text
   * has the same form: {@code 19.99}, {@code 100} or {@code -0.5}.
   */
  public static BigDecimal decimal(Money money) {
    BigDecimal decimal =
        BigDecimal.valueOf(money.getMicros(), FRACTION_DIGITS).stripTrailingZeros();
    // A negative scale would write 100 as 1E+2.
    return decimal.scale() < 0 ? decimal.setScale(0) : decimal;
  }
}
