package io.s2s.sdk.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Turns the comments of the schema, which are Markdown, into comments of Java. */
final class Javadoc {
  private static final Pattern CODE = Pattern.compile("`([^`]*)`");
  private static final Pattern FIELD = Pattern.compile("[a-z]+(_[a-z]+)*");

  private final Schema schema;

  Javadoc(Schema schema) {
    this.schema = schema;
  }

  /**
   * Returns a comment with the paragraphs of the texts, in their order, and the tags at its end.
   * The formatter breaks the lines.
   */
  String comment(List<String> texts, String... tags) {
    List<String> lines = new ArrayList<>();
    for (String text : texts) {
      for (String paragraph : text.split("\n\\s*\n")) {
        String line = line(paragraph);
        if (!line.isEmpty()) {
          lines.add(lines.isEmpty() ? line : "<p>" + line);
        }
      }
    }
    Schema.check(!lines.isEmpty(), "the schema lacks the comment of something public");
    String body = lines.stream().collect(Collectors.joining("\n *\n * "));
    String end = List.of(tags).stream().map(tag -> "\n * " + tag).collect(Collectors.joining());
    return "/**\n * " + body + (end.isEmpty() ? "" : "\n *" + end) + "\n */\n";
  }

  /** Returns a text in one line. */
  String line(String comment) {
    String text = comment.strip().replaceAll("\\s+", " ");
    StringBuilder html = new StringBuilder();
    int from = 0;
    for (MatchResult match : CODE.matcher(text).results().toList()) {
      html.append(escaped(text.substring(from, match.start()))).append(code(match.group(1)));
      from = match.end();
    }
    html.append(escaped(text.substring(from)));
    Schema.check(html.indexOf("*/") < 0, "a comment of the schema ends Java's comment: " + text);
    return html.toString();
  }

  private String code(String text) {
    String code = inJava(text);
    // Unpaired braces would end the tag elsewhere.
    return isPaired(code) ? "{@code " + code + "}" : "<code>" + escaped(code) + "</code>";
  }

  /** Returns the name in Java of a field or a call; any other text unchanged. */
  private String inJava(String text) {
    if (FIELD.matcher(text).matches() && schema.fieldNames.contains(text)) {
      return Names.camel(text);
    }
    Schema.Found call = schema.calls.get(text);
    return call == null ? text : call.service().member() + "()." + call.call().method();
  }

  private static boolean isPaired(String text) {
    int open = 0;
    for (char c : text.toCharArray()) {
      if (c == '{') {
        open++;
      } else if (c == '}') {
        open--;
      }
      if (open < 0) {
        return false;
      }
    }
    return open == 0;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("@", "&#64;");
  }
}
