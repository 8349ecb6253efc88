package io.s2s.sdk.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Lists, replays and explains postbacks: the stored requests that arrived at
 * `/s2s`, with their outcomes. `ConversionService.RecordConversion` receives
 * them.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class PostbackServiceGrpc {

  private PostbackServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "s2s.v1.PostbackService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPostbacksRequest,
      io.s2s.sdk.v1.ListPostbacksResponse> getListPostbacksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListPostbacks",
      requestType = io.s2s.sdk.v1.ListPostbacksRequest.class,
      responseType = io.s2s.sdk.v1.ListPostbacksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPostbacksRequest,
      io.s2s.sdk.v1.ListPostbacksResponse> getListPostbacksMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPostbacksRequest, io.s2s.sdk.v1.ListPostbacksResponse> getListPostbacksMethod;
    if ((getListPostbacksMethod = PostbackServiceGrpc.getListPostbacksMethod) == null) {
      synchronized (PostbackServiceGrpc.class) {
        if ((getListPostbacksMethod = PostbackServiceGrpc.getListPostbacksMethod) == null) {
          PostbackServiceGrpc.getListPostbacksMethod = getListPostbacksMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ListPostbacksRequest, io.s2s.sdk.v1.ListPostbacksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListPostbacks"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListPostbacksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListPostbacksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PostbackServiceMethodDescriptorSupplier("ListPostbacks"))
              .build();
        }
      }
    }
    return getListPostbacksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPostbackRequest,
      io.s2s.sdk.v1.GetPostbackResponse> getGetPostbackMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetPostback",
      requestType = io.s2s.sdk.v1.GetPostbackRequest.class,
      responseType = io.s2s.sdk.v1.GetPostbackResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPostbackRequest,
      io.s2s.sdk.v1.GetPostbackResponse> getGetPostbackMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPostbackRequest, io.s2s.sdk.v1.GetPostbackResponse> getGetPostbackMethod;
    if ((getGetPostbackMethod = PostbackServiceGrpc.getGetPostbackMethod) == null) {
      synchronized (PostbackServiceGrpc.class) {
        if ((getGetPostbackMethod = PostbackServiceGrpc.getGetPostbackMethod) == null) {
          PostbackServiceGrpc.getGetPostbackMethod = getGetPostbackMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.GetPostbackRequest, io.s2s.sdk.v1.GetPostbackResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetPostback"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetPostbackRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetPostbackResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PostbackServiceMethodDescriptorSupplier("GetPostback"))
              .build();
        }
      }
    }
    return getGetPostbackMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ReplayPostbacksRequest,
      io.s2s.sdk.v1.ReplayPostbacksResponse> getReplayPostbacksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ReplayPostbacks",
      requestType = io.s2s.sdk.v1.ReplayPostbacksRequest.class,
      responseType = io.s2s.sdk.v1.ReplayPostbacksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ReplayPostbacksRequest,
      io.s2s.sdk.v1.ReplayPostbacksResponse> getReplayPostbacksMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ReplayPostbacksRequest, io.s2s.sdk.v1.ReplayPostbacksResponse> getReplayPostbacksMethod;
    if ((getReplayPostbacksMethod = PostbackServiceGrpc.getReplayPostbacksMethod) == null) {
      synchronized (PostbackServiceGrpc.class) {
        if ((getReplayPostbacksMethod = PostbackServiceGrpc.getReplayPostbacksMethod) == null) {
          PostbackServiceGrpc.getReplayPostbacksMethod = getReplayPostbacksMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ReplayPostbacksRequest, io.s2s.sdk.v1.ReplayPostbacksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ReplayPostbacks"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ReplayPostbacksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ReplayPostbacksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PostbackServiceMethodDescriptorSupplier("ReplayPostbacks"))
              .build();
        }
      }
    }
    return getReplayPostbacksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ExplainPostbackRequest,
      io.s2s.sdk.v1.ExplainPostbackResponse> getExplainPostbackMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExplainPostback",
      requestType = io.s2s.sdk.v1.ExplainPostbackRequest.class,
      responseType = io.s2s.sdk.v1.ExplainPostbackResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ExplainPostbackRequest,
      io.s2s.sdk.v1.ExplainPostbackResponse> getExplainPostbackMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ExplainPostbackRequest, io.s2s.sdk.v1.ExplainPostbackResponse> getExplainPostbackMethod;
    if ((getExplainPostbackMethod = PostbackServiceGrpc.getExplainPostbackMethod) == null) {
      synchronized (PostbackServiceGrpc.class) {
        if ((getExplainPostbackMethod = PostbackServiceGrpc.getExplainPostbackMethod) == null) {
          PostbackServiceGrpc.getExplainPostbackMethod = getExplainPostbackMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ExplainPostbackRequest, io.s2s.sdk.v1.ExplainPostbackResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExplainPostback"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ExplainPostbackRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ExplainPostbackResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PostbackServiceMethodDescriptorSupplier("ExplainPostback"))
              .build();
        }
      }
    }
    return getExplainPostbackMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.WatchPostbacksRequest,
      io.s2s.sdk.v1.WatchPostbacksResponse> getWatchPostbacksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchPostbacks",
      requestType = io.s2s.sdk.v1.WatchPostbacksRequest.class,
      responseType = io.s2s.sdk.v1.WatchPostbacksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.WatchPostbacksRequest,
      io.s2s.sdk.v1.WatchPostbacksResponse> getWatchPostbacksMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.WatchPostbacksRequest, io.s2s.sdk.v1.WatchPostbacksResponse> getWatchPostbacksMethod;
    if ((getWatchPostbacksMethod = PostbackServiceGrpc.getWatchPostbacksMethod) == null) {
      synchronized (PostbackServiceGrpc.class) {
        if ((getWatchPostbacksMethod = PostbackServiceGrpc.getWatchPostbacksMethod) == null) {
          PostbackServiceGrpc.getWatchPostbacksMethod = getWatchPostbacksMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.WatchPostbacksRequest, io.s2s.sdk.v1.WatchPostbacksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchPostbacks"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.WatchPostbacksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.WatchPostbacksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PostbackServiceMethodDescriptorSupplier("WatchPostbacks"))
              .build();
        }
      }
    }
    return getWatchPostbacksMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static PostbackServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PostbackServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PostbackServiceStub>() {
        @java.lang.Override
        public PostbackServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PostbackServiceStub(channel, callOptions);
        }
      };
    return PostbackServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static PostbackServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PostbackServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PostbackServiceBlockingV2Stub>() {
        @java.lang.Override
        public PostbackServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PostbackServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return PostbackServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static PostbackServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PostbackServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PostbackServiceBlockingStub>() {
        @java.lang.Override
        public PostbackServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PostbackServiceBlockingStub(channel, callOptions);
        }
      };
    return PostbackServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static PostbackServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PostbackServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PostbackServiceFutureStub>() {
        @java.lang.Override
        public PostbackServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PostbackServiceFutureStub(channel, callOptions);
        }
      };
    return PostbackServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Lists, replays and explains postbacks: the stored requests that arrived at
   * `/s2s`, with their outcomes. `ConversionService.RecordConversion` receives
   * them.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Lists the account's postbacks, newest first. A page has at most 3 MiB, and
     * the server looks at 20,000 postbacks at most to fill it. So a page may have
     * fewer postbacks than asked for, or none, and still a token.
     * </pre>
     */
    default void listPostbacks(io.s2s.sdk.v1.ListPostbacksRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPostbacksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListPostbacksMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns one postback.
     * </pre>
     */
    default void getPostback(io.s2s.sdk.v1.GetPostbackRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPostbackResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetPostbackMethod(), responseObserver);
    }

    /**
     * <pre>
     * Reads held postbacks again once the cause of their holding is fixed, by the
     * same rules as new postbacks and as of their time of arrival. A postback that
     * is replayed twice counts once. An answer has at most 3 MiB: if it would be
     * longer, the last postbacks come without remarks and body, with only the
     * beginning of their target, and with a note that says so
     * (`NOTE_CODE_SHORTENED`). `GetPostback` returns all of a postback.
     * </pre>
     */
    default void replayPostbacks(io.s2s.sdk.v1.ReplayPostbacksRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ReplayPostbacksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getReplayPostbacksMethod(), responseObserver);
    }

    /**
     * <pre>
     * Explains step by step how a postback URL or a stored postback would be
     * read, and what its verdict would be. Records nothing.
     * </pre>
     */
    default void explainPostback(io.s2s.sdk.v1.ExplainPostbackRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ExplainPostbackResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExplainPostbackMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sends each postback once it is judged: when it comes, and again when a
     * replay gives it another verdict. It is sent by any server of the
     * installation, for as long as the client listens. The stream begins with a
     * heartbeat. Each message has a resume token: a stream that begins with that
     * token goes on behind the message, without a gap and without a repetition, on
     * any server. An account has at most 100 streams on a server, and a server at
     * most 1,000.
     * </pre>
     */
    default void watchPostbacks(io.s2s.sdk.v1.WatchPostbacksRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.WatchPostbacksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchPostbacksMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service PostbackService.
   * <pre>
   * Lists, replays and explains postbacks: the stored requests that arrived at
   * `/s2s`, with their outcomes. `ConversionService.RecordConversion` receives
   * them.
   * </pre>
   */
  public static abstract class PostbackServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return PostbackServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service PostbackService.
   * <pre>
   * Lists, replays and explains postbacks: the stored requests that arrived at
   * `/s2s`, with their outcomes. `ConversionService.RecordConversion` receives
   * them.
   * </pre>
   */
  public static final class PostbackServiceStub
      extends io.grpc.stub.AbstractAsyncStub<PostbackServiceStub> {
    private PostbackServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PostbackServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PostbackServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists the account's postbacks, newest first. A page has at most 3 MiB, and
     * the server looks at 20,000 postbacks at most to fill it. So a page may have
     * fewer postbacks than asked for, or none, and still a token.
     * </pre>
     */
    public void listPostbacks(io.s2s.sdk.v1.ListPostbacksRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPostbacksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListPostbacksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns one postback.
     * </pre>
     */
    public void getPostback(io.s2s.sdk.v1.GetPostbackRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPostbackResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetPostbackMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Reads held postbacks again once the cause of their holding is fixed, by the
     * same rules as new postbacks and as of their time of arrival. A postback that
     * is replayed twice counts once. An answer has at most 3 MiB: if it would be
     * longer, the last postbacks come without remarks and body, with only the
     * beginning of their target, and with a note that says so
     * (`NOTE_CODE_SHORTENED`). `GetPostback` returns all of a postback.
     * </pre>
     */
    public void replayPostbacks(io.s2s.sdk.v1.ReplayPostbacksRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ReplayPostbacksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getReplayPostbacksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Explains step by step how a postback URL or a stored postback would be
     * read, and what its verdict would be. Records nothing.
     * </pre>
     */
    public void explainPostback(io.s2s.sdk.v1.ExplainPostbackRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ExplainPostbackResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getExplainPostbackMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sends each postback once it is judged: when it comes, and again when a
     * replay gives it another verdict. It is sent by any server of the
     * installation, for as long as the client listens. The stream begins with a
     * heartbeat. Each message has a resume token: a stream that begins with that
     * token goes on behind the message, without a gap and without a repetition, on
     * any server. An account has at most 100 streams on a server, and a server at
     * most 1,000.
     * </pre>
     */
    public void watchPostbacks(io.s2s.sdk.v1.WatchPostbacksRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.WatchPostbacksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchPostbacksMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service PostbackService.
   * <pre>
   * Lists, replays and explains postbacks: the stored requests that arrived at
   * `/s2s`, with their outcomes. `ConversionService.RecordConversion` receives
   * them.
   * </pre>
   */
  public static final class PostbackServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<PostbackServiceBlockingV2Stub> {
    private PostbackServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PostbackServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PostbackServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists the account's postbacks, newest first. A page has at most 3 MiB, and
     * the server looks at 20,000 postbacks at most to fill it. So a page may have
     * fewer postbacks than asked for, or none, and still a token.
     * </pre>
     */
    public io.s2s.sdk.v1.ListPostbacksResponse listPostbacks(io.s2s.sdk.v1.ListPostbacksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListPostbacksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one postback.
     * </pre>
     */
    public io.s2s.sdk.v1.GetPostbackResponse getPostback(io.s2s.sdk.v1.GetPostbackRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetPostbackMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads held postbacks again once the cause of their holding is fixed, by the
     * same rules as new postbacks and as of their time of arrival. A postback that
     * is replayed twice counts once. An answer has at most 3 MiB: if it would be
     * longer, the last postbacks come without remarks and body, with only the
     * beginning of their target, and with a note that says so
     * (`NOTE_CODE_SHORTENED`). `GetPostback` returns all of a postback.
     * </pre>
     */
    public io.s2s.sdk.v1.ReplayPostbacksResponse replayPostbacks(io.s2s.sdk.v1.ReplayPostbacksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getReplayPostbacksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Explains step by step how a postback URL or a stored postback would be
     * read, and what its verdict would be. Records nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.ExplainPostbackResponse explainPostback(io.s2s.sdk.v1.ExplainPostbackRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getExplainPostbackMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sends each postback once it is judged: when it comes, and again when a
     * replay gives it another verdict. It is sent by any server of the
     * installation, for as long as the client listens. The stream begins with a
     * heartbeat. Each message has a resume token: a stream that begins with that
     * token goes on behind the message, without a gap and without a repetition, on
     * any server. An account has at most 100 streams on a server, and a server at
     * most 1,000.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.s2s.sdk.v1.WatchPostbacksResponse>
        watchPostbacks(io.s2s.sdk.v1.WatchPostbacksRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchPostbacksMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service PostbackService.
   * <pre>
   * Lists, replays and explains postbacks: the stored requests that arrived at
   * `/s2s`, with their outcomes. `ConversionService.RecordConversion` receives
   * them.
   * </pre>
   */
  public static final class PostbackServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<PostbackServiceBlockingStub> {
    private PostbackServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PostbackServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PostbackServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists the account's postbacks, newest first. A page has at most 3 MiB, and
     * the server looks at 20,000 postbacks at most to fill it. So a page may have
     * fewer postbacks than asked for, or none, and still a token.
     * </pre>
     */
    public io.s2s.sdk.v1.ListPostbacksResponse listPostbacks(io.s2s.sdk.v1.ListPostbacksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListPostbacksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one postback.
     * </pre>
     */
    public io.s2s.sdk.v1.GetPostbackResponse getPostback(io.s2s.sdk.v1.GetPostbackRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetPostbackMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads held postbacks again once the cause of their holding is fixed, by the
     * same rules as new postbacks and as of their time of arrival. A postback that
     * is replayed twice counts once. An answer has at most 3 MiB: if it would be
     * longer, the last postbacks come without remarks and body, with only the
     * beginning of their target, and with a note that says so
     * (`NOTE_CODE_SHORTENED`). `GetPostback` returns all of a postback.
     * </pre>
     */
    public io.s2s.sdk.v1.ReplayPostbacksResponse replayPostbacks(io.s2s.sdk.v1.ReplayPostbacksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getReplayPostbacksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Explains step by step how a postback URL or a stored postback would be
     * read, and what its verdict would be. Records nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.ExplainPostbackResponse explainPostback(io.s2s.sdk.v1.ExplainPostbackRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getExplainPostbackMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sends each postback once it is judged: when it comes, and again when a
     * replay gives it another verdict. It is sent by any server of the
     * installation, for as long as the client listens. The stream begins with a
     * heartbeat. Each message has a resume token: a stream that begins with that
     * token goes on behind the message, without a gap and without a repetition, on
     * any server. An account has at most 100 streams on a server, and a server at
     * most 1,000.
     * </pre>
     */
    public java.util.Iterator<io.s2s.sdk.v1.WatchPostbacksResponse> watchPostbacks(
        io.s2s.sdk.v1.WatchPostbacksRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchPostbacksMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service PostbackService.
   * <pre>
   * Lists, replays and explains postbacks: the stored requests that arrived at
   * `/s2s`, with their outcomes. `ConversionService.RecordConversion` receives
   * them.
   * </pre>
   */
  public static final class PostbackServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<PostbackServiceFutureStub> {
    private PostbackServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PostbackServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PostbackServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists the account's postbacks, newest first. A page has at most 3 MiB, and
     * the server looks at 20,000 postbacks at most to fill it. So a page may have
     * fewer postbacks than asked for, or none, and still a token.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ListPostbacksResponse> listPostbacks(
        io.s2s.sdk.v1.ListPostbacksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListPostbacksMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns one postback.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.GetPostbackResponse> getPostback(
        io.s2s.sdk.v1.GetPostbackRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetPostbackMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Reads held postbacks again once the cause of their holding is fixed, by the
     * same rules as new postbacks and as of their time of arrival. A postback that
     * is replayed twice counts once. An answer has at most 3 MiB: if it would be
     * longer, the last postbacks come without remarks and body, with only the
     * beginning of their target, and with a note that says so
     * (`NOTE_CODE_SHORTENED`). `GetPostback` returns all of a postback.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ReplayPostbacksResponse> replayPostbacks(
        io.s2s.sdk.v1.ReplayPostbacksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getReplayPostbacksMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Explains step by step how a postback URL or a stored postback would be
     * read, and what its verdict would be. Records nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ExplainPostbackResponse> explainPostback(
        io.s2s.sdk.v1.ExplainPostbackRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getExplainPostbackMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_POSTBACKS = 0;
  private static final int METHODID_GET_POSTBACK = 1;
  private static final int METHODID_REPLAY_POSTBACKS = 2;
  private static final int METHODID_EXPLAIN_POSTBACK = 3;
  private static final int METHODID_WATCH_POSTBACKS = 4;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_LIST_POSTBACKS:
          serviceImpl.listPostbacks((io.s2s.sdk.v1.ListPostbacksRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPostbacksResponse>) responseObserver);
          break;
        case METHODID_GET_POSTBACK:
          serviceImpl.getPostback((io.s2s.sdk.v1.GetPostbackRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPostbackResponse>) responseObserver);
          break;
        case METHODID_REPLAY_POSTBACKS:
          serviceImpl.replayPostbacks((io.s2s.sdk.v1.ReplayPostbacksRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ReplayPostbacksResponse>) responseObserver);
          break;
        case METHODID_EXPLAIN_POSTBACK:
          serviceImpl.explainPostback((io.s2s.sdk.v1.ExplainPostbackRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ExplainPostbackResponse>) responseObserver);
          break;
        case METHODID_WATCH_POSTBACKS:
          serviceImpl.watchPostbacks((io.s2s.sdk.v1.WatchPostbacksRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.WatchPostbacksResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getListPostbacksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ListPostbacksRequest,
              io.s2s.sdk.v1.ListPostbacksResponse>(
                service, METHODID_LIST_POSTBACKS)))
        .addMethod(
          getGetPostbackMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.GetPostbackRequest,
              io.s2s.sdk.v1.GetPostbackResponse>(
                service, METHODID_GET_POSTBACK)))
        .addMethod(
          getReplayPostbacksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ReplayPostbacksRequest,
              io.s2s.sdk.v1.ReplayPostbacksResponse>(
                service, METHODID_REPLAY_POSTBACKS)))
        .addMethod(
          getExplainPostbackMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ExplainPostbackRequest,
              io.s2s.sdk.v1.ExplainPostbackResponse>(
                service, METHODID_EXPLAIN_POSTBACK)))
        .addMethod(
          getWatchPostbacksMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.s2s.sdk.v1.WatchPostbacksRequest,
              io.s2s.sdk.v1.WatchPostbacksResponse>(
                service, METHODID_WATCH_POSTBACKS)))
        .build();
  }

  private static abstract class PostbackServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    PostbackServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.s2s.sdk.v1.PostbackServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("PostbackService");
    }
  }

  private static final class PostbackServiceFileDescriptorSupplier
      extends PostbackServiceBaseDescriptorSupplier {
    PostbackServiceFileDescriptorSupplier() {}
  }

  private static final class PostbackServiceMethodDescriptorSupplier
      extends PostbackServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    PostbackServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (PostbackServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new PostbackServiceFileDescriptorSupplier())
              .addMethod(getListPostbacksMethod())
              .addMethod(getGetPostbackMethod())
              .addMethod(getReplayPostbacksMethod())
              .addMethod(getExplainPostbackMethod())
              .addMethod(getWatchPostbacksMethod())
              .build();
        }
      }
    }
    return result;
  }
}
