package io.s2s.sdk;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * An exact amount of money, such as {@code Money.of("19.99", "EUR")}. There are no floats, no
 * rounding and no thousands separators. The currency is taken unchanged; the server checks it.
 *
 * <p>A negative amount takes money back. The server refuses a negative value or commission in a
 * request, and any amount beyond 10^18 millionths.
 */
public final class Money {
  /** Number of fraction digits in millionths. */
  private static final int FRACTION_DIGITS = 6;

  private static final Pattern DECIMAL = Pattern.compile("[+-]?[0-9]+(\\.[0-9]+)?");

  /**
   * Digits after the point, by ISO 4217, of the currencies that don't have two. Java's own list
   * depends on its version.
   */
  private static final Map<Integer, List<String>> CURRENCIES =
      Map.of(
          0, currencies("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
          3, currencies("BHD IQD JOD KWD LYD OMR TND"),
          4, currencies("CLF UYW"));

  private static final int DIGITS_DEFAULT = 2;

  private final long micros;
  private final String currencyCode;

  private Money(long micros, String currencyCode) {
    this.micros = micros;
    this.currencyCode = Objects.requireNonNull(currencyCode, "currencyCode");
  }

  private static List<String> currencies(String codes) {
    return List.of(codes.split(" "));
  }

  /**
   * Reads an exact amount, such as {@code 19.99}, {@code -3} or {@code 0.000001}.
   *
   * @param currencyCode an ISO 4217 code, such as {@code EUR}; empty means the currency of the
   *     conversion code
   * @throws IllegalArgumentException if the text is not digits with at most one decimal point, has
   *     more than six fraction digits, or is out of range
   */
  public static Money of(String amount, String currencyCode) {
    if (!DECIMAL.matcher(amount).matches()) {
      throw new IllegalArgumentException(
          "an amount must be digits with at most one decimal point, such as 19.99");
    }
    return of(new BigDecimal(amount), currencyCode);
  }

  /**
   * Returns an exact amount. A {@code BigDecimal} that was made from a {@code double} usually has
   * too many digits.
   *
   * @throws IllegalArgumentException if it has more than six fraction digits, or the amount in
   *     millionths doesn't fit a {@code long}
   */
  public static Money of(BigDecimal amount, String currencyCode) {
    try {
      BigDecimal micros = amount.stripTrailingZeros().scaleByPowerOfTen(FRACTION_DIGITS);
      if (micros.scale() > 0) {
        throw new IllegalArgumentException("an amount can have at most six fraction digits");
      }
      return new Money(micros.longValueExact(), currencyCode);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("the amount is out of range", e);
    }
  }

  /** Returns the amount in a message, such as the value of a conversion. */
  public static Money of(io.s2s.sdk.v1.Money message) {
    return new Money(message.getMicros(), message.getCurrencyCode());
  }

  /** Returns the amount as a message. */
  public io.s2s.sdk.v1.Money toMessage() {
    return io.s2s.sdk.v1.Money.newBuilder().setCurrencyCode(currencyCode).setMicros(micros).build();
  }

  /**
   * Returns the amount without its currency and without trailing zeros in the fraction. Its text
   * has the same form: {@code 19.99}, {@code 100} or {@code -0.5}.
   */
  public BigDecimal amount() {
    return withDigits(0);
  }

  /** Returns the ISO 4217 code of the currency; may be empty. */
  public String currencyCode() {
    return currencyCode;
  }

  private BigDecimal withDigits(int digitsMin) {
    BigDecimal amount = BigDecimal.valueOf(micros, FRACTION_DIGITS).stripTrailingZeros();
    return amount.scale() < digitsMin ? amount.setScale(digitsMin) : amount;
  }

  /** Returns true if the other is an equal amount of the same currency. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Money money
        && micros == money.micros
        && currencyCode.equals(money.currencyCode);
  }

  @Override
  public int hashCode() {
    return Objects.hash(micros, currencyCode);
  }

  /**
   * Returns the amount with the digits of its currency, such as {@code 19.90 EUR}. Decimals beyond
   * them are shown, never rounded.
   */
  @Override
  public String toString() {
    int digits =
        CURRENCIES.entrySet().stream()
            .filter(entry -> entry.getValue().contains(currencyCode))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(DIGITS_DEFAULT);
    return (withDigits(digits).toPlainString() + " " + currencyCode).stripTrailing();
  }
}
