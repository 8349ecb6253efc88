package io.s2s.sdk.generate;

import static com.google.api.FieldBehavior.IDENTIFIER;
import static com.google.api.FieldBehavior.OUTPUT_ONLY;
import static com.google.api.FieldBehavior.REQUIRED;

import com.google.api.FieldBehavior;
import com.google.api.FieldBehaviorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The methods of the thin layer, read from the schema by the rules that all SDKs share.
 *
 * <ul>
 *   <li>A service is a member of the client: its noun in the plural, {@code conversionCodes}.
 *   <li>A call is a method: the call's name without the service's noun at its end, so {@code
 *       ListConversionCodes} is {@code list}.
 *   <li>The fields of the request are the parameters. If a field is the service's own resource, a
 *       new resource such as {@code NewConversion}, or a filter, the fields within it are
 *       parameters instead.
 *   <li>An update takes the id and the fields to change, and makes the mask from them.
 *   <li>A list gives the items of all pages.
 * </ul>
 */
final class Schema {
  /** Names that parameters can't have, because every class has such methods already. */
  private static final Set<String> TAKEN =
      Set.of("toRequest", "getClass", "hashCode", "notify", "notifyAll", "toString", "wait");

  private static final String MASK = "update_mask";
  private static final String PAGE_TOKEN = "page_token";
  private static final String RESUME_TOKEN = "resume_token";

  /** Fields of filters that no stream can have. */
  private static final Set<String> TIMES = Set.of("time", "start_time", "end_time");

  /** The shapes of methods. */
  enum Kind {
    UNARY,
    UPDATE,
    LIST,
    STREAM,
    WATCH
  }

  /** A parameter: a field of the request, or of the message that is inlined. */
  record Parameter(FieldDescriptor field, boolean inlined, boolean required) {
    String name() {
      return Names.camel(field.getName());
    }
  }

  /**
   * A call of the schema, as a method.
   *
   * @param inlined the field whose message's fields are parameters; null if there is none
   * @param item the items of a list's response, or the one message in a response of a stream
   * @param itemRequest the one message in a request of a stream
   */
  record Call(
      MethodDescriptor rpc,
      Kind kind,
      String method,
      FieldDescriptor inlined,
      List<Parameter> parameters,
      FieldDescriptor item,
      FieldDescriptor itemRequest) {

    /** Name of the nested class with the parameters. */
    String paramsClass() {
      return Names.capitalized(method) + "Params";
    }

    /**
     * Returns the parameters that a caller must give; null if alternatives make that depend on the
     * others.
     */
    List<Parameter> required() {
      boolean alternatives = !rpc.getInputType().getRealOneofs().isEmpty();
      return alternatives ? null : parameters.stream().filter(Parameter::required).toList();
    }
  }

  /** A service of the schema, as a member of the client. */
  record Service(ServiceDescriptor descriptor, String className, List<Call> calls) {
    String member() {
      return Names.uncapitalized(className);
    }

    String grpcClass() {
      return descriptor.getName() + "Grpc";
    }
  }

  /** A call with its service. */
  record Found(Service service, Call call) {}

  final List<Service> services;
  final Map<String, EnumDescriptor> enums = new HashMap<>();

  /** The calls by their names. */
  final Map<String, Found> calls = new HashMap<>();

  /** The names of all fields. */
  final Set<String> fieldNames = new HashSet<>();

  final Comments comments;

  Schema(List<FileDescriptor> files) {
    comments = new Comments(files);
    for (FileDescriptor file : files) {
      file.getEnumTypes().forEach(type -> enums.put(type.getName(), type));
      for (Descriptor message : file.getMessageTypes()) {
        message.getFields().forEach(field -> fieldNames.add(field.getName()));
      }
    }
    services =
        files.stream()
            .flatMap(file -> file.getServices().stream())
            .map(Schema::service)
            .sorted(Comparator.comparing(Service::className))
            .toList();
    for (Service service : services) {
      for (Call call : service.calls) {
        calls.put(call.rpc.getName(), new Found(service, call));
      }
    }
  }

  Found item(Parameter parameter) {
    return item(parameter.field);
  }

  /** Returns the call whose request is the type of the field; null if there is none. */
  Found item(FieldDescriptor field) {
    if (field.getJavaType() != JavaType.MESSAGE) {
      return null;
    }
    return calls.values().stream()
        .filter(found -> found.call.rpc.getInputType().equals(field.getMessageType()))
        .findFirst()
        .orElse(null);
  }

  private static Service service(ServiceDescriptor service) {
    String noun = Names.noun(service);
    List<Call> calls = service.getMethods().stream().map(rpc -> call(noun, rpc)).toList();
    Set<String> methods = new HashSet<>(Set.of("withTimeout"));
    for (Call call : calls) {
      check(methods.add(call.method), service.getName() + ": two methods are " + call.method);
    }
    return new Service(service, Names.plural(noun), calls);
  }

  private static Call call(String noun, MethodDescriptor rpc) {
    Descriptor request = rpc.getInputType();
    Kind kind = kind(rpc);
    FieldDescriptor inlined = inlined(noun, rpc, kind);
    FieldDescriptor item = null;
    FieldDescriptor itemRequest = null;
    if (kind == Kind.LIST) {
      item = onlyMessage(rpc.getOutputType(), true);
    } else if (kind == Kind.STREAM) {
      item = onlyMessage(rpc.getOutputType(), false);
      itemRequest = onlyMessage(request, false);
    }
    List<Parameter> parameters = parameters(rpc, inlined, kind);
    String method = Names.method(noun, rpc.getName());
    return new Call(rpc, kind, method, inlined, parameters, item, itemRequest);
  }

  private static Kind kind(MethodDescriptor rpc) {
    if (rpc.isClientStreaming() && rpc.isServerStreaming()) {
      return Kind.STREAM;
    }
    if (rpc.isServerStreaming()
        && !rpc.isClientStreaming()
        && rpc.getInputType().findFieldByName(RESUME_TOKEN) != null) {
      return Kind.WATCH;
    }
    check(
        !rpc.isClientStreaming() && !rpc.isServerStreaming(),
        rpc.getName() + ": streams of this kind have no rule yet");
    if (rpc.getName().startsWith("List")) {
      return Kind.LIST;
    }
    return rpc.getInputType().findFieldByName(MASK) == null ? Kind.UNARY : Kind.UPDATE;
  }

  private static FieldDescriptor inlined(String noun, MethodDescriptor rpc, Kind kind) {
    List<FieldDescriptor> found = new ArrayList<>();
    for (FieldDescriptor field : rpc.getInputType().getFields()) {
      if (field.isRepeated() || field.getJavaType() != JavaType.MESSAGE) {
        continue;
      }
      String message = field.getMessageType().getName();
      boolean takesResource = kind == Kind.UPDATE || rpc.getName().startsWith("Create");
      if ((takesResource && message.equals(noun))
          || message.equals("New" + noun)
          || message.endsWith("Filter")) {
        found.add(field);
      }
    }
    check(found.size() <= 1, rpc.getName() + ": the fields of two messages are parameters");
    check(
        kind != Kind.UPDATE || found.size() == 1,
        rpc.getName() + ": it is not clear which message is changed");
    return found.isEmpty() ? null : found.get(0);
  }

  private static List<Parameter> parameters(
      MethodDescriptor rpc, FieldDescriptor inlined, Kind kind) {
    List<Parameter> parameters = new ArrayList<>();
    for (FieldDescriptor field : rpc.getInputType().getFields()) {
      String name = field.getName();
      if (field.equals(inlined)) {
        parameters.addAll(inlinedParameters(inlined.getMessageType(), kind));
      } else if (!(kind == Kind.UPDATE && name.equals(MASK))
          && !(kind == Kind.LIST && name.equals(PAGE_TOKEN))) {
        parameters.add(new Parameter(field, false, has(field, REQUIRED)));
      }
    }
    Set<String> names = new HashSet<>(TAKEN);
    for (Parameter parameter : parameters) {
      check(
          names.add(parameter.name()) && !Names.isReserved(parameter.name()),
          rpc.getName() + ": the name of the parameter " + parameter.name() + " clashes");
    }
    return parameters;
  }

  private static List<Parameter> inlinedParameters(Descriptor message, Kind kind) {
    List<Parameter> parameters = new ArrayList<>();
    for (FieldDescriptor field : message.getFields()) {
      // A stream begins where its resume token says, so the server refuses times in its filter.
      if (kind == Kind.WATCH && TIMES.contains(field.getName())) {
        continue;
      }
      boolean id = has(field, IDENTIFIER);
      if (kind == Kind.UPDATE && !has(field, OUTPUT_ONLY)) {
        parameters.add(new Parameter(field, true, id));
      } else if (!id && !has(field, OUTPUT_ONLY)) {
        parameters.add(new Parameter(field, true, has(field, REQUIRED)));
      }
    }
    return parameters;
  }

  /** Returns the message's only field that is a message or, if {@code repeated}, messages. */
  private static FieldDescriptor onlyMessage(Descriptor message, boolean repeated) {
    List<FieldDescriptor> found =
        message.getFields().stream()
            .filter(field -> field.getJavaType() == JavaType.MESSAGE)
            .filter(field -> field.isRepeated() == repeated)
            .toList();
    check(found.size() == 1, message.getName() + ": it is not clear which field has the items");
    return found.get(0);
  }

  private static boolean has(FieldDescriptor field, FieldBehavior behavior) {
    return field.getOptions().getExtension(FieldBehaviorProto.fieldBehavior).contains(behavior);
  }

  /** Returns the field's group of alternatives; null if there is none. */
  static OneofDescriptor oneof(FieldDescriptor field) {
    return field.getRealContainingOneof();
  }

  static void check(boolean holds, String message) {
    if (!holds) {
      throw new SchemaException(message);
    }
  }
}
