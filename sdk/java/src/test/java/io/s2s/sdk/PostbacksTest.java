package io.s2s.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PostbacksTest {
  @Test
  void theVectorsOfAllSdksAreSignedAlike() throws Exception {
    String text = Files.readString(Path.of("../../tests/vectors/postback_signature.json"));
    JsonArray vectors = JsonParser.parseString(text).getAsJsonArray();
    assertTrue(vectors.size() >= 7);
    for (JsonElement element : vectors) {
      JsonObject vector = element.getAsJsonObject();
      String signed =
          Postbacks.sign(
              vector.get("url").getAsString(),
              vector.get("body").getAsString().getBytes(UTF_8),
              vector.get("secret").getAsString(),
              vector.get("unix_seconds").getAsLong());
      assertEquals(
          vector.get("signed_url").getAsString(), signed, vector.get("name").getAsString());
    }
  }

  @Test
  void anEmptySecretIsOneOfZeros() {
    assertEquals(
        Postbacks.sign("https://t.example/s2s?x=1", new byte[0], "\0\0", 1),
        Postbacks.sign("https://t.example/s2s?x=1", new byte[0], "", 1));
  }
}
