package io.s2s.sdk;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The form of click ids. Only the server can tell whether a click id is genuine. */
public final class ClickIds {
  /**
   * Matches 40 characters of Crockford's base32, in upper or lower case. Blanks and quotes may
   * surround them.
   */
  private static final Pattern CLICK_ID =
      Pattern.compile(
          "[\\p{IsWhite_Space}\"']*([0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{40})[\\p{IsWhite_Space}\"']*");

  private ClickIds() {}

  /**
   * Returns the click id in lower case, without blanks and quotes around it; empty if the text
   * can't be a click id.
   */
  public static Optional<String> normalise(String text) {
    Matcher matcher = CLICK_ID.matcher(text);
    return matcher.matches()
        ? Optional.of(matcher.group(1).toLowerCase(Locale.ROOT))
        : Optional.empty();
  }

  /** Returns true if the server would read the text as a click id. */
  public static boolean isClickId(String text) {
    return normalise(text).isPresent();
  }
}
