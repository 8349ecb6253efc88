package io.s2s.sdk.generate;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import io.s2s.sdk.generate.Schema.Call;
import io.s2s.sdk.generate.Schema.Found;
import io.s2s.sdk.generate.Schema.Kind;
import io.s2s.sdk.generate.Schema.Parameter;
import io.s2s.sdk.generate.Schema.Service;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Writes the class with the parameters of a call. It fills in the call's request directly. */
final class Params {
  static final String REASON = "ErrorReason";

  /** Types of Java for messages, each with the expression that converts a value. */
  private static final Map<String, List<String>> CONVERTED =
      Map.of(
          "google.protobuf.Timestamp",
          List.of("Instant", "Times.message(%s)"),
          "google.protobuf.Duration",
          List.of("Duration", "Times.message(%s)"),
          "s2s.v1.Money",
          List.of("Money", "%s.toMessage()"),
          "s2s.v1." + REASON,
          List.of("Reason", "%s.toMessage()"));

  private final Schema schema;
  private final Javadoc javadoc;
  private final Service service;
  private final Call call;
  private final Set<String> messages;

  /** Collects in {@code messages} the names of the messages and enums that the class uses. */
  Params(Schema schema, Javadoc javadoc, Service service, Call call, Set<String> messages) {
    this.schema = schema;
    this.javadoc = javadoc;
    this.service = service;
    this.call = call;
    this.messages = messages;
  }

  /** Returns the name of the class with a call's parameters, as seen from a service's class. */
  static String className(Service from, Found found) {
    String name = found.call().paramsClass();
    return from.equals(found.service()) ? name : found.service().className() + "." + name;
  }

  String text() {
    String type = call.paramsClass();
    String request = imported(call.rpc().getInputType().getName());
    StringBuilder text = new StringBuilder();
    text.append(
        """
        /** The parameters of {@code %s}. */
        public static final class %s {
          private final %3$s.Builder request = %3$s.newBuilder();

          /** Creates parameters, none of which is given yet. */
          public %2$s() {}

        """
            .formatted(call.method(), type, request));
    for (Parameter parameter : call.parameters()) {
      text.append(setters(parameter));
    }
    if (call.inlined() != null) {
      text.append(inlined(request));
    }
    return text.append("%s toRequest() { return request.build(); }%n}%n%n".formatted(request))
        .toString();
  }

  /** Returns the method for the builder of the message whose fields are parameters. */
  private String inlined(String request) {
    FieldDescriptor field = call.inlined();
    return "private %s.Builder %s() {%n%sreturn request.get%sBuilder();%n}%n%n"
        .formatted(
            imported(field.getMessageType().getName()),
            Names.camel(field.getName()),
            alone(field, "request", request),
            Names.accessor(field));
  }

  private String setters(Parameter parameter) {
    FieldDescriptor field = parameter.field();
    if (field.isMapField()) {
      return map(parameter);
    }
    if (field.isRepeated()) {
      return list(
          parameter, field, "%s.clear%s()".formatted(builder(parameter), Names.accessor(field)));
    }
    if (isList(field)) {
      Descriptor message = field.getMessageType();
      FieldDescriptor inner = message.getFields().get(0);
      return list(parameter, inner, imported(message.getName()) + ".newBuilder()");
    }
    StringBuilder text = new StringBuilder();
    String set = "%s.set%s(".formatted(builder(parameter), Names.accessor(field));
    if (field.getType() == FieldDescriptor.Type.BYTES) {
      text.append(setter(parameter, "byte[]", set + "ByteString.copyFrom(%s));"))
          .append(setter(parameter, "String", set + "ByteString.copyFromUtf8(%s));"));
    } else {
      text.append(setter(parameter, type(field), set + converted(field) + ");"));
    }
    if (isChange(parameter) && field.getJavaType() == JavaType.MESSAGE) {
      text.append(clear(parameter));
    }
    return text.toString();
  }

  private String map(Parameter parameter) {
    FieldDescriptor field = parameter.field();
    List<FieldDescriptor> entry = field.getMessageType().getFields();
    String type = "Map<%s, %s>".formatted(boxed(type(entry.get(0))), boxed(type(entry.get(1))));
    Schema.check(
        entry.get(1).getJavaType() != JavaType.MESSAGE,
        field.getFullName() + ": maps of messages have no rule yet");
    String statement =
        "%s.clear%s().putAll%2$s(%%s);".formatted(builder(parameter), Names.accessor(field));
    return setter(parameter, type, statement);
  }

  /** Returns the setters of a list, whose items {@code inner} of the builder takes. */
  private String list(Parameter parameter, FieldDescriptor inner, String builder) {
    Found item = schema.item(inner);
    String type = item == null ? boxed(type(inner)) : className(service, item);
    String statement;
    if (item != null) {
      statement =
          "%s;%nfor (%s one : %%s) {%n%s.add%s(one.toRequest());%n}"
              .formatted(builder, type, builder(parameter), Names.accessor(inner));
    } else {
      Schema.check(
          !CONVERTED.containsKey(typeName(inner)),
          inner.getFullName() + ": lists of this type have no rule yet");
      statement = "%s.addAll%s(%%s)".formatted(builder, Names.accessor(inner));
      boolean whole = inner != parameter.field();
      statement =
          whole
              ? "%s.set%s(%s);"
                  .formatted(builder(parameter), Names.accessor(parameter.field()), statement)
              : statement + ";";
    }
    String name = parameter.name();
    return setter(parameter, "Iterable<" + type + ">", statement)
        + comment(parameter, "")
        + "public %s %s(%s... %2$s) {%nreturn %2$s(List.of(%2$s));%n}%n%n"
            .formatted(call.paramsClass(), name, type);
  }

  private String setter(Parameter parameter, String type, String statement) {
    String name = parameter.name();
    return comment(parameter, "")
        + "public %s %s(%s %2$s) {%n".formatted(call.paramsClass(), name, type)
        + alone(parameter)
        + statement.formatted(name)
        + "\n"
        + changed(parameter)
        + "return this;\n}\n\n";
  }

  private String clear(Parameter parameter) {
    String accessor = Names.accessor(parameter.field());
    return comment(parameter, "Clears the field:")
        + "public %s clear%s() {%n".formatted(call.paramsClass(), accessor)
        + "%s.clear%s();%n".formatted(builder(parameter), accessor)
        + changed(parameter)
        + "return this;\n}\n\n";
  }

  private String comment(Parameter parameter, String beginning) {
    String text = schema.comments.of(parameter.field());
    String begun = beginning.isEmpty() ? text : beginning + " " + Names.uncapitalized(text);
    return javadoc.comment(List.of(parameter.required() ? begun + " Required." : begun));
  }

  /** Returns the statement that refuses another field of the same group of alternatives. */
  private String alone(Parameter parameter) {
    FieldDescriptor field = parameter.field();
    return alone(field, builder(parameter), imported(field.getContainingType().getName()));
  }

  private static String alone(FieldDescriptor field, String builder, String message) {
    if (Schema.oneof(field) == null) {
      return "";
    }
    String constant = field.getName().toUpperCase(Locale.ROOT) + "_FIELD_NUMBER";
    return "Requests.checkAlone(%s, %s.%s);%n".formatted(builder, message, constant);
  }

  /** Returns the statement that enters a change in the mask. */
  private String changed(Parameter parameter) {
    return isChange(parameter)
        ? "Requests.addPath(request.getUpdateMaskBuilder(), \"%s\");%n"
            .formatted(parameter.field().getName())
        : "";
  }

  private boolean isChange(Parameter parameter) {
    return call.kind() == Kind.UPDATE && parameter.inlined() && !parameter.required();
  }

  private String builder(Parameter parameter) {
    return parameter.inlined() ? Names.camel(call.inlined().getName()) + "()" : "request";
  }

  private static boolean isList(FieldDescriptor field) {
    if (field.getJavaType() != JavaType.MESSAGE) {
      return false;
    }
    List<FieldDescriptor> fields = field.getMessageType().getFields();
    return fields.size() == 1 && fields.get(0).isRepeated() && !fields.get(0).isMapField();
  }

  private String type(FieldDescriptor field) {
    List<String> converted = CONVERTED.get(typeName(field));
    if (converted != null) {
      return converted.get(0);
    }
    return switch (field.getJavaType()) {
      case STRING -> "String";
      case BOOLEAN -> "boolean";
      case INT -> "int";
      case LONG -> "long";
      case ENUM -> imported(field.getEnumType().getName());
      case MESSAGE -> {
        String home = service.descriptor().getFile().getPackage();
        Schema.check(field.getMessageType().getFile().getPackage().equals(home), noRule(field));
        yield imported(field.getMessageType().getName());
      }
      default -> throw new SchemaException(noRule(field));
    };
  }

  private static String noRule(FieldDescriptor field) {
    return field.getFullName() + ": fields of this type have no rule yet";
  }

  private static String converted(FieldDescriptor field) {
    return CONVERTED.getOrDefault(typeName(field), List.of("", "%s")).get(1);
  }

  private static String typeName(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case ENUM -> field.getEnumType().getFullName();
      case MESSAGE -> field.getMessageType().getFullName();
      default -> "";
    };
  }

  private static String boxed(String type) {
    return switch (type) {
      case "boolean" -> "Boolean";
      case "int" -> "Integer";
      case "long" -> "Long";
      default -> type;
    };
  }

  private String imported(String message) {
    messages.add(message);
    return message;
  }
}
