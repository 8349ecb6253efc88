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
import io.grpc.stub.AbstractBlockingStub;
import io.grpc.stub.StreamObserver;
import io.s2s.sdk.v1.BatchRecordConversionsResponse;
import io.s2s.sdk.v1.ConversionServiceGrpc;
import io.s2s.sdk.v1.Money;
import io.s2s.sdk.v1.PostbackFailure;
import io.s2s.sdk.v1.RecordConversionRequest;
import io.s2s.sdk.v1.RecordConversionResult;
import io.s2s.sdk.v1.StreamRecordConversionsRequest;
import io.s2s.sdk.v1.StreamRecordConversionsResponse;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
          S2sClient.Builder builder = S2sClient.builder(endpoint);
          if (!key.isEmpty()) {
            builder.apiKey(key);
          }
          return retries < 0 ? builder.build() : builder.retries(retries).build();
        });
  }

  private static AbstractBlockingStub<?> stub(S2sClient client, String service) {
    return switch (service) {
      case "AccountService" -> client.accounts();
      case "ApiKeyService" -> client.apiKeys();
      case "ConversionCodeService" -> client.conversionCodes();
      case "TrackingLinkService" -> client.trackingLinks();
      case "ClickService" -> client.clicks();
      case "ConversionService" -> client.conversions();
      case "PostbackService" -> client.postbacks();
      case "PresetService" -> client.presets();
      default -> throw new AssertionError("no service " + service);
    };
  }

  /** A method of a stub, found by the names in the schema. */
  private record Call(AbstractBlockingStub<?> stub, Method method) {
    static Call of(AbstractBlockingStub<?> stub, String name) {
      String inJava = name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
      return Arrays.stream(stub.getClass().getMethods())
          .filter(method -> method.getName().equals(inJava))
          .map(method -> new Call(stub, method))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no call " + name));
    }

    Message request(JsonElement json) throws Exception {
      Class<?> type = method.getParameterTypes()[0];
      return parsed(json, (Message.Builder) type.getMethod("newBuilder").invoke(null));
    }

    Message send(Message request) {
      try {
        return (Message) method.invoke(stub, request);
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof S2sException failure) {
          throw failure;
        }
        throw new AssertionError(e.getCause());
      } catch (IllegalAccessException e) {
        throw new AssertionError(e);
      }
    }
  }

  private Call call(JsonObject step, String name) {
    int slash = name.indexOf('/');
    AbstractBlockingStub<?> stub = stub(client(step), name.substring(0, slash));
    if (step.has("timeout_ms")) {
      stub = stub.withDeadlineAfter(step.get("timeout_ms").getAsLong(), TimeUnit.MILLISECONDS);
    }
    return Call.of(stub, name.substring(slash + 1));
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
    Call call = call(step, step.get("call").getAsString());
    Message request = call.request(step.get("request"));
    try (Context.CancellableContext context = Context.current().withCancellation()) {
      if (step.has("cancel_after_ms")) {
        CompletableFuture.delayedExecutor(
                step.get("cancel_after_ms").getAsLong(), TimeUnit.MILLISECONDS)
            .execute(() -> context.cancel(null));
      }
      if (step.has("error")) {
        S2sException error =
            assertThrows(S2sException.class, () -> context.call(() -> call.send(request)));
        Expectation.assertFails(step.getAsJsonObject("error"), error);
        return;
      }
      Message response = context.call(() -> call.send(request));
      if (step.has("results")) {
        var batch = (BatchRecordConversionsResponse) response;
        assertResults(step.getAsJsonArray("results"), batch.getResultsList());
      } else {
        Expectation.assertMatches(step.get("response"), json(response), "response");
      }
      save(step, json(response));
    }
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
    Call call = call(step, step.get("list").getAsString());
    String field = step.get("field").getAsString();
    Pages<JsonElement> pages =
        Pages.of(
            call::send,
            call.request(step.get("request")),
            response -> json(response).getAsJsonObject().getAsJsonArray(field).asList());
    if (step.has("error")) {
      S2sException error = assertThrows(S2sException.class, () -> pages.forEach(item -> {}));
      Expectation.assertFails(step.getAsJsonObject("error"), error);
      return;
    }
    JsonArray items = new JsonArray();
    for (JsonElement item : pages) {
      items.add(item);
    }
    if (step.has("count")) {
      assertEquals(step.get("count").getAsInt(), items.size());
    } else {
      Expectation.assertMatches(step.get("items"), items, "items");
    }
  }

  private void restart(JsonObject step) throws Exception {
    assertStep(step, "restart", "retries", "save");
    JsonObject inner = step.getAsJsonObject("restart");
    assertKeys(inner, "call", "request", "response");
    Call call = call(step, inner.get("call").getAsString());
    HttpRequest restart =
        HttpRequest.newBuilder(URI.create(controlUrl + "/restart"))
            .POST(BodyPublishers.noBody())
            .build();
    assertEquals(204, http.send(restart, BodyHandlers.discarding()).statusCode());
    JsonElement response = json(call.send(call.request(inner.get("request"))));
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
    var results = new Results();
    StreamObserver<StreamRecordConversionsRequest> requests =
        ConversionServiceGrpc.newStub(client(step).channel()).streamRecordConversions(results);
    for (JsonElement json : stream.getAsJsonArray("requests")) {
      var request = RecordConversionRequest.newBuilder();
      parsed(json, request);
      requests.onNext(StreamRecordConversionsRequest.newBuilder().setRequest(request).build());
    }
    requests.onCompleted();
    assertResults(stream.getAsJsonArray("results"), results.all.get(1, TimeUnit.MINUTES));
  }

  private static final class Results implements StreamObserver<StreamRecordConversionsResponse> {
    final CompletableFuture<List<RecordConversionResult>> all = new CompletableFuture<>();
    private final List<RecordConversionResult> results = new ArrayList<>();

    @Override
    public void onNext(StreamRecordConversionsResponse response) {
      results.add(response.getResult());
    }

    @Override
    public void onError(Throwable failure) {
      all.completeExceptionally(S2sException.from(failure));
    }

    @Override
    public void onCompleted() {
      all.complete(results);
    }
  }

  private static void money(JsonObject step) {
    assertStep(step, "money");
    JsonObject money = step.getAsJsonObject("money");
    assertKeys(money, "decimal", "micros", "error");
    String decimal = money.get("decimal").getAsString();
    if (money.has("error")) {
      assertThrows(IllegalArgumentException.class, () -> Amounts.money(decimal, "EUR"));
      return;
    }
    Money expected =
        Money.newBuilder()
            .setCurrencyCode("EUR")
            .setMicros(Long.parseLong(money.get("micros").getAsString()))
            .build();
    assertEquals(expected, Amounts.money(decimal, "EUR"));
    assertEquals(decimal, Amounts.decimal(expected).toString());
  }

  private static void sign(JsonObject step) {
    assertStep(step, "sign");
    JsonObject sign = step.getAsJsonObject("sign");
    assertKeys(sign, "url", "body", "secret", "unixSeconds", "signedUrl");
    String signed =
        Postbacks.sign(
            sign.get("url").getAsString(),
            sign.get("body").getAsString().getBytes(UTF_8),
            sign.get("secret").getAsString(),
            sign.get("unixSeconds").getAsLong());
    assertEquals(sign.get("signedUrl").getAsString(), signed);
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
