package io.s2s.sdk;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.s2s.sdk.v1.ErrorReason;
import io.s2s.sdk.v1.PostbackIds;
import io.s2s.sdk.v1.RecordConversionRequest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A call of the journey as a method of a service, found by the rules of all SDKs, with a request
 * turned into parameters.
 */
final class Arguments {
  private final Object service;
  private final String noun;
  private final String call;

  /** Finds the service of a client for a path such as {@code ClickService/GetClick}. */
  Arguments(S2sClient client, String path, java.time.Duration timeout) throws Exception {
    noun = path.substring(0, path.indexOf("Service/"));
    call = path.substring(path.indexOf('/') + 1);
    Object found = client.getClass().getMethod(uncapitalized(noun) + "s").invoke(client);
    service =
        timeout == null
            ? found
            : found
                .getClass()
                .getMethod("withTimeout", java.time.Duration.class)
                .invoke(found, timeout);
  }

  /** Returns the builder of the request. */
  Message.Builder request() throws Exception {
    Class<?> type = Class.forName("io.s2s.sdk.v1." + call + "Request");
    return (Message.Builder) type.getMethod("newBuilder").invoke(null);
  }

  /** Calls the method with the parameters that make the request. */
  Object send(Message request) throws Exception {
    Object params = params(noun, call, request);
    Method method = service.getClass().getMethod(methodName(noun, call), params.getClass());
    try {
      return method.invoke(service, params);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof S2sException failure) {
        throw failure;
      }
      throw new AssertionError(e.getCause());
    }
  }

  /** Returns the parameters of {@code conversions().record}. */
  static Conversions.RecordParams record(RecordConversionRequest request) throws Exception {
    return (Conversions.RecordParams) params("Conversion", "RecordConversion", request);
  }

  private static Object params(String noun, String call, Message request) throws Exception {
    String method = methodName(noun, call);
    String name = method.substring(0, 1).toUpperCase(Locale.ROOT) + method.substring(1) + "Params";
    Object params =
        Class.forName("io.s2s.sdk." + noun + "s$" + name).getConstructor().newInstance();
    for (Map.Entry<FieldDescriptor, Object> entry : fields(noun, call, request).entrySet()) {
      set(params, entry.getKey(), entry.getValue());
    }
    return params;
  }

  /** Returns the fields of the request that are parameters: of a change, those in its mask. */
  private static Map<FieldDescriptor, Object> fields(String noun, String call, Message request) {
    Map<FieldDescriptor, Object> fields = new HashMap<>();
    for (Map.Entry<FieldDescriptor, Object> entry : request.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      if (entry.getValue() instanceof FieldMask) {
        continue;
      }
      if (!isInlined(noun, call, field)) {
        fields.put(field, entry.getValue());
        continue;
      }
      Message inlined = (Message) entry.getValue();
      if (!call.startsWith("Update")) {
        fields.putAll(inlined.getAllFields());
        continue;
      }
      FieldDescriptor mask = request.getDescriptorForType().findFieldByName("update_mask");
      for (String path : ((FieldMask) request.getField(mask)).getPathsList()) {
        FieldDescriptor changed = inlined.getDescriptorForType().findFieldByName(path);
        fields.put(changed, inlined.getField(changed));
      }
      FieldDescriptor id = inlined.getDescriptorForType().findFieldByName("id");
      fields.put(id, inlined.getField(id));
    }
    return fields;
  }

  private static boolean isInlined(String noun, String call, FieldDescriptor field) {
    if (field.getJavaType() != JavaType.MESSAGE) {
      return false;
    }
    String message = field.getMessageType().getName();
    boolean takesResource = call.startsWith("Create") || call.startsWith("Update");
    return (takesResource && message.equals(noun))
        || message.equals("New" + noun)
        || message.endsWith("Filter");
  }

  private static void set(Object params, FieldDescriptor field, Object value) throws Exception {
    Object given = field.isMapField() ? map((List<?>) value) : converted(value);
    Method setter =
        Arrays.stream(params.getClass().getMethods())
            .filter(method -> method.getName().equals(field.getJsonName()))
            .filter(method -> takes(method.getParameterTypes()[0], given))
            .findFirst()
            .orElse(null);
    assertNotNull(setter, () -> params.getClass() + " has no parameter " + field.getName());
    Object argument =
        given instanceof EnumValueDescriptor constant
            ? constant(setter.getParameterTypes()[0], constant)
            : given;
    if (given instanceof List<?> list
        && !list.isEmpty()
        && list.get(0) instanceof EnumValueDescriptor) {
      Class<?> type = itemType(params, field);
      argument = list.stream().map(item -> constant(type, (EnumValueDescriptor) item)).toList();
    }
    setter.invoke(params, argument);
  }

  private static boolean takes(Class<?> type, Object value) {
    if (value instanceof EnumValueDescriptor) {
      return type.isEnum();
    }
    return switch (type.getName()) {
      case "boolean" -> value instanceof Boolean;
      case "int" -> value instanceof Integer;
      case "long" -> value instanceof Long;
      default -> type.isInstance(value);
    };
  }

  /** Returns the type of the items of a list, which only the setter with an array shows. */
  private static Class<?> itemType(Object params, FieldDescriptor field) {
    return Arrays.stream(params.getClass().getMethods())
        .filter(method -> method.getName().equals(field.getJsonName()) && method.isVarArgs())
        .map(method -> method.getParameterTypes()[0].getComponentType())
        .findFirst()
        .orElseThrow();
  }

  private static Object constant(Class<?> type, EnumValueDescriptor value) {
    if (type == Reason.class) {
      return Reason.of(ErrorReason.forNumber(value.getNumber()));
    }
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.toString().equals(value.getName()))
        .findFirst()
        .orElseThrow();
  }

  private static Map<Object, Object> map(List<?> entries) {
    Map<Object, Object> map = new HashMap<>();
    for (Object entry : entries) {
      Message pair = (Message) entry;
      List<FieldDescriptor> fields = pair.getDescriptorForType().getFields();
      map.put(pair.getField(fields.get(0)), pair.getField(fields.get(1)));
    }
    return map;
  }

  private static Object converted(Object value) throws Exception {
    if (value instanceof List<?> list) {
      Object[] items = list.toArray();
      for (int index = 0; index < items.length; index++) {
        items[index] = converted(items[index]);
      }
      return List.of(items);
    } else if (value instanceof io.s2s.sdk.v1.Money money) {
      return Money.of(money);
    } else if (value instanceof Timestamp time) {
      return Times.instant(time);
    } else if (value instanceof Duration duration) {
      return Times.duration(duration);
    } else if (value instanceof PostbackIds ids) {
      return ids.getIdsList();
    } else if (value instanceof RecordConversionRequest request) {
      return record(request);
    } else if (value instanceof ByteString bytes) {
      return bytes.toByteArray();
    }
    return value;
  }

  private static String methodName(String noun, String call) {
    return uncapitalized(call.replaceFirst("(?<!^)" + noun + "s?$", ""));
  }

  private static String uncapitalized(String name) {
    return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }
}
