package io.s2s.sdk.generate;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.s2s.sdk.generate.Schema.Call;
import io.s2s.sdk.generate.Schema.Kind;
import io.s2s.sdk.generate.Schema.Parameter;
import io.s2s.sdk.generate.Schema.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Writes the layer: a class for each service, the client's members, and the reasons of errors. */
final class Layer {
  private static final String FOLDER = "io/s2s/sdk/";
  private static final String UNKNOWN = "UNKNOWN";
  private static final String REASON_PREFIX = "ERROR_REASON_";

  private static final String HEADER =
      """
      // Generated from the schema by make generate. Do not edit.

      package io.s2s.sdk;

      """;

  /** The formatter removes the imports that a service does not use. */
  private static final String IMPORTS =
      """
      import com.google.protobuf.ByteString;
      import java.time.Duration;
      import java.time.Instant;
      import java.util.List;
      import java.util.Map;
      import java.util.function.Consumer;
      import java.util.stream.Stream;
      """;

  private static final String THROWS = "@throws S2sException if the call fails";

  private final Schema schema;
  private final Javadoc javadoc;

  Layer(Schema schema) {
    this.schema = schema;
    this.javadoc = new Javadoc(schema);
  }

  /** Returns the texts of the files, not formatted, by their names. */
  Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    files.put(FOLDER + "Services.java", services());
    files.put(FOLDER + "Reason.java", reasons());
    for (Service service : schema.services) {
      files.put(FOLDER + service.className() + ".java", service(service));
    }
    return files;
  }

  private String services() {
    StringBuilder members = new StringBuilder();
    StringBuilder made = new StringBuilder();
    StringBuilder accessors = new StringBuilder();
    for (Service service : schema.services) {
      String type = service.className();
      String member = service.member();
      members.append("private final %s %s;%n".formatted(type, member));
      made.append("%s = new %s(calls);%n".formatted(member, type));
      accessors
          .append(javadoc.comment(List.of(schema.comments.of(service.descriptor()))))
          .append("public %s %s() { return %s; }%n%n".formatted(type, member, member));
    }
    return HEADER
        + "/** The services, as members of the client. */\n"
        + "abstract class Services {\n"
        + members
        + "\nServices(Calls calls) {\n"
        + made
        + "}\n\n"
        + accessors
        + "}\n";
  }

  private String service(Service service) {
    Set<String> messages = new TreeSet<>();
    StringBuilder body = new StringBuilder();
    for (Call call : service.calls()) {
      body.append(methods(service, call, messages));
    }
    for (Call call : service.calls()) {
      if (call.kind() != Kind.STREAM) {
        body.append(new Params(schema, javadoc, service, call, messages).text());
      }
    }
    StringBuilder imports = new StringBuilder();
    messages.add(service.grpcClass());
    messages.forEach(name -> imports.append("import io.s2s.sdk.v1.%s;%n".formatted(name)));
    String type = service.className();
    return HEADER
        + IMPORTS
        + imports
        + javadoc.comment(List.of(schema.comments.of(service.descriptor())))
        + """
        public final class %1$s {
          private final Calls calls;

          %1$s(Calls calls) { this.calls = calls; }

          /**
           * Returns this service with a time limit for each of its calls: over all attempts of a
           * call, for each page of a list, and for a whole stream.
           */
          public %1$s withTimeout(Duration timeout) {
            return new %1$s(calls.withTimeout(timeout));
          }

        """
            .formatted(type)
        + body
        + "}\n";
  }

  private String methods(Service service, Call call, Set<String> messages) {
    if (call.kind() == Kind.STREAM) {
      return stream(service, call, messages);
    }
    String returned = returned(call, messages);
    String method = call.method();
    String params = call.paramsClass();
    StringBuilder text = new StringBuilder();
    text.append(methodComment(call, "@param params sets the parameters"))
        .append("public %s %s(Consumer<%s> params) {%n".formatted(returned, method, params))
        .append("%1$s made = new %1$s();%nparams.accept(made);%n".formatted(params))
        .append("return %s(made);%n}%n%n".formatted(method));
    text.append(methodComment(call))
        .append("public %s %s(%s params) {%n".formatted(returned, method, params))
        .append(body(service, call, messages))
        .append("}\n\n");
    return text + shortMethod(call, returned);
  }

  /** Returns the method without a params object, for a call that needs at most an id. */
  private String shortMethod(Call call, String returned) {
    List<Parameter> required = call.required();
    String method = call.method();
    String params = call.paramsClass();
    if (required == null || call.kind() == Kind.UPDATE || required.size() > 1) {
      return "";
    }
    if (required.isEmpty()) {
      if (call.parameters().stream().anyMatch(parameter -> schema.item(parameter) != null)) {
        return "";
      }
      return methodComment(call)
          + "public %s %s() { return %s(new %s()); }%n%n"
              .formatted(returned, method, method, params);
    }
    Parameter parameter = required.get(0);
    FieldDescriptor field = parameter.field();
    if (field.isRepeated() || !field.getName().endsWith("_id")) {
      return "";
    }
    String name = parameter.name();
    return methodComment(call, "@param " + name + " " + javadoc.line(schema.comments.of(field)))
        + "public %s %s(String %s) {%n".formatted(returned, method, name)
        + "return %s(new %s().%s(%s));%n}%n%n".formatted(method, params, name, name);
  }

  private String returned(Call call, Set<String> messages) {
    String message = call.rpc().getOutputType().getName();
    messages.add(message);
    if (call.kind() == Kind.WATCH) {
      return "Stream<" + message + ">";
    }
    if (call.item() == null) {
      return message;
    }
    messages.add(call.item().getMessageType().getName());
    return "Pages<" + call.item().getMessageType().getName() + ">";
  }

  private String body(Service service, Call call, Set<String> messages) {
    String descriptor = descriptor(service, call);
    if (call.kind() == Kind.WATCH) {
      messages.add(call.rpc().getInputType().getName());
      return """
      %1$s request = params.toRequest();
      return calls.watch(
          %2$s,
          token -> token == null ? request : request.toBuilder().setResumeToken(token).build(),
          %3$s::getResumeToken);
      """
          .formatted(
              call.rpc().getInputType().getName(),
              descriptor,
              call.rpc().getOutputType().getName());
    }
    if (call.kind() != Kind.LIST) {
      return "return calls.unary(%s, params.toRequest());%n".formatted(descriptor);
    }
    String request = call.rpc().getInputType().getName();
    String response = call.rpc().getOutputType().getName();
    messages.add(request);
    return """
    %1$s request = params.toRequest();
    return new Pages<>(
        token -> calls.unary(%2$s, request.toBuilder().setPageToken(token).build()),
        %3$s::get%4$sList,
        %3$s::getNextPageToken);
    """
        .formatted(request, descriptor, response, Names.accessor(call.item()));
  }

  private String stream(Service service, Call call, Set<String> messages) {
    Schema.Found item = schema.item(call.itemRequest());
    Schema.check(item != null, call.rpc().getName() + ": its items are requests of no call");
    String request = call.rpc().getInputType().getName();
    String response = call.rpc().getOutputType().getName();
    String result = call.item().getMessageType().getName();
    messages.addAll(List.of(request, response, result));
    return javadoc.comment(
            List.of(
                schema.comments.of(call.rpc()),
                "The stream has one result for each item, in their order. Close it, for example "
                    + "by `try`, to cancel the call if you don't read to its end. Another thread "
                    + "takes the items one after another, at the pace of the server. It has no "
                    + "time limit unless `withTimeout` gives one, and nothing in it is sent again "
                    + "automatically."),
            "@param items the items, each with the parameters of {@code %s}"
                .formatted(item.call().method()),
            "@return the results; reading them throws {@link S2sException} if the call fails")
        + """
        public Stream<%s> %s(Iterable<%s> items) {
          return calls.stream(
              %s,
              items,
              item -> %s.newBuilder().set%s(item.toRequest()).build(),
              %s::get%s);
        }

        """
            .formatted(
                result,
                call.method(),
                Params.className(service, item),
                descriptor(service, call),
                request,
                Names.accessor(call.itemRequest()),
                response,
                Names.accessor(call.item()));
  }

  private String methodComment(Call call, String... tags) {
    List<String> texts = new ArrayList<>();
    texts.add(schema.comments.of(call.rpc()).replace("that `update_mask` names", "that are given"));
    if (call.kind() == Kind.UPDATE) {
      texts.add("A field that is given can have its default value as well.");
    } else if (call.kind() == Kind.LIST) {
      texts.add("Each page is fetched when it is reached.");
    } else if (call.kind() == Kind.WATCH) {
      if (call.inlined() != null) {
        // The filter may have conditions here that its fields do not name.
        texts.add(schema.comments.of(call.inlined()));
      }
      texts.add(
          "After a failure that may pass, the stream goes on by itself behind the last message. Any"
              + " other error ends it. To go on later, or in another process, keep the"
              + " `resume_token` of the last message that you have dealt with. Close the stream,"
              + " for example by `try`, to cancel the call. It has no time limit unless"
              + " `withTimeout` gives one.");
    }
    List<String> all = new ArrayList<>(List.of(tags));
    if (call.kind() == Kind.LIST) {
      all.add(
          "@return the items of all pages; reading them throws {@link S2sException} if a call "
              + "fails");
    } else if (call.kind() == Kind.WATCH) {
      all.add("@return all messages; reading them throws {@link S2sException} if the call fails");
    } else {
      all.add(THROWS);
    }
    return javadoc.comment(texts, all.toArray(String[]::new));
  }

  private static String descriptor(Service service, Call call) {
    return "%s.get%sMethod()".formatted(service.grpcClass(), call.rpc().getName());
  }

  private String reasons() {
    EnumDescriptor reasons = schema.enums.get(Params.REASON);
    Schema.check(reasons != null, "the schema has no " + Params.REASON);
    StringBuilder values = new StringBuilder();
    for (EnumValueDescriptor value : reasons.getValues()) {
      String name = value.getName().replaceFirst("^" + REASON_PREFIX, "");
      Schema.check(!name.equals(UNKNOWN), "the name " + UNKNOWN + " stands for other reasons");
      boolean unspecified = value.getNumber() == 0;
      String comment =
          unspecified
              ? "The failure has no reason, or a reason that is newer than this client."
              : schema.comments.of(value);
      values
          .append(javadoc.comment(List.of(comment)))
          .append(unspecified ? UNKNOWN : name)
          .append("(ErrorReason.%s),%n%n".formatted(value.getName()));
    }
    return HEADER
        + """
        import io.s2s.sdk.v1.ErrorReason;
        import java.util.Arrays;

        /**
         * The reason of a failed call or a held postback. Each value says its cause, its cure, its
         * gRPC code and HTTP status, and what becomes of a postback that meets it.
         */
        public enum Reason {
        %s;

          private final ErrorReason message;

          Reason(ErrorReason message) { this.message = message; }

          /**
           * Returns the reason in a message, such as the reason of a held postback; {@link
           * #UNKNOWN} if there is none, or if it is newer than this client.
           */
          public static Reason of(ErrorReason message) {
            return Arrays.stream(values())
                .filter(reason -> reason.message == message)
                .findFirst()
                .orElse(UNKNOWN);
          }

          /** Returns the reason for a name as the server sends it. */
          static Reason of(String name) {
            return Arrays.stream(values())
                .filter(reason -> reason.name().equals(name))
                .findFirst()
                .orElse(UNKNOWN);
          }

          ErrorReason toMessage() {
            if (this == UNKNOWN) {
              throw new IllegalArgumentException("UNKNOWN is no reason to look for");
            }
            return message;
          }
        }
        """
            .formatted(values);
  }
}
