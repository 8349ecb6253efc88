package io.s2s.sdk.generate;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The names of members, methods and parameters. */
final class Names {
  private static final Pattern AFTER_UNDERSCORE = Pattern.compile("_(.)");

  /** Java's keywords that could be names of fields. */
  private static final Set<String> RESERVED =
      Set.of(
          ("abstract assert boolean break byte case catch char class const continue default do"
                  + " double else enum extends false final finally float for goto if implements"
                  + " import instanceof int interface long native new null package private"
                  + " protected public return short static strictfp super switch synchronized this"
                  + " throw throws transient true try void volatile while")
              .split(" "));

  private Names() {}

  /** Returns the service's resource, such as {@code ConversionCode}. */
  static String noun(ServiceDescriptor service) {
    return service.getName().replaceFirst("Service$", "");
  }

  static String plural(String noun) {
    return noun + "s";
  }

  /** Returns the call's name without the service's noun at its end: {@code batchRecord}. */
  static String method(String noun, String call) {
    for (String ending : List.of(plural(noun), noun)) {
      if (call.endsWith(ending) && !call.equals(ending)) {
        return uncapitalized(call.substring(0, call.length() - ending.length()));
      }
    }
    return uncapitalized(call);
  }

  /** Returns a field's name in Java: {@code clickId} for {@code click_id}. */
  static String camel(String name) {
    return AFTER_UNDERSCORE
        .matcher(name)
        .replaceAll((MatchResult match) -> match.group(1).toUpperCase(Locale.ROOT));
  }

  /** Returns the end of the names of protoc's methods for a field: {@code ClickId}. */
  static String accessor(FieldDescriptor field) {
    return capitalized(camel(field.getName()));
  }

  static String capitalized(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  static String uncapitalized(String name) {
    return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }

  static boolean isReserved(String name) {
    return RESERVED.contains(name);
  }
}
