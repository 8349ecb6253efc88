package io.s2s.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.s2s.sdk.v1.BatchRecordConversionsResponse;
import io.s2s.sdk.v1.ConversionServiceGrpc;
import io.s2s.sdk.v1.ListConversionsRequest;
import io.s2s.sdk.v1.PostbackFailure;
import io.s2s.sdk.v1.RecordConversionRequest;
import io.s2s.sdk.v1.RecordConversionResult;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs the steps of the journey of all SDKs, through the public client only. */
final class Journey implements AutoCloseable {
  private static final Pattern SAVED = Pattern.compile("\\$\\{([a-z_]+)}");
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer()
          .includingDefaultValueFields()
          .usingTypeRegistry(
              JsonFormat.TypeRegistry.newBuilder()
                  .add(ErrorInfo.getDescriptor())
                  .add(BadRequest.getDescriptor())
                  .add(RetryInfo.getDescriptor())
                  .add(PostbackFailure.getDescriptor())
                  .build());

  private record Settings(String endpoint, String apiKey, int retries) {}

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<Settings, S2sClient> clients = new HashMap<>();
  private final Map<String, String> saved = new HashMap<>();
  private final String apiKey;
  private final String controlUrl;

  Journey(String url, String silentUrl, String controlUrl, String apiKey, String random) {
    this.apiKey = apiKey;
    this.controlUrl = controlUrl;
    saved.putAll(Map.of("url", url, "silent_url", silentUrl, "random", random));
  }

  @Override
  public void close() {
    clients.values().forEach(S2sClient::close);
  }

  void run(JsonObject template) throws Exception {
    JsonObject step = filledIn(template).getAsJsonObject();
    if (step.has("call")) {
      call(step);
    } else if (step.has("list")) {
      list(step);
    } else if (step.has("http")) {
      http(step);
    } else if (step.has("restart")) {
      restart(step);
    } else if (step.has("stream")) {
      stream(step);
    } else if (step.has("watch")) {
      watch(step);
    } else if (step.has("money")) {
      money(step);
    } else if (step.has("sign")) {
      sign(step);
    } else if (step.has("click_id")) {
      clickId(step);
    } else {
      throw new AssertionError("no action that is known");
    }
  }

  private JsonElement filledIn(JsonElement template) {
    if (template.isJsonObject()) {
      JsonObject filled = new JsonObject();
      template.getAsJsonObject().asMap().forEach((k, value) -> filled.add(k, filledIn(value)));
      return filled;
    }
    if (template.isJsonArray()) {
      JsonArray filled = new JsonArray();
      template.getAsJsonArray().forEach(item -> filled.add(filledIn(item)));
      return filled;
    }
    if (!template.isJsonPrimitive() || !template.getAsJsonPrimitive().isString()) {
      return template;
    }
    Matcher names = SAVED.matcher(template.getAsString());
    return new JsonPrimitive(
        names.replaceAll(
            match -> {
              String value = saved.get(match.group(1));
              assertNotNull(value, () -> "nothing was saved as " + match.group(1));
              return Matcher.quoteReplacement(value);
            }));
  }

  static void assertKeys(JsonObject object, String... allowed) {
    Set<String> unknown = new HashSet<>(object.keySet());
    unknown.removeAll(Set.of(allowed));
    assertEquals(Set.of(), unknown, "unknown keys");
  }

  private static void assertStep(JsonObject step, String... keys) {
    String[] allowed = Arrays.copyOf(keys, keys.length + 2);
    allowed[keys.length] = "name";
    allowed[keys.length + 1] = "browser";
    assertKeys(step, allowed);
  }

  /** Saves values, each from a path, or from the first group of a regex in the text at a path. */
  private void save(JsonObject step, JsonElement result) {
    if (!step.has("save")) {
      return;
    }
    for (Map.Entry<String, JsonElement> entry : step.getAsJsonObject("save").entrySet()) {
      String text;
      if (entry.getValue().isJsonObject()) {
        JsonObject place = entry.getValue().getAsJsonObject();
        assertKeys(place, "from", "regex");
        text = Expectation.at(result, place.get("from").getAsString());
        Matcher matcher = Pattern.compile(place.get("regex").getAsString()).matcher(text);
        assertTrue(matcher.find(), text);
        text = matcher.group(1);
      } else {
        text = Expectation.at(result, entry.getValue().getAsString());
      }
      saved.put(entry.getKey(), text);
    }
  }

  private S2sClient client(JsonObject step) {
    String endpoint = step.has("endpoint") ? step.get("endpoint").getAsString() : saved.get("url");
    String key = step.has("api_key") ? step.get("api_key").getAsString() : apiKey;
    int retries = step.has("retries") ? step.get("retries").getAsInt() : -1;
    return clients.computeIfAbsent(
        new Settings(endpoint, key, retries),
        settings -> {
          S2sClient.Builder builder = S2sClient.builder().endpoint(endpoint);
          if (!key.isEmpty()) {
            builder.apiKey(key);
          }
          return retries < 0 ? builder.build() : builder.retries(retries).build();
        });
  }

  private Arguments method(JsonObject step, String path) throws Exception {
    JsonElement timeout = step.get("timeout_ms");
    return new Arguments(
        client(step), path, timeout == null ? null : Duration.ofMillis(timeout.getAsLong()));
  }

  private void call(JsonObject step) throws Exception {
    assertStep(
        step,
        "call",
        "request",
        "response",
        "error",
        "results",
        "save",
        "endpoint",
        "api_key",
        "retries",
        "timeout_ms",
        "cancel_after_ms");
    Arguments method = method(step, step.get("call").getAsString());
    Message request = parsed(step.get("request"), method.request());
    try (Context.CancellableContext context = Context.current().withCancellation()) {
      if (step.has("cancel_after_ms")) {
        CompletableFuture.delayedExecutor(
                step.get("cancel_after_ms").getAsLong(), TimeUnit.MILLISECONDS)
            .execute(() -> context.cancel(null));
      }
      if (step.has("error")) {
        S2sException error =
            assertThrows(
                S2sException.class, () -> context.call(() -> answer(method.send(request))));
        Expectation.assertFails(step.getAsJsonObject("error"), error);
        return;
      }
      Object answer = context.call(() -> method.send(request));
      if (step.has("results")) {
        var batch = (BatchRecordConversionsResponse) answer;
        assertResults(step.getAsJsonArray("results"), batch.getResultsList());
        return;
      }
      JsonElement response = answer(answer);
      Expectation.assertMatches(step.get("response"), response, "response");
      save(step, response);
    }
  }

  /** Returns the answer of a method: a response, or the items of a list. */
  private static JsonElement answer(Object answer) {
    if (answer instanceof Message response) {
      return json(response);
    }
    JsonArray items = new JsonArray();
    for (Object item : (Pages<?>) answer) {
      items.add(json((Message) item));
    }
    return items;
  }

  private static void assertResults(JsonArray expected, List<RecordConversionResult> results)
      throws Exception {
    assertEquals(expected.size(), results.size());
    for (int index = 0; index < results.size(); index++) {
      JsonObject item = expected.get(index).getAsJsonObject();
      assertKeys(item, "response", "error");
      RecordConversionResult result = results.get(index);
      if (item.has("error")) {
        S2sException error =
            assertThrows(S2sException.class, () -> S2sException.responseOf(result));
        Expectation.assertFails(item.getAsJsonObject("error"), error);
      } else {
        JsonElement response = json(S2sException.responseOf(result));
        Expectation.assertMatches(item.get("response"), response, "results." + index);
      }
    }
  }

  private void list(JsonObject step) throws Exception {
    assertStep(step, "list", "request", "field", "items", "count", "error");
    String path = step.get("list").getAsString();
    Arguments method = method(step, path);
    Message request = parsed(step.get("request"), method.request());
    if (step.has("error")) {
      S2sException error = assertThrows(S2sException.class, () -> page(step, path, request));
      Expectation.assertFails(step.getAsJsonObject("error"), error);
      return;
    }
    JsonArray items = answer(method.send(request)).getAsJsonArray();
    if (step.has("count")) {
      assertEquals(step.get("count").getAsInt(), items.size());
    } else {
      Expectation.assertMatches(step.get("items"), items, "items");
    }
  }

  /** Fetches a single page by a stub, since a list's methods have no parameter for its token. */
  private void page(JsonObject step, String path, Message request) {
    assertEquals("ConversionService/ListConversions", path);
    try {
      ConversionServiceGrpc.newBlockingStub(client(step).channel())
          .listConversions((ListConversionsRequest) request);
    } catch (StatusRuntimeException e) {
      throw S2sException.from(e);
    }
  }

  private void restart(JsonObject step) throws Exception {
    assertStep(step, "restart", "retries", "save");
    JsonObject inner = step.getAsJsonObject("restart");
    assertKeys(inner, "call", "request", "response");
    Arguments method = method(step, inner.get("call").getAsString());
    HttpRequest restart =
        HttpRequest.newBuilder(URI.create(controlUrl + "/restart"))
            .POST(BodyPublishers.noBody())
            .build();
    assertEquals(204, http.send(restart, BodyHandlers.discarding()).statusCode());
    JsonElement response = answer(method.send(parsed(inner.get("request"), method.request())));
    Expectation.assertMatches(inner.get("response"), response, "response");
    save(step, response);
  }

  private void http(JsonObject step) throws Exception {
    assertStep(step, "http", "status", "headers", "json", "save");
    JsonObject http = step.getAsJsonObject("http");
    assertKeys(http, "method", "url", "headers", "body");
    String body = http.has("body") ? http.get("body").getAsString() : "";
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(http.get("url").getAsString()))
            .method(http.get("method").getAsString(), BodyPublishers.ofString(body));
    if (http.has("headers")) {
      http.getAsJsonObject("headers")
          .asMap()
          .forEach((name, value) -> request.header(name, value.getAsString()));
    }
    HttpResponse<String> response = this.http.send(request.build(), BodyHandlers.ofString());

    assertEquals(step.get("status").getAsInt(), response.statusCode(), response.body());
    JsonObject result = new JsonObject();
    JsonObject headers = new JsonObject();
    response.headers().map().forEach((name, values) -> headers.addProperty(name, values.get(0)));
    result.add("headers", headers);
    if (step.has("headers")) {
      Expectation.assertMatches(step.get("headers"), headers, "headers");
    }
    if (step.has("json")) {
      result.add("json", JsonParser.parseString(response.body()));
      Expectation.assertMatches(step.get("json"), result.get("json"), "json");
    }
    save(step, result);
  }

  private void stream(JsonObject step) throws Exception {
    assertStep(step, "stream");
    JsonObject stream = step.getAsJsonObject("stream");
    assertKeys(stream, "requests", "results");
    List<Conversions.RecordParams> items = new ArrayList<>();
    for (JsonElement json : stream.getAsJsonArray("requests")) {
      items.add(
          Arguments.record(
              (RecordConversionRequest) parsed(json, RecordConversionRequest.newBuilder())));
    }
    try (var results = client(step).conversions().streamRecord(items)) {
      assertResults(stream.getAsJsonArray("results"), results.toList());
    }
  }

  /** Watches until as many events came as are expected, but for one message at least. */
  private void watch(JsonObject step) throws Exception {
    assertStep(step, "watch", "request", "items", "error", "save");
    Arguments method = method(step, step.get("watch").getAsString());
    Message request = parsed(step.get("request"), method.request());
    try (Stream<?> stream = (Stream<?>) method.send(request)) {
      Iterator<?> messages = stream.iterator();
      if (step.has("error")) {
        S2sException error = assertThrows(S2sException.class, messages::next);
        Expectation.assertFails(step.getAsJsonObject("error"), error);
        return;
      }
      JsonArray expected = step.getAsJsonArray("items");
      JsonArray events = new JsonArray();
      JsonElement message;
      do {
        message = json((Message) messages.next());
        if (!message.getAsJsonObject().has("heartbeat")) {
          events.add(message);
        }
      } while (events.size() != expected.size());
      Expectation.assertMatches(expected, events, "items");
      save(step, message);
    }
  }

  private static void money(JsonObject step) {
    assertStep(step, "money");
    JsonObject money = step.getAsJsonObject("money");
    assertKeys(money, "decimal", "currency", "micros", "text", "error");
    String decimal = money.get("decimal").getAsString();
    String currency = money.has("currency") ? money.get("currency").getAsString() : "EUR";
    if (money.has("error")) {
      assertThrows(IllegalArgumentException.class, () -> Money.of(decimal, currency));
      return;
    }
    long micros = Long.parseLong(money.get("micros").getAsString());
    Money amount = Money.of(decimal, currency);
    assertEquals(micros, amount.toMessage().getMicros());
    assertEquals(decimal, amount.amount().toString());
    if (money.has("text")) {
      assertEquals(money.get("text").getAsString(), amount.toString());
    }
  }

  private static void sign(JsonObject step) {
    assertStep(step, "sign");
    JsonObject sign = step.getAsJsonObject("sign");
    assertKeys(sign, "url", "body", "secret", "unixSeconds", "signedUrl");
    String signed =
        PostbackUrls.sign(
            sign.get("url").getAsString(),
            sign.get("body").getAsString().getBytes(UTF_8),
            sign.get("secret").getAsString(),
            sign.get("unixSeconds").getAsLong());
    assertEquals(sign.get("signedUrl").getAsString(), signed);
    assertTrue(
        PostbackUrls.verify(
            signed,
            sign.get("body").getAsString().getBytes(UTF_8),
            sign.get("secret").getAsString(),
            0,
            sign.get("unixSeconds").getAsLong()));
  }

  private static void clickId(JsonObject step) {
    assertStep(step, "click_id");
    JsonObject clickId = step.getAsJsonObject("click_id");
    assertKeys(clickId, "text", "normalised");
    String text = clickId.get("text").getAsString();
    JsonElement normalised = clickId.get("normalised");
    String expected = normalised.isJsonNull() ? null : normalised.getAsString();
    assertEquals(expected, ClickIds.normalise(text).orElse(null));
    assertEquals(expected != null, ClickIds.isClickId(text));
  }

  private static Message parsed(JsonElement json, Message.Builder builder) throws Exception {
    JsonFormat.parser().merge(json.toString(), builder);
    return builder.build();
  }

  private static JsonElement json(MessageOrBuilder message) {
    try {
      return JsonParser.parseString(PRINTER.print(message));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
