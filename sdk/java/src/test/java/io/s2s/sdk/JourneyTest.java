package io.s2s.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the journey of all SDKs on the server that {@code s2s-journey} starts. */
@Timeout(300)
class JourneyTest {
  @Test
  void theJourneyOfAllSdks() throws Exception {
    String text = Files.readString(Path.of(variable("S2S_JOURNEY")));
    JsonObject file = JsonParser.parseString(text).getAsJsonObject();
    Journey.assertKeys(file, "steps");
    JsonArray steps = file.getAsJsonArray("steps");
    String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    int ran = 0;
    try (var journey =
        new Journey(
            variable("S2S_JOURNEY_URL"),
            variable("S2S_JOURNEY_SILENT_URL"),
            variable("S2S_JOURNEY_CONTROL_URL"),
            variable("S2S_JOURNEY_KEY"),
            random)) {
      for (JsonElement element : steps) {
        JsonObject step = element.getAsJsonObject();
        try {
          journey.run(step);
        } catch (AssertionError | Exception e) {
          throw new AssertionError("step " + step.get("name") + ": " + e.getMessage(), e);
        }
        ran++;
      }
    }
    assertEquals(steps.size(), ran);
    System.out.println("the journey: " + ran + " steps");
  }

  private static String variable(String name) {
    String value = System.getenv(name);
    assertNotNull(value, () -> name + " is not set: run this through s2s-journey");
    return value;
  }
}
