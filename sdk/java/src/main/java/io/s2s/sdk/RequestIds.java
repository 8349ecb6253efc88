package io.s2s.sdk;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.s2s.sdk.v1.BatchRecordConversionsRequest;
import io.s2s.sdk.v1.RecordClickRequest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;

/** Fills in the ids that make a request safe to send again. */
final class RequestIds {
  private static final int RANDOM_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private RequestIds() {}

  /** Returns the request. Adds a request id if the request can have one and has none. */
  @SuppressWarnings("unchecked") // A message's builder builds the same message.
  static <Q> Q fill(Q request) {
    return (Q) filled((Message) request);
  }

  private static Message filled(Message request) {
    if (request instanceof RecordClickRequest click) {
      return filled(click);
    }
    if (request instanceof BatchRecordConversionsRequest batch) {
      BatchRecordConversionsRequest.Builder builder = batch.toBuilder();
      builder.getRequestsBuilderList().stream()
          .filter(item -> item.getRequestId().isEmpty())
          .forEach(item -> item.setRequestId(random()));
      return builder.build();
    }
    FieldDescriptor requestId = request.getDescriptorForType().findFieldByName("request_id");
    if (requestId == null || !request.getField(requestId).equals("")) {
      return request;
    }
    return request.toBuilder().setField(requestId, random()).build();
  }

  /**
   * Fills in request id and click time, which together determine the click id. A request with a
   * click id needs neither. A caller who sets the request id must set the click time, too: the
   * server refuses a request id without a time, because its repetition would be another click.
   */
  private static Message filled(RecordClickRequest click) {
    if (!click.getClickId().isEmpty() || !click.getRequestId().isEmpty()) {
      return click;
    }
    RecordClickRequest.Builder builder = click.toBuilder().setRequestId(random());
    if (!click.hasClickTime()) {
      builder.setClickTime(Times.message(Instant.now()));
    }
    return builder.build();
  }

  /** Returns 128 random bits in hexadecimal. */
  private static String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
