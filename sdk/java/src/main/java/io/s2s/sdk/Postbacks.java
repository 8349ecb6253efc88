package io.s2s.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs postbacks, for merchants who call a postback URL from their own server. */
public final class Postbacks {
  private static final String ALGORITHM = "HmacSHA256";

  private Postbacks() {}

  /**
   * Returns the URL with the time and its signature appended.
   *
   * @param url the URL with all parameters filled in and percent-encoded, without a fragment
   * @param body the body of a {@code POST}, or empty
   * @param secret the secret that {@code RotatePostbackSecret} returned
   * @param unixSeconds the present time; the server accepts the signature for 300 seconds
   */
  public static String sign(String url, byte[] body, String secret, long unixSeconds) {
    String timed = url + (url.contains("?") ? "&" : "?") + "ts=" + unixSeconds;
    String query = timed.substring(timed.indexOf('?') + 1);
    return timed + "&sig=" + signature(query, body, secret);
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
