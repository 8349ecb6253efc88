package io.s2s.sdk;

import static io.s2s.sdk.FakeServer.failure;
import static io.s2s.sdk.FakeServer.info;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.s2s.sdk.v1.ErrorReason;
import io.s2s.sdk.v1.PostbackFailure;
import io.s2s.sdk.v1.PostbackVerdict;
import io.s2s.sdk.v1.RecordConversionResult;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class S2sExceptionTest {
  @Test
  void whatTheServerSaysArrivesWhole() {
    var info =
        info("FIELD_INVALID", "s2s.v1").toBuilder().putMetadata("field", "transaction_id").build();
    var violation =
        FieldViolation.newBuilder()
            .setField("transaction_id")
            .setDescription("at most 255 bytes")
            .build();
    var bad = BadRequest.newBuilder().addFieldViolations(violation).build();
    var error =
        S2sException.from(failure(Code.INVALID_ARGUMENT, "transaction_id is too long", info, bad));
    assertEquals(Code.INVALID_ARGUMENT, error.code());
    assertEquals(Reason.FIELD_INVALID, error.reason());
    assertEquals("FIELD_INVALID", error.reasonText());
    assertEquals("transaction_id is too long", error.getMessage());
    assertEquals(Map.of("field", "transaction_id"), error.metadata());
    assertEquals(List.of(violation), error.fieldViolations());
    assertEquals(Optional.empty(), error.retryAfter());
    assertEquals(Optional.empty(), error.postbackFailure());
    assertEquals(
        "io.s2s.sdk.S2sException$InvalidArgument: transaction_id is too long [FIELD_INVALID]",
        error.toString());
  }

  @Test
  void reasonsAreReadFromWhatTheServerSays() {
    record Case(Throwable failure, Code code, Reason reason, String text) {}
    var notDetails = new Metadata();
    notDetails.put(
        Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER),
        "not details".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    var refused = new IOException("io exception", new ConnectException("Connection refused"));
    for (Case c :
        List.of(
            new Case(
                failure(Code.FAILED_PRECONDITION, "m", info("ATTRIBUTION_WINDOW_PASSED", "s2s.v1")),
                Code.FAILED_PRECONDITION,
                Reason.ATTRIBUTION_WINDOW_PASSED,
                "m [ATTRIBUTION_WINDOW_PASSED]"),
            new Case(
                failure(Code.UNAVAILABLE, "m", info("INTERNAL", "s2s.v1")),
                Code.UNAVAILABLE,
                Reason.INTERNAL,
                "m [INTERNAL]"),
            new Case(
                failure(Code.INTERNAL, "m", info("INTERNAL", "s2s.v1")),
                Code.INTERNAL,
                Reason.INTERNAL,
                "m [INTERNAL]"),
            new Case(
                failure(Code.ABORTED, "m", info("NEWER", "s2s.v1")),
                Code.ABORTED,
                Reason.UNKNOWN,
                "m [NEWER]"),
            new Case(
                failure(Code.ABORTED, "m", info("ATTRIBUTION_WINDOW_PASSED", "proxy.example")),
                Code.ABORTED,
                Reason.UNKNOWN,
                "m [ABORTED]"),
            new Case(failure(Code.NOT_FOUND, "m"), Code.NOT_FOUND, Reason.UNKNOWN, "m [NOT_FOUND]"),
            new Case(
                failure(Code.UNAVAILABLE, "m"),
                Code.UNAVAILABLE,
                Reason.UNAVAILABLE,
                "m [UNAVAILABLE]"),
            new Case(
                failure(Code.DEADLINE_EXCEEDED, "m"),
                Code.DEADLINE_EXCEEDED,
                Reason.DEADLINE_EXCEEDED,
                "m [DEADLINE_EXCEEDED]"),
            new Case(
                Status.UNKNOWN.withDescription("no trailers").asRuntimeException(),
                Code.UNAVAILABLE,
                Reason.UNAVAILABLE,
                "the server could not be reached: no trailers [UNAVAILABLE]"),
            new Case(
                Status.UNAVAILABLE.withDescription("x").withCause(refused).asException(),
                Code.UNAVAILABLE,
                Reason.UNAVAILABLE,
                "the server could not be reached: Connection refused [UNAVAILABLE]"),
            new Case(
                Status.CANCELLED.withDescription("m").withCause(refused).asException(),
                Code.CANCELLED,
                Reason.UNKNOWN,
                "m [CANCELLED]"),
            new Case(
                Status.NOT_FOUND.withDescription("m").asRuntimeException(notDetails),
                Code.NOT_FOUND,
                Reason.UNKNOWN,
                "m [NOT_FOUND]"))) {
      var error = S2sException.from(c.failure);
      // Convert the error twice, as happens to an error that an interceptor has converted before.
      for (var read : List.of(error, S2sException.from(error))) {
        assertEquals(c.code, read.code(), c.text);
        assertEquals(c.reason, read.reason(), c.text);
        assertEquals(read.getClass().getName() + ": " + c.text, read.toString());
      }
    }
  }

  @Test
  void heldPostbacksAreErrorsWithTheirId() {
    var held =
        PostbackFailure.newBuilder()
            .setVerdict(PostbackVerdict.POSTBACK_VERDICT_HELD)
            .setPostbackId("pb_1")
            .build();
    var info = info("CODE_NOT_ON_LINK", "s2s.v1");
    var call = S2sException.from(failure(Code.FAILED_PRECONDITION, "m", info, held));
    var item = S2sException.from(FakeServer.status(Code.FAILED_PRECONDITION, "m", info, held));
    for (var error : List.of(call, item)) {
      assertEquals(Reason.CODE_NOT_ON_LINK, error.reason());
      assertEquals(Optional.of(held), error.postbackFailure());
    }
  }

  @Test
  void onlyPausesThatCanBeAreAskedFor() {
    for (long seconds : new long[] {0, 5, 315_576_000_000L, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      var delay = com.google.protobuf.Duration.newBuilder().setSeconds(seconds).setNanos(1);
      var retry = RetryInfo.newBuilder().setRetryDelay(delay).build();
      var error = S2sException.from(failure(Code.RESOURCE_EXHAUSTED, "", retry));
      boolean possible = seconds >= 0 && seconds < Long.MAX_VALUE;
      assertEquals(
          possible ? Optional.of(Duration.ofSeconds(seconds, 1)) : Optional.empty(),
          error.retryAfter());
      RetryInterceptor.pause(0, error);
    }
  }

  @Test
  void everyReasonIsKnownByItsText() {
    for (ErrorReason reason : ErrorReason.values()) {
      String text = reason.name().replace("ERROR_REASON_", "");
      var error = S2sException.from(failure(Code.ABORTED, "", info(text, "s2s.v1")));
      assertEquals(Reason.of(reason), error.reason());
      boolean unknown =
          reason == ErrorReason.UNRECOGNIZED || reason == ErrorReason.ERROR_REASON_UNSPECIFIED;
      assertEquals(unknown, error.reason() == Reason.UNKNOWN, text);
    }
  }

  @Test
  void resultsThatAreNoneAreErrors() {
    var error =
        assertThrows(
            S2sException.class,
            () -> S2sException.responseOf(RecordConversionResult.getDefaultInstance()));
    assertEquals(Code.UNKNOWN, error.code());
    assertTrue(error.getMessage().contains("no result"));
  }

  @Test
  void kindsAreClasses() {
    Map<Code, Class<?>> kinds =
        Map.ofEntries(
            Map.entry(Code.INVALID_ARGUMENT, S2sException.InvalidArgument.class),
            Map.entry(Code.OUT_OF_RANGE, S2sException.InvalidArgument.class),
            Map.entry(Code.UNAUTHENTICATED, S2sException.Unauthenticated.class),
            Map.entry(Code.PERMISSION_DENIED, S2sException.PermissionDenied.class),
            Map.entry(Code.NOT_FOUND, S2sException.NotFound.class),
            Map.entry(Code.ALREADY_EXISTS, S2sException.AlreadyExists.class),
            Map.entry(Code.FAILED_PRECONDITION, S2sException.FailedPrecondition.class),
            Map.entry(Code.RESOURCE_EXHAUSTED, S2sException.ResourceExhausted.class),
            Map.entry(Code.UNAVAILABLE, S2sException.Unavailable.class),
            Map.entry(Code.DEADLINE_EXCEEDED, S2sException.DeadlineExceeded.class),
            Map.entry(Code.CANCELLED, S2sException.Cancelled.class));
    for (Code code : Code.values()) {
      var error = S2sException.from(failure(code, "m", info("X", "s2s.v1")));
      assertEquals(code, error.code());
      assertEquals(kinds.getOrDefault(code, S2sException.class), error.getClass(), code.name());
    }
  }
}
