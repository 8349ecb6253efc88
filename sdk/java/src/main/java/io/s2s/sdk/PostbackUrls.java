package io.s2s.sdk;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs postback URLs and verifies signatures, for servers that call or receive such URLs. */
public final class PostbackUrls {
  private static final String ALGORITHM = "HmacSHA256";

  /** Separates the signed text and the signature, which ends the URL. */
  private static final String MARK = "&sig=";

  private static final Pattern SIGNATURE = Pattern.compile("[0-9a-fA-F]{64}");
  private static final Pattern TIME = Pattern.compile("(?:^|&)ts=([^&]*)");

  /** Matches seconds that fit a {@code long}. */
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,18}");

  private PostbackUrls() {}

  /**
   * Returns the URL with the time and its signature appended.
   *
   * @param url the URL with all parameters filled in and percent-encoded, without a fragment
   * @param body the body of a {@code POST}, or empty
   * @param secret the secret that {@code conversionCodes().rotatePostbackSecret} returned
   * @param unixSeconds the present time; the server accepts the signature for 300 seconds
   */
  public static String sign(String url, byte[] body, String secret, long unixSeconds) {
    String timed = url + (url.contains("?") ? "&" : "?") + "ts=" + unixSeconds;
    return timed + MARK + signature(query(timed), body, secret);
  }

  /**
   * Returns true if the URL has a valid signature that was made at most {@code toleranceSeconds}
   * before or after now, since clocks differ. The same signature is valid again within that time:
   * to count a call once, remember its {@code sig}.
   *
   * @param signedUrl the URL, or only its path and query, exactly as it arrived
   * @param body the body of a {@code POST}, or empty
   * @param secret the secret that {@code conversionCodes().rotatePostbackSecret} returned
   * @param toleranceSeconds the tolerance; the server's own is 300
   */
  public static boolean verify(
      String signedUrl, byte[] body, String secret, long toleranceSeconds) {
    long now = Instant.now().getEpochSecond();
    return verify(signedUrl, body, secret, toleranceSeconds, now);
  }

  /** Verifies a signature as if the present time were {@code unixSeconds}. */
  public static boolean verify(
      String signedUrl, byte[] body, String secret, long toleranceSeconds, long unixSeconds) {
    String query = query(signedUrl);
    int end = query.lastIndexOf(MARK);
    if (end < 0) {
      return false;
    }
    String signed = query.substring(0, end);
    String given = query.substring(end + MARK.length());
    if (!SIGNATURE.matcher(given).matches()
        || !equal(signature(signed, body, secret), given.toLowerCase(Locale.ROOT))) {
      return false;
    }
    // With several different times, it would be open which one counts.
    Matcher times = TIME.matcher(signed);
    List<String> distinct = times.results().map(time -> time.group(1)).distinct().toList();
    return distinct.size() == 1
        && SECONDS.matcher(distinct.get(0)).matches()
        && Math.abs(unixSeconds - Long.parseLong(distinct.get(0))) <= toleranceSeconds;
  }

  /** Compares in constant time, so that nobody can guess a signature digit by digit. */
  private static boolean equal(String expected, String given) {
    return MessageDigest.isEqual(expected.getBytes(US_ASCII), given.getBytes(US_ASCII));
  }

  private static String query(String url) {
    int mark = url.indexOf('?');
    return mark < 0 ? "" : url.substring(mark + 1);
  }

  private static String signature(String query, byte[] body, String secret) {
    // HMAC pads keys with zeros, so one zero equals an empty key, which Java refuses.
    byte[] key = secret.isEmpty() ? new byte[1] : secret.getBytes(UTF_8);
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      mac.update(query.getBytes(UTF_8));
      if (body.length > 0) {
        mac.update((byte) '\n');
        mac.update(body);
      }
      return HexFormat.of().formatHex(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
