package io.s2s.sdk;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Message;

/** The rules by which parameters become requests. */
final class Requests {
  private Requests() {}

  /**
   * Refuses a field if another one of its group of alternatives is set. The message itself would
   * silently drop the other field.
   */
  static void checkAlone(Message.Builder message, int fieldNumber) {
    FieldDescriptor field = message.getDescriptorForType().findFieldByNumber(fieldNumber);
    FieldDescriptor other = message.getOneofFieldDescriptor(field.getContainingOneof());
    if (other != null && !other.equals(field)) {
      throw new IllegalArgumentException(
          "only one of " + other.getJsonName() + " and " + field.getJsonName() + " can be given");
    }
  }

  /** Enters a field that is to be changed, once. */
  static void addPath(FieldMask.Builder mask, String path) {
    if (!mask.getPathsList().contains(path)) {
      mask.addPaths(path);
    }
  }
}
