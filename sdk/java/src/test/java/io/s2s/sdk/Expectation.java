package io.s2s.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.rpc.BadRequest.FieldViolation;
import java.util.Map;
import java.util.function.Supplier;

/** Compares the results of the journey with its expectations. */
final class Expectation {
  private Expectation() {}

  /**
   * Compares objects by the given keys, arrays in full length, and strings with {@code ~regex~}.
   */
  static void assertMatches(JsonElement pattern, JsonElement actual, String place) {
    Supplier<String> message = () -> place + ": expected " + pattern + ", got " + actual;
    assertTrue(actual != null, message);
    if (pattern.isJsonObject()) {
      assertTrue(actual.isJsonObject(), message);
      for (Map.Entry<String, JsonElement> entry : pattern.getAsJsonObject().entrySet()) {
        String key = entry.getKey();
        assertMatches(entry.getValue(), actual.getAsJsonObject().get(key), place + "." + key);
      }
    } else if (pattern.isJsonArray()) {
      assertTrue(actual.isJsonArray(), message);
      JsonArray patterns = pattern.getAsJsonArray();
      assertEquals(patterns.size(), actual.getAsJsonArray().size(), message);
      for (int index = 0; index < patterns.size(); index++) {
        JsonElement item = actual.getAsJsonArray().get(index);
        assertMatches(patterns.get(index), item, place + "." + index);
      }
    } else if (pattern.getAsString().matches("(?s)~.*~")) {
      String regex = pattern.getAsString().substring(1, pattern.getAsString().length() - 1);
      assertTrue(actual.isJsonPrimitive() && actual.getAsString().matches(regex), message);
    } else {
      assertEquals(pattern, actual, message);
    }
  }

  static void assertFails(JsonObject expected, S2sException error) {
    Journey.assertKeys(expected, "code", "reason", "fields", "metadata");
    assertEquals(expected.get("code").getAsString(), error.code().name(), error::toString);
    if (expected.has("reason")) {
      assertEquals(expected.get("reason").getAsString(), error.reason().name(), error::toString);
    }
    if (expected.has("fields")) {
      JsonArray fields = new JsonArray();
      error.fieldViolations().stream().map(FieldViolation::getField).forEach(fields::add);
      assertEquals(expected.get("fields"), fields, error::toString);
    }
    if (expected.has("metadata")) {
      JsonObject metadata = new JsonObject();
      error.metadata().forEach(metadata::addProperty);
      assertMatches(expected.get("metadata"), metadata, "metadata");
    }
  }

  /** Returns the value at a path such as {@code items.0.id}. */
  static String at(JsonElement root, String path) {
    JsonElement place = root;
    for (String step : path.split("\\.")) {
      if (place != null && place.isJsonArray()) {
        place = place.getAsJsonArray().get(Integer.parseInt(step));
      } else if (place != null && place.isJsonObject()) {
        place = place.getAsJsonObject().get(step);
      } else {
        return fail(path + " is not in " + root);
      }
    }
    assertTrue(place != null && place.isJsonPrimitive(), () -> path + " is not in " + root);
    return place.getAsString();
  }
}
