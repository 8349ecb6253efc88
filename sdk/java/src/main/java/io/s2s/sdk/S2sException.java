package io.s2s.sdk;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.s2s.sdk.v1.ErrorReason;
import io.s2s.sdk.v1.PostbackFailure;
import io.s2s.sdk.v1.RecordConversionResponse;
import io.s2s.sdk.v1.RecordConversionResult;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The error of a failed call: the server's answer, or the failure to reach the server in time.
 *
 * <p>{@link #getReason} is for programs, {@link #getMessage} for people.
 */
public final class S2sException extends StatusRuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * The {@code domain} in the service's {@code ErrorInfo}. Reasons of other domains are ignored.
   */
  private static final String DOMAIN = "s2s.v1";

  private static final String REASON_PREFIX = "ERROR_REASON_";

  /** Maximum of a {@code google.protobuf.Duration}, in seconds. */
  private static final long RETRY_SECONDS_MAX = 315_576_000_000L;

  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private final com.google.rpc.Status details;

  private S2sException(Status status, Metadata trailers, com.google.rpc.Status details) {
    super(status, trailers);
    this.details = details;
  }

  /**
   * Converts the error of a future or a stream observer to the exception that the blocking stubs
   * would have thrown.
   */
  public static S2sException from(Throwable failure) {
    return of(Status.fromThrowable(failure), Status.trailersFromThrowable(failure));
  }

  /** Returns the error of one item of a batch or stream. */
  public static S2sException from(com.google.rpc.Status status) {
    Status.Code code =
        Arrays.stream(Status.Code.values())
            .filter(known -> known.value() == status.getCode())
            .findFirst()
            .orElse(Status.Code.UNKNOWN);
    return new S2sException(code.toStatus().withDescription(status.getMessage()), null, status);
  }

  /**
   * Returns the response for one item of a batch or stream, as {@code recordConversion} would have
   * returned it.
   *
   * @throws S2sException if {@code recordConversion} would have thrown it
   */
  public static RecordConversionResponse responseOf(RecordConversionResult result) {
    return switch (result.getResultCase()) {
      case RESPONSE -> result.getResponse();
      case ERROR -> throw from(result.getError());
      case RESULT_NOT_SET ->
          throw from(
              com.google.rpc.Status.newBuilder()
                  .setCode(Status.Code.UNKNOWN.value())
                  .setMessage("the server gave no result that this client knows")
                  .build());
    };
  }

  /** Converts the status of a failed call. */
  static S2sException of(Status status, Metadata trailers) {
    com.google.rpc.Status details = details(trailers);
    boolean silent = find(details, ErrorInfo.class).isEmpty();
    boolean unreachable =
        switch (status.getCode()) {
          case UNAVAILABLE -> status.getCause() != null;
          // Our server's errors have details. Without details, these codes mean an answer that was
          // cut off or was not gRPC.
          case UNKNOWN, INTERNAL -> true;
          default -> false;
        };
    if (silent && unreachable) {
      status =
          Status.UNAVAILABLE
              .withDescription("the server could not be reached: " + rootCause(status))
              .withCause(status.getCause());
    }
    return new S2sException(status, trailers, details);
  }

  /** Returns the innermost cause, which names the problem; the outer ones say "io exception". */
  private static String rootCause(Status status) {
    Throwable cause = status.getCause();
    if (cause == null) {
      return status.getDescription();
    }
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private static com.google.rpc.Status details(Metadata trailers) {
    byte[] bytes = trailers == null ? null : trailers.get(DETAILS);
    try {
      return com.google.rpc.Status.parseFrom(bytes == null ? new byte[0] : bytes);
    } catch (InvalidProtocolBufferException e) {
      return com.google.rpc.Status.getDefaultInstance();
    }
  }

  private static <T extends Message> Optional<T> find(
      com.google.rpc.Status details, Class<T> type) {
    for (Any detail : details.getDetailsList()) {
      if (detail.is(type)) {
        try {
          return Optional.of(detail.unpack(type));
        } catch (InvalidProtocolBufferException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the gRPC code: the kind of failure. */
  public Status.Code getCode() {
    return getStatus().getCode();
  }

  /**
   * Returns the reason. Each value documents its cause and its cure.
   *
   * <p>{@code ERROR_REASON_UNSPECIFIED} if the server gave no reason, or a reason that is newer
   * than this client: see {@link #getReasonText}. {@code ERROR_REASON_UNAVAILABLE} if the server
   * could not be reached, and {@code ERROR_REASON_DEADLINE_EXCEEDED} if there was no answer in
   * time.
   */
  public ErrorReason getReason() {
    String name = REASON_PREFIX + getReasonText();
    return Arrays.stream(ErrorReason.values())
        .filter(reason -> reason.name().equals(name))
        .findFirst()
        .orElse(ErrorReason.ERROR_REASON_UNSPECIFIED);
  }

  /** Returns the reason as sent, such as {@code CLICK_ID_INVALID}; empty if there is none. */
  public String getReasonText() {
    String reasonOfCode =
        switch (getCode()) {
          case UNAVAILABLE, DEADLINE_EXCEEDED -> getCode().name();
          default -> "";
        };
    return info().map(ErrorInfo::getReason).orElse(reasonOfCode);
  }

  /** Returns one sentence for people; may be empty. */
  @Override
  public String getMessage() {
    String description = getStatus().getDescription();
    return description == null ? "" : description;
  }

  /** Returns the details of the reason by name, as the server sent them. */
  public Map<String, String> getMetadata() {
    return info().map(ErrorInfo::getMetadataMap).orElse(Map.of());
  }

  /** Returns the invalid fields of the request, each with a description. */
  public List<FieldViolation> getFieldViolations() {
    return find(details, BadRequest.class)
        .map(BadRequest::getFieldViolationsList)
        .orElse(List.of());
  }

  /**
   * Returns the outcome of a postback that does not count, with the id of the held postback. Empty
   * for other errors, after which a postback must be sent again.
   */
  public Optional<PostbackFailure> getPostbackFailure() {
    return find(details, PostbackFailure.class);
  }

  /** Returns the delay before a retry, if the server asks for one. */
  public Optional<Duration> getRetryAfter() {
    return find(details, RetryInfo.class)
        .filter(RetryInfo::hasRetryDelay)
        .map(RetryInfo::getRetryDelay)
        .filter(delay -> 0 <= delay.getSeconds() && delay.getSeconds() <= RETRY_SECONDS_MAX)
        .map(delay -> Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
  }

  /** Returns true if the failure is transient, so that the same call may succeed soon. */
  boolean isPassing() {
    return getCode() == Status.Code.UNAVAILABLE || getCode() == Status.Code.RESOURCE_EXHAUSTED;
  }

  private Optional<ErrorInfo> info() {
    return find(details, ErrorInfo.class).filter(info -> info.getDomain().equals(DOMAIN));
  }

  /** Returns the message, then in brackets the reason, or the code if there is no reason. */
  @Override
  public String toString() {
    String reason = getReasonText().isEmpty() ? getCode().name() : getReasonText();
    return getClass().getName() + ": " + getMessage() + " [" + reason + "]";
  }
}
