package io.s2s.sdk.generate;

/** The schema has something that the rules of the layer do not cover. */
final class SchemaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SchemaException(String message) {
    super(message);
  }
}
