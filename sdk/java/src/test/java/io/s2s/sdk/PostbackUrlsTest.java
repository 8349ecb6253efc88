package io.s2s.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class PostbackUrlsTest {
  private static final String SECRET = "k2v9x4m7q1w8e3r6t5y0z2a4b6c8d0f1";
  private static final String URL = "https://t.example/s2s?clickId=x&val=1";
  private static final byte[] NO_BODY = {};
  private static final long TIME = 1_763_900_000;

  private static String signed(String url) {
    return PostbackUrls.sign(url, NO_BODY, SECRET, TIME);
  }

  @Test
  void theVectorsOfAllSdksAreSignedAlike() throws Exception {
    String text = Files.readString(Path.of("../../tests/vectors/postback_signature.json"));
    JsonArray vectors = JsonParser.parseString(text).getAsJsonArray();
    assertTrue(vectors.size() >= 7);
    for (JsonElement element : vectors) {
      JsonObject vector = element.getAsJsonObject();
      String name = vector.get("name").getAsString();
      byte[] body = vector.get("body").getAsString().getBytes(UTF_8);
      String secret = vector.get("secret").getAsString();
      long seconds = vector.get("unix_seconds").getAsLong();
      String expected = vector.get("signed_url").getAsString();
      String signed = PostbackUrls.sign(vector.get("url").getAsString(), body, secret, seconds);
      assertEquals(expected, signed, name);
      assertTrue(PostbackUrls.verify(signed, body, secret, 0, seconds), name);
      byte[] other = (vector.get("body").getAsString() + " ").getBytes(UTF_8);
      assertFalse(PostbackUrls.verify(signed, other, secret, 0, seconds), name);
      assertFalse(PostbackUrls.verify(signed, body, secret + "x", 0, seconds), name);
    }
  }

  @Test
  void genuineUrlsAreVerified() {
    String signed = signed(URL);
    String signature = signed.substring(signed.length() - 64);
    for (String url :
        List.of(
            signed,
            signed.substring("https://t.example".length()),
            signed.replace(signature, signature.toUpperCase(Locale.ROOT)),
            signed("https://t.example/s2s"),
            signed("https://t.example/s2s?a=1&sig=2"),
            signed(URL + "&ts=" + TIME))) {
      assertTrue(PostbackUrls.verify(url, NO_BODY, SECRET, 300, TIME), url);
    }
  }

  @Test
  void otherUrlsAreRefused() {
    String signed = signed(URL);
    for (String url :
        List.of(
            "",
            "https://t.example/s2s",
            URL,
            signed.replace("val=1", "val=2"),
            signed.replace("&val=1", ""),
            signed.replace("ts=1", "ts=2"),
            signed.replace("&sig=", "&SIG="),
            signed + "0",
            signed + "&val=1",
            signed + "#fragment",
            signed.substring(0, signed.length() - 1),
            signed.substring(0, signed.length() - 1) + "g",
            signed("https://t.example/s2s?ts=" + (TIME + 1)),
            signed("https://t.example/s2s?ts="))) {
      assertFalse(PostbackUrls.verify(url, NO_BODY, SECRET, 300, TIME), url);
    }
  }

  @Test
  void oldAndFutureSignaturesAreRefused() {
    record Case(long now, long tolerance, boolean valid) {}
    for (Case c :
        List.of(
            new Case(TIME, 0, true),
            new Case(TIME + 300, 300, true),
            new Case(TIME + 301, 300, false),
            new Case(TIME - 300, 300, true),
            new Case(TIME - 301, 300, false),
            new Case(TIME + 1, 0, false),
            new Case(TIME, -1, false))) {
      String signed = signed(URL);
      assertEquals(
          c.valid, PostbackUrls.verify(signed, NO_BODY, SECRET, c.tolerance, c.now), c::toString);
    }
    assertFalse(PostbackUrls.verify(signed(URL), NO_BODY, SECRET, 300), "long ago");
    long now = Instant.now().getEpochSecond();
    String fresh = PostbackUrls.sign(URL, NO_BODY, SECRET, now);
    assertTrue(PostbackUrls.verify(fresh, NO_BODY, SECRET, 300));
    String before = PostbackUrls.sign(URL, NO_BODY, SECRET, -5);
    assertFalse(PostbackUrls.verify(before, NO_BODY, SECRET, 300, -5), "before 1970");
  }

  @Test
  void anEmptySecretIsOneOfZeros() {
    assertEquals(
        PostbackUrls.sign("https://t.example/s2s?x=1", NO_BODY, "\0\0", 1),
        PostbackUrls.sign("https://t.example/s2s?x=1", NO_BODY, "", 1));
  }
}
