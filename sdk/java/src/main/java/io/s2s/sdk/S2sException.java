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
 * <p>{@link #reason} is for programs, {@link #getMessage} for people. Kinds of failure that callers
 * handle alike have a class each, such as {@link NotFound}.
 */
public class S2sException extends StatusRuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * The {@code domain} in the service's {@code ErrorInfo}. Reasons of other domains are ignored.
   */
  private static final String DOMAIN = "s2s.v1";

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
    return ofKind(code.toStatus().withDescription(status.getMessage()), null, status);
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
    return ofKind(status, trailers, details);
  }

  private static S2sException ofKind(
      Status status, Metadata trailers, com.google.rpc.Status details) {
    return switch (status.getCode()) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> new InvalidArgument(status, trailers, details);
      case UNAUTHENTICATED -> new Unauthenticated(status, trailers, details);
      case PERMISSION_DENIED -> new PermissionDenied(status, trailers, details);
      case NOT_FOUND -> new NotFound(status, trailers, details);
      case ALREADY_EXISTS -> new AlreadyExists(status, trailers, details);
      case FAILED_PRECONDITION -> new FailedPrecondition(status, trailers, details);
      case RESOURCE_EXHAUSTED -> new ResourceExhausted(status, trailers, details);
      case UNAVAILABLE -> new Unavailable(status, trailers, details);
      case DEADLINE_EXCEEDED -> new DeadlineExceeded(status, trailers, details);
      case CANCELLED -> new Cancelled(status, trailers, details);
      default -> new S2sException(status, trailers, details);
    };
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

  /** Returns the gRPC code of the failure. */
  public Status.Code code() {
    return getStatus().getCode();
  }

  /**
   * Returns the reason. Each value documents its cause and its cure.
   *
   * <p>{@link Reason#UNKNOWN} if the server gave no reason, or a reason that is newer than this
   * client: see {@link #reasonText}. {@link Reason#UNAVAILABLE} if the server could not be reached,
   * and {@link Reason#DEADLINE_EXCEEDED} if there was no answer in time.
   */
  public Reason reason() {
    return Reason.of(reasonText());
  }

  /**
   * Returns the reason as the server sent it, such as {@code CLICK_ID_INVALID}. If the server sent
   * none, returns {@code UNAVAILABLE} or {@code DEADLINE_EXCEEDED} if that is the code, otherwise
   * an empty text.
   */
  public String reasonText() {
    String reasonOfCode =
        switch (code()) {
          case UNAVAILABLE, DEADLINE_EXCEEDED -> code().name();
          default -> "";
        };
    return info().map(ErrorInfo::getReason).orElse(reasonOfCode);
  }

  /** Returns the text of the reason, or the code if there is none. */
  String reasonOrCode() {
    return reasonText().isEmpty() ? code().name() : reasonText();
  }

  /** Returns one sentence for people; may be empty. */
  @Override
  public String getMessage() {
    String description = getStatus().getDescription();
    return description == null ? "" : description;
  }

  /** Returns the details of the reason by name, as the server sent them. */
  public Map<String, String> metadata() {
    return info().map(ErrorInfo::getMetadataMap).orElse(Map.of());
  }

  /** Returns the invalid fields of the request, each with a description. */
  public List<FieldViolation> fieldViolations() {
    return find(details, BadRequest.class)
        .map(BadRequest::getFieldViolationsList)
        .orElse(List.of());
  }

  /**
   * Returns the outcome of a postback that does not count, with the id of the held postback. Empty
   * for other errors, after which a postback must be sent again.
   */
  public Optional<PostbackFailure> postbackFailure() {
    return find(details, PostbackFailure.class);
  }

  /** Returns the delay before a retry, if the server asks for one. */
  public Optional<Duration> retryAfter() {
    return find(details, RetryInfo.class)
        .filter(RetryInfo::hasRetryDelay)
        .map(RetryInfo::getRetryDelay)
        .filter(delay -> 0 <= delay.getSeconds() && delay.getSeconds() <= RETRY_SECONDS_MAX)
        .map(delay -> Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
  }

  /** Returns true if the failure is transient, so that the same call may succeed soon. */
  boolean isPassing() {
    return code() == Status.Code.UNAVAILABLE || code() == Status.Code.RESOURCE_EXHAUSTED;
  }

  private Optional<ErrorInfo> info() {
    return find(details, ErrorInfo.class).filter(info -> info.getDomain().equals(DOMAIN));
  }

  /** Returns the message, then in brackets the reason, or the code if there is no reason. */
  @Override
  public String toString() {
    return getClass().getName() + ": " + getMessage() + " [" + reasonOrCode() + "]";
  }

  /** The request is invalid: {@link #reason} and {@link #fieldViolations} say why. Correct it. */
  public static final class InvalidArgument extends S2sException {
    private static final long serialVersionUID = 1L;

    InvalidArgument(Status status, Metadata trailers, com.google.rpc.Status details) {
      super(status, trailers, details);
    }
  }

  /** The API key is missing, wrong, revoked or expired. */
  public static final class Unauthenticated extends S2sException {
    private static final long serialVersionUID = 1L;

    Unauthenticated(Status status, Metadata trailers, com.google.rpc.Status details) {
      super(status, trailers, details);
    }
  }

  /** The API key may not make this call: it lacks a scope, for example. */
  public static final class PermissionDenied extends S2sException {
    private static final long serialVersionUID = 1L;

    PermissionDenied(Status status, Metadata trailers, com.google.rpc.Status details) {
      super(status, trailers, details);
    }
  }

  /** There is no such thing, or none that the API key may see. */
  public static final class NotFound extends S2sException {
    private static final long serialVersionUID = 1L;

    NotFound(Status status, Metadata trailers, com.google.rpc.Status details) {
      super(status, trailers, details);
    }
  }

  /** The call conflicts with something that exists, such as a slug that is taken. */
  public static final class AlreadyExists extends S2sException {
    private static final long serialVersionUID = 1L;

    AlreadyExists(Status status, Metadata trailers, com.google.rpc.Status details) {
      super(status, trailers, details);
    }
  }

  /** The present state rules the call out: a conversion code is archived, for example. */
  public static final class FailedPrecondition extends S2sException {
    private static final long serialVersionUID = 1L;

    FailedPrecondition(Status status, Metadata trailers, com.google.rpc.Status details) {
      super(status, trailers, details);
    }
  }

  /** The server is overloaded, or a limit is reached. Retries, if the call had any, failed too. */
  public static final class ResourceExhausted extends S2sException {
    private static final long serialVersionUID = 1L;

    ResourceExhausted(Status status, Metadata trailers, com.google.rpc.Status details) {
      super(status, trailers, details);
    }
  }

  /** The server can't be reached, or is stopping. Retries, if the call had any, failed too. */
  public static final class Unavailable extends S2sException {
    private static final long serialVersionUID = 1L;

    Unavailable(Status status, Metadata trailers, com.google.rpc.Status details) {
      super(status, trailers, details);
    }
  }

  /** There was no answer in time. The call may or may not have taken effect. */
  public static final class DeadlineExceeded extends S2sException {
    private static final long serialVersionUID = 1L;

    DeadlineExceeded(Status status, Metadata trailers, com.google.rpc.Status details) {
      super(status, trailers, details);
    }
  }

  /** The caller cancelled the call. It may or may not have taken effect. */
  public static final class Cancelled extends S2sException {
    private static final long serialVersionUID = 1L;

    Cancelled(Status status, Metadata trailers, com.google.rpc.Status details) {
      super(status, trailers, details);
    }
  }
}
