package io.s2s.sdk.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.api.FieldBehaviorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.TextFormat;
import io.s2s.sdk.generate.Schema.Call;
import io.s2s.sdk.generate.Schema.Kind;
import io.s2s.sdk.generate.Schema.Parameter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the rules of the generator on small schemas. Its output for the real one is compiled. */
class SchemaTest {
  private static final String STRING = "type: TYPE_STRING label: LABEL_OPTIONAL";

  /** The messages that most tests share. */
  private static final String COMMON =
      message("Thing", field("id", 1, STRING, "IDENTIFIER"), field("name", 2, STRING, "REQUIRED"))
          + message("Answer", field("thing", 1, one("Thing"), ""))
          + message("ThingFilter", field("text", 1, STRING, ""))
          + message("NewThing", field("note", 1, STRING, ""));

  private static String one(String message) {
    return "type: TYPE_MESSAGE label: LABEL_OPTIONAL type_name: '.t.v1." + message + "'";
  }

  private static String many(String message) {
    return one(message).replace("OPTIONAL", "REPEATED");
  }

  private static String field(String name, int number, String type, String behavior) {
    String options =
        behavior.isEmpty() ? "" : " options { [google.api.field_behavior]: " + behavior + " }";
    return "field { name: '%s' number: %d %s%s }".formatted(name, number, type, options);
  }

  private static String message(String name, String... fields) {
    return "message_type { name: '%s' %s }%n".formatted(name, String.join(" ", fields));
  }

  private static String rpc(String name, String request, String response) {
    return "method { name: '%s' input_type: '.t.v1.%s' output_type: '.t.v1.%s' }"
        .formatted(name, request, response);
  }

  private static Schema schema(String messages, String... methods) throws Exception {
    ExtensionRegistry registry = ExtensionRegistry.newInstance();
    FieldBehaviorProto.registerAllExtensions(registry);
    FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder();
    String service = "service { name: 'ThingService' %s }".formatted(String.join(" ", methods));
    TextFormat.merge(
        "name: 't.proto' package: 't.v1' syntax: 'proto3' "
            + "dependency: 'google/api/field_behavior.proto' "
            + "dependency: 'google/protobuf/field_mask.proto' "
            + COMMON
            + messages
            + service,
        registry,
        file);
    FileDescriptor[] imports = {FieldBehaviorProto.getDescriptor(), FieldMaskProto.getDescriptor()};
    return new Schema(List.of(FileDescriptor.buildFrom(file.build(), imports)));
  }

  private static Call call(String messages, String method) throws Exception {
    return schema(messages, method).services.get(0).calls().get(0);
  }

  private static List<String> names(Call call) {
    return call.parameters().stream().map(Parameter::name).toList();
  }

  private static List<String> required(Call call) {
    return call.required().stream().map(Parameter::name).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "Conversion, RecordConversion, record",
    "Conversion, BatchRecordConversions, batchRecord",
    "ConversionCode, CreateConversionCode, create",
    "ConversionCode, GetPostbackUrl, getPostbackUrl",
    "ConversionCode, TestSetup, testSetup",
    "Click, RotateClickIdKey, rotateClickIdKey",
    "ApiKey, RotateApiKey, rotate",
    "Postback, ReplayPostbacks, replay",
    "Click, EraseVisitor, eraseVisitor",
    "Click, Click, click",
  })
  void callsLoseTheirNoun(String noun, String call, String method) {
    assertEquals(method, Names.method(noun, call));
  }

  @Test
  void aNewThingsFieldsAreParametersWithoutItsId() throws Exception {
    String request =
        message(
            "CreateThingRequest",
            field("thing", 1, one("Thing"), ""),
            field("request_id", 2, STRING, ""));
    Call create = call(request, rpc("CreateThing", "CreateThingRequest", "Answer"));
    assertEquals(Kind.UNARY, create.kind());
    assertEquals(List.of("name", "requestId"), names(create));
    assertEquals(List.of("name"), required(create));

    // In another call, the message itself is the parameter.
    Call use = call(request, rpc("UseThing", "CreateThingRequest", "Answer"));
    assertNull(use.inlined());
    assertEquals(List.of("thing", "requestId"), names(use));
  }

  @Test
  void anUpdateNeedsItsIdAndHasNoMask() throws Exception {
    String mask =
        "type: TYPE_MESSAGE label: LABEL_OPTIONAL type_name: '.google.protobuf.FieldMask'";
    String request =
        message(
            "UpdateThingRequest",
            field("thing", 1, one("Thing"), ""),
            field("update_mask", 2, mask, "REQUIRED"));
    Call update = call(request, rpc("UpdateThing", "UpdateThingRequest", "Answer"));
    assertEquals(Kind.UPDATE, update.kind());
    assertEquals(List.of("id", "name"), names(update));
    assertEquals(List.of("id"), required(update));
  }

  @Test
  void aListHasItsFilterAndNoToken() throws Exception {
    String messages =
        message(
                "ListThingsRequest",
                field("page_token", 1, STRING, ""),
                field("filter", 2, one("ThingFilter"), ""))
            + message("Page", field("things", 1, many("Thing"), ""));
    Call list = call(messages, rpc("ListThings", "ListThingsRequest", "Page"));
    assertEquals(Kind.LIST, list.kind());
    assertEquals(List.of("text"), names(list));
    assertEquals("things", list.item().getName());
  }

  @ParameterizedTest
  @CsvSource({"note, note", "class, class", "to_request, toRequest"})
  void clashesOfNamesAreErrors(String name, String parameter) {
    String request =
        message(
            "RecordThingRequest",
            field(name, 1, STRING, ""),
            field("thing", 2, one("NewThing"), ""));
    String rpc = rpc("RecordThing", "RecordThingRequest", "Answer");
    var error = assertThrows(SchemaException.class, () -> call(request, rpc));
    String message = "the name of the parameter " + parameter + " clashes";
    assertTrue(error.getMessage().contains(message), error::getMessage);
  }

  @Test
  void schemasWithoutARuleAreErrors() throws Exception {
    String request = message("Request", field("name", 1, STRING, ""));
    String twoFilters =
        message(
            "Request",
            field("a", 1, one("ThingFilter"), ""),
            field("b", 2, one("ThingFilter"), ""));
    String rpc = rpc("UseThing", "Request", "Answer");
    assertEquals(1, call(request, rpc).parameters().size());
    record Case(String message, String messages, String... methods) {}
    for (Case c :
        List.of(
            new Case("two methods are use", request, rpc, rpc("UseThings", "Request", "Answer")),
            new Case(
                "two methods are withTimeout", request, rpc("WithTimeout", "Request", "Answer")),
            new Case(
                "streams of this kind", request, rpc.replace(" }", " server_streaming: true }")),
            new Case("which field has the items", request, rpc("ListThings", "Request", "Answer")),
            new Case("fields of two messages", twoFilters, rpc))) {
      var error = assertThrows(SchemaException.class, () -> schema(c.messages, c.methods));
      assertTrue(error.getMessage().contains(c.message), error::getMessage);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Plain. Text. | /**@ * Plain. Text.@ */@",
        "a < b & c > @d | /**@ * a &lt; b &amp; c &gt; &#64;d@ */@",
        "`a < b` | /**@ * {@code a < b}@ */@",
        "`{a}` | /**@ * {@code {a}}@ */@",
        "`}{` | /**@ * <code>}{</code>@ */@",
        "`page_token`, `no_field` | /**@ * {@code pageToken}, {@code no_field}@ */@",
        "see `UseThing` | /**@ * see {@code things().use}@ */@",
      })
  void commentsBecomeThoseOfJava(String comment, String expected) throws Exception {
    String request = message("Request", field("page_token", 1, STRING, ""));
    var javadoc = new Javadoc(schema(request, rpc("UseThing", "Request", "Answer")));
    String lines = expected.strip().replace("@ *", "\n *").replaceFirst("@$", "\n");
    assertEquals(lines, javadoc.comment(List.of(comment)));
  }

  @Test
  void paragraphsAndTagsAreKept() throws Exception {
    var javadoc = new Javadoc(schema(""));
    assertEquals(
        "/**\n * One two.\n *\n * <p>Three.\n *\n * <p>Four.\n *\n * @return five\n */\n",
        javadoc.comment(List.of(" One\n two.\n\n Three.", "Four."), "@return five"));
    assertThrows(SchemaException.class, () -> javadoc.comment(List.of("")));
    assertThrows(SchemaException.class, () -> javadoc.comment(List.of("ends */ here")));
  }
}
