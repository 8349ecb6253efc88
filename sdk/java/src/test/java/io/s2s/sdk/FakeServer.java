package io.s2s.sdk;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.Context;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.s2s.sdk.v1.ApiKeyServiceGrpc;
import io.s2s.sdk.v1.BatchRecordConversionsRequest;
import io.s2s.sdk.v1.BatchRecordConversionsResponse;
import io.s2s.sdk.v1.Conversion;
import io.s2s.sdk.v1.ConversionServiceGrpc;
import io.s2s.sdk.v1.ConversionVerdict;
import io.s2s.sdk.v1.ListConversionsRequest;
import io.s2s.sdk.v1.ListConversionsResponse;
import io.s2s.sdk.v1.RecordConversionRequest;
import io.s2s.sdk.v1.RecordConversionResponse;
import io.s2s.sdk.v1.RecordConversionResult;
import io.s2s.sdk.v1.RotateApiKeyRequest;
import io.s2s.sdk.v1.RotateApiKeyResponse;
import io.s2s.sdk.v1.StreamRecordConversionsRequest;
import io.s2s.sdk.v1.StreamRecordConversionsResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A real server with the generated services on a real port. It answers calls by a script, then with
 * success, and keeps the requests.
 */
final class FakeServer extends ConversionServiceGrpc.ConversionServiceImplBase
    implements ServerInterceptor, AutoCloseable {
  /** Entry of the script for no answer at all. */
  static final StatusRuntimeException NEVER = io.grpc.Status.OK.asRuntimeException();

  static final StatusRuntimeException OK = io.grpc.Status.OK.asRuntimeException();
  static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  final Queue<StatusRuntimeException> script = new ConcurrentLinkedQueue<>();

  /** The answer to calls after the script's end. */
  volatile StatusRuntimeException always = OK;

  final List<RecordConversionRequest> requests = new CopyOnWriteArrayList<>();
  final List<Metadata> headers = new CopyOnWriteArrayList<>();
  final List<Long> millisLeft = new CopyOnWriteArrayList<>();
  final List<String> pageTokens = new CopyOnWriteArrayList<>();

  /** Has one permit for each call of {@code RecordConversion} that has come. */
  final Semaphore recordCalls = new Semaphore(0);

  /** Has one permit for each item of a stream that has come. */
  final Semaphore streamItems = new Semaphore(0);

  /** Has one permit for each stream that its caller has cancelled. */
  final Semaphore streamsCancelled = new Semaphore(0);

  /** The messages of one stream, by their resume tokens, and its end. */
  record Turn(List<String> tokens, StatusRuntimeException end) {
    static Turn of(StatusRuntimeException end, String... tokens) {
      return new Turn(List.of(tokens), end);
    }
  }

  /** The turns of the streams of events. The last one is repeated. */
  final Queue<Turn> turns = new ConcurrentLinkedQueue<>();

  final List<String> resumeTokens = new CopyOnWriteArrayList<>();

  @Override
  public void watchConversions(
      io.s2s.sdk.v1.WatchConversionsRequest request,
      StreamObserver<io.s2s.sdk.v1.WatchConversionsResponse> observer) {
    resumeTokens.add(request.getResumeToken());
    // Without a handler, a message on a cancelled call would throw.
    ((ServerCallStreamObserver<?>) observer).setOnCancelHandler(() -> {});
    Turn turn = turns.size() > 1 ? turns.poll() : turns.peek();
    for (String token : turn.tokens) {
      observer.onNext(
          io.s2s.sdk.v1.WatchConversionsResponse.newBuilder().setResumeToken(token).build());
    }
    if (turn.end == OK) {
      observer.onCompleted();
    } else if (turn.end != NEVER) {
      observer.onError(turn.end);
    }
  }

  /** A call that can't be repeated. */
  private final ApiKeyServiceGrpc.ApiKeyServiceImplBase keys =
      new ApiKeyServiceGrpc.ApiKeyServiceImplBase() {
        @Override
        public void rotateApiKey(
            RotateApiKeyRequest request, StreamObserver<RotateApiKeyResponse> observer) {
          answer(RotateApiKeyResponse.getDefaultInstance(), observer);
        }
      };

  private final Server server;

  FakeServer(StatusRuntimeException... script) throws IOException {
    this(0, io.grpc.InsecureServerCredentials.create());
    this.script.addAll(List.of(script));
  }

  FakeServer(int port, ServerCredentials credentials) throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port), credentials)
            .addService(this)
            .addService(keys)
            .intercept(this)
            .build()
            .start();
  }

  String authority() {
    return "127.0.0.1:" + port();
  }

  int port() {
    return server.getPort();
  }

  S2sClient.Builder client() {
    return client("http://" + authority());
  }

  /** Returns a builder that takes nothing from the environment. */
  static S2sClient.Builder client(String endpoint) {
    return new S2sClient.Builder(Map.of()).endpoint(endpoint);
  }

  List<String> requestIds() {
    return requests.stream().map(RecordConversionRequest::getRequestId).toList();
  }

  @Override
  public void close() {
    // Wait until the server has ended. Until then it would answer calls with CANCELLED, unlike a
    // server that is gone.
    try {
      if (!server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the server does not end");
      }
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  static StatusRuntimeException unavailable() {
    return io.grpc.Status.UNAVAILABLE
        .withDescription("the server is stopping")
        .asRuntimeException();
  }

  static StatusRuntimeException overloaded(int retrySeconds, int retryMillis) {
    RetryInfo retry =
        RetryInfo.newBuilder()
            .setRetryDelay(
                Duration.newBuilder().setSeconds(retrySeconds).setNanos(retryMillis * 1_000_000))
            .build();
    return failure(
        Code.RESOURCE_EXHAUSTED, "too many writes wait", info("OVERLOADED", "s2s.v1"), retry);
  }

  static ErrorInfo info(String reason, String domain) {
    return ErrorInfo.newBuilder().setReason(reason).setDomain(domain).build();
  }

  static StatusRuntimeException failure(Code code, String message, Message... details) {
    return StatusProto.toStatusRuntimeException(status(code, message, details));
  }

  static Status status(Code code, String message, Message... details) {
    List<Any> packed = List.of(details).stream().map(Any::pack).toList();
    return Status.newBuilder()
        .setCode(code.value())
        .setMessage(message)
        .addAllDetails(packed)
        .build();
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    this.headers.add(headers);
    if (Context.current().getDeadline() != null) {
      millisLeft.add(Context.current().getDeadline().timeRemaining(TimeUnit.MILLISECONDS));
    }
    var listener = next.startCall(call, headers);
    if (call.getMethodDescriptor() != ConversionServiceGrpc.getWatchConversionsMethod()) {
      return listener;
    }
    return new SimpleForwardingServerCallListener<>(listener) {
      // A call that is cancelled at once never reaches the service.
      @Override
      public void onCancel() {
        super.onCancel();
        streamsCancelled.release();
      }
    };
  }

  private <R> void answer(R response, StreamObserver<R> observer) {
    StatusRuntimeException next = script.poll();
    next = next == null ? always : next;
    if (next == OK) {
      observer.onNext(response);
      observer.onCompleted();
    } else if (next != NEVER) {
      observer.onError(next);
    }
  }

  @Override
  public void recordConversion(
      RecordConversionRequest request, StreamObserver<RecordConversionResponse> observer) {
    requests.add(request);
    recordCalls.release();
    answer(
        RecordConversionResponse.newBuilder()
            .setVerdict(ConversionVerdict.CONVERSION_VERDICT_RECORDED)
            .build(),
        observer);
  }

  /** Refuses items without a click id. */
  @Override
  public void batchRecordConversions(
      BatchRecordConversionsRequest batch,
      StreamObserver<BatchRecordConversionsResponse> observer) {
    BatchRecordConversionsResponse.Builder response = BatchRecordConversionsResponse.newBuilder();
    for (RecordConversionRequest request : batch.getRequestsList()) {
      requests.add(request);
      RecordConversionResult.Builder result = response.addResultsBuilder();
      if (request.getConversion().getClickId().isEmpty()) {
        result.setError(
            status(Code.INVALID_ARGUMENT, "no click id", info("PARAMETER_MISSING", "s2s.v1")));
      } else {
        result.setResponse(RecordConversionResponse.getDefaultInstance());
      }
    }
    answer(response.build(), observer);
  }

  /** Answers each item at once, unless the script says otherwise for the stream. */
  @Override
  public StreamObserver<StreamRecordConversionsRequest> streamRecordConversions(
      StreamObserver<StreamRecordConversionsResponse> observer) {
    StatusRuntimeException next = script.poll();
    if (next != null && next != OK && next != NEVER) {
      observer.onError(next);
    }
    return new StreamObserver<>() {
      @Override
      public void onNext(StreamRecordConversionsRequest request) {
        requests.add(request.getRequest());
        streamItems.release();
        if (next == null || next == OK) {
          String id = request.getRequest().getConversion().getTransactionId();
          var response = RecordConversionResponse.newBuilder().setConversionId(id);
          observer.onNext(
              StreamRecordConversionsResponse.newBuilder()
                  .setResult(RecordConversionResult.newBuilder().setResponse(response))
                  .build());
        }
      }

      @Override
      public void onError(Throwable failure) {
        streamsCancelled.release();
      }

      @Override
      public void onCompleted() {
        observer.onCompleted();
      }
    };
  }

  /** Returns one of three pages: two conversions, none, one. */
  @Override
  public void listConversions(
      ListConversionsRequest request, StreamObserver<ListConversionsResponse> observer) {
    pageTokens.add(request.getFilter().getClickId() + request.getPageToken());
    ListConversionsResponse response =
        switch (request.getPageToken()) {
          case "" -> page("second", "a", "b");
          case "second" -> page("third");
          case "third" -> page("", "c");
          default -> throw new AssertionError(request);
        };
    answer(response, observer);
  }

  private static ListConversionsResponse page(String next, String... ids) {
    ListConversionsResponse.Builder page =
        ListConversionsResponse.newBuilder().setNextPageToken(next);
    for (String id : ids) {
      page.addConversions(Conversion.newBuilder().setId(id));
    }
    return page.build();
  }
}
