package io.s2s.sdk.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Changes what a recorded conversion stands at, and lists these changes. The
 * conversion itself stays as it was recorded; each change is a line after it.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class AdjustmentServiceGrpc {

  private AdjustmentServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "s2s.v1.AdjustmentService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateAdjustmentRequest,
      io.s2s.sdk.v1.CreateAdjustmentResponse> getCreateAdjustmentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateAdjustment",
      requestType = io.s2s.sdk.v1.CreateAdjustmentRequest.class,
      responseType = io.s2s.sdk.v1.CreateAdjustmentResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateAdjustmentRequest,
      io.s2s.sdk.v1.CreateAdjustmentResponse> getCreateAdjustmentMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateAdjustmentRequest, io.s2s.sdk.v1.CreateAdjustmentResponse> getCreateAdjustmentMethod;
    if ((getCreateAdjustmentMethod = AdjustmentServiceGrpc.getCreateAdjustmentMethod) == null) {
      synchronized (AdjustmentServiceGrpc.class) {
        if ((getCreateAdjustmentMethod = AdjustmentServiceGrpc.getCreateAdjustmentMethod) == null) {
          AdjustmentServiceGrpc.getCreateAdjustmentMethod = getCreateAdjustmentMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.CreateAdjustmentRequest, io.s2s.sdk.v1.CreateAdjustmentResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateAdjustment"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreateAdjustmentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreateAdjustmentResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdjustmentServiceMethodDescriptorSupplier("CreateAdjustment"))
              .build();
        }
      }
    }
    return getCreateAdjustmentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.BatchCreateAdjustmentsRequest,
      io.s2s.sdk.v1.BatchCreateAdjustmentsResponse> getBatchCreateAdjustmentsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchCreateAdjustments",
      requestType = io.s2s.sdk.v1.BatchCreateAdjustmentsRequest.class,
      responseType = io.s2s.sdk.v1.BatchCreateAdjustmentsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.BatchCreateAdjustmentsRequest,
      io.s2s.sdk.v1.BatchCreateAdjustmentsResponse> getBatchCreateAdjustmentsMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.BatchCreateAdjustmentsRequest, io.s2s.sdk.v1.BatchCreateAdjustmentsResponse> getBatchCreateAdjustmentsMethod;
    if ((getBatchCreateAdjustmentsMethod = AdjustmentServiceGrpc.getBatchCreateAdjustmentsMethod) == null) {
      synchronized (AdjustmentServiceGrpc.class) {
        if ((getBatchCreateAdjustmentsMethod = AdjustmentServiceGrpc.getBatchCreateAdjustmentsMethod) == null) {
          AdjustmentServiceGrpc.getBatchCreateAdjustmentsMethod = getBatchCreateAdjustmentsMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.BatchCreateAdjustmentsRequest, io.s2s.sdk.v1.BatchCreateAdjustmentsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchCreateAdjustments"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.BatchCreateAdjustmentsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.BatchCreateAdjustmentsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdjustmentServiceMethodDescriptorSupplier("BatchCreateAdjustments"))
              .build();
        }
      }
    }
    return getBatchCreateAdjustmentsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListAdjustmentsRequest,
      io.s2s.sdk.v1.ListAdjustmentsResponse> getListAdjustmentsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListAdjustments",
      requestType = io.s2s.sdk.v1.ListAdjustmentsRequest.class,
      responseType = io.s2s.sdk.v1.ListAdjustmentsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListAdjustmentsRequest,
      io.s2s.sdk.v1.ListAdjustmentsResponse> getListAdjustmentsMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListAdjustmentsRequest, io.s2s.sdk.v1.ListAdjustmentsResponse> getListAdjustmentsMethod;
    if ((getListAdjustmentsMethod = AdjustmentServiceGrpc.getListAdjustmentsMethod) == null) {
      synchronized (AdjustmentServiceGrpc.class) {
        if ((getListAdjustmentsMethod = AdjustmentServiceGrpc.getListAdjustmentsMethod) == null) {
          AdjustmentServiceGrpc.getListAdjustmentsMethod = getListAdjustmentsMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ListAdjustmentsRequest, io.s2s.sdk.v1.ListAdjustmentsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListAdjustments"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListAdjustmentsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListAdjustmentsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AdjustmentServiceMethodDescriptorSupplier("ListAdjustments"))
              .build();
        }
      }
    }
    return getListAdjustmentsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static AdjustmentServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AdjustmentServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AdjustmentServiceStub>() {
        @java.lang.Override
        public AdjustmentServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AdjustmentServiceStub(channel, callOptions);
        }
      };
    return AdjustmentServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static AdjustmentServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AdjustmentServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AdjustmentServiceBlockingV2Stub>() {
        @java.lang.Override
        public AdjustmentServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AdjustmentServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return AdjustmentServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static AdjustmentServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AdjustmentServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AdjustmentServiceBlockingStub>() {
        @java.lang.Override
        public AdjustmentServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AdjustmentServiceBlockingStub(channel, callOptions);
        }
      };
    return AdjustmentServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static AdjustmentServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AdjustmentServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AdjustmentServiceFutureStub>() {
        @java.lang.Override
        public AdjustmentServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AdjustmentServiceFutureStub(channel, callOptions);
        }
      };
    return AdjustmentServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Changes what a recorded conversion stands at, and lists these changes. The
   * conversion itself stays as it was recorded; each change is a line after it.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Adjusts a conversion. OK means that the line is durable and counted exactly
     * once, or that nothing had to change. A conversion is never adjusted below 0.
     * The same `external_id` with the same change returns the first line again;
     * with another change, it is refused with `ADJUSTMENT_CONFLICT`.
     * </pre>
     */
    default void createAdjustment(io.s2s.sdk.v1.CreateAdjustmentRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateAdjustmentResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateAdjustmentMethod(), responseObserver);
    }

    /**
     * <pre>
     * Adjusts up to 1,000 conversions. Each item has its own result; one bad item
     * does not affect the others. Items of one conversion are applied in their
     * order. An answer has at most 3 MiB: if it would be longer, the last results
     * come without remarks and long messages.
     * </pre>
     */
    default void batchCreateAdjustments(io.s2s.sdk.v1.BatchCreateAdjustmentsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.BatchCreateAdjustmentsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchCreateAdjustmentsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the adjustments of a conversion, or of the account, newest first. A
     * page has at most 3 MiB.
     * </pre>
     */
    default void listAdjustments(io.s2s.sdk.v1.ListAdjustmentsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListAdjustmentsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListAdjustmentsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service AdjustmentService.
   * <pre>
   * Changes what a recorded conversion stands at, and lists these changes. The
   * conversion itself stays as it was recorded; each change is a line after it.
   * </pre>
   */
  public static abstract class AdjustmentServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return AdjustmentServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service AdjustmentService.
   * <pre>
   * Changes what a recorded conversion stands at, and lists these changes. The
   * conversion itself stays as it was recorded; each change is a line after it.
   * </pre>
   */
  public static final class AdjustmentServiceStub
      extends io.grpc.stub.AbstractAsyncStub<AdjustmentServiceStub> {
    private AdjustmentServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AdjustmentServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AdjustmentServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Adjusts a conversion. OK means that the line is durable and counted exactly
     * once, or that nothing had to change. A conversion is never adjusted below 0.
     * The same `external_id` with the same change returns the first line again;
     * with another change, it is refused with `ADJUSTMENT_CONFLICT`.
     * </pre>
     */
    public void createAdjustment(io.s2s.sdk.v1.CreateAdjustmentRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateAdjustmentResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateAdjustmentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Adjusts up to 1,000 conversions. Each item has its own result; one bad item
     * does not affect the others. Items of one conversion are applied in their
     * order. An answer has at most 3 MiB: if it would be longer, the last results
     * come without remarks and long messages.
     * </pre>
     */
    public void batchCreateAdjustments(io.s2s.sdk.v1.BatchCreateAdjustmentsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.BatchCreateAdjustmentsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchCreateAdjustmentsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the adjustments of a conversion, or of the account, newest first. A
     * page has at most 3 MiB.
     * </pre>
     */
    public void listAdjustments(io.s2s.sdk.v1.ListAdjustmentsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListAdjustmentsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListAdjustmentsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service AdjustmentService.
   * <pre>
   * Changes what a recorded conversion stands at, and lists these changes. The
   * conversion itself stays as it was recorded; each change is a line after it.
   * </pre>
   */
  public static final class AdjustmentServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<AdjustmentServiceBlockingV2Stub> {
    private AdjustmentServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AdjustmentServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AdjustmentServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Adjusts a conversion. OK means that the line is durable and counted exactly
     * once, or that nothing had to change. A conversion is never adjusted below 0.
     * The same `external_id` with the same change returns the first line again;
     * with another change, it is refused with `ADJUSTMENT_CONFLICT`.
     * </pre>
     */
    public io.s2s.sdk.v1.CreateAdjustmentResponse createAdjustment(io.s2s.sdk.v1.CreateAdjustmentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateAdjustmentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Adjusts up to 1,000 conversions. Each item has its own result; one bad item
     * does not affect the others. Items of one conversion are applied in their
     * order. An answer has at most 3 MiB: if it would be longer, the last results
     * come without remarks and long messages.
     * </pre>
     */
    public io.s2s.sdk.v1.BatchCreateAdjustmentsResponse batchCreateAdjustments(io.s2s.sdk.v1.BatchCreateAdjustmentsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchCreateAdjustmentsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the adjustments of a conversion, or of the account, newest first. A
     * page has at most 3 MiB.
     * </pre>
     */
    public io.s2s.sdk.v1.ListAdjustmentsResponse listAdjustments(io.s2s.sdk.v1.ListAdjustmentsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListAdjustmentsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service AdjustmentService.
   * <pre>
   * Changes what a recorded conversion stands at, and lists these changes. The
   * conversion itself stays as it was recorded; each change is a line after it.
   * </pre>
   */
  public static final class AdjustmentServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<AdjustmentServiceBlockingStub> {
    private AdjustmentServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AdjustmentServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AdjustmentServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Adjusts a conversion. OK means that the line is durable and counted exactly
     * once, or that nothing had to change. A conversion is never adjusted below 0.
     * The same `external_id` with the same change returns the first line again;
     * with another change, it is refused with `ADJUSTMENT_CONFLICT`.
     * </pre>
     */
    public io.s2s.sdk.v1.CreateAdjustmentResponse createAdjustment(io.s2s.sdk.v1.CreateAdjustmentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateAdjustmentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Adjusts up to 1,000 conversions. Each item has its own result; one bad item
     * does not affect the others. Items of one conversion are applied in their
     * order. An answer has at most 3 MiB: if it would be longer, the last results
     * come without remarks and long messages.
     * </pre>
     */
    public io.s2s.sdk.v1.BatchCreateAdjustmentsResponse batchCreateAdjustments(io.s2s.sdk.v1.BatchCreateAdjustmentsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchCreateAdjustmentsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the adjustments of a conversion, or of the account, newest first. A
     * page has at most 3 MiB.
     * </pre>
     */
    public io.s2s.sdk.v1.ListAdjustmentsResponse listAdjustments(io.s2s.sdk.v1.ListAdjustmentsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListAdjustmentsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service AdjustmentService.
   * <pre>
   * Changes what a recorded conversion stands at, and lists these changes. The
   * conversion itself stays as it was recorded; each change is a line after it.
   * </pre>
   */
  public static final class AdjustmentServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<AdjustmentServiceFutureStub> {
    private AdjustmentServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AdjustmentServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AdjustmentServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Adjusts a conversion. OK means that the line is durable and counted exactly
     * once, or that nothing had to change. A conversion is never adjusted below 0.
     * The same `external_id` with the same change returns the first line again;
     * with another change, it is refused with `ADJUSTMENT_CONFLICT`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.CreateAdjustmentResponse> createAdjustment(
        io.s2s.sdk.v1.CreateAdjustmentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateAdjustmentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Adjusts up to 1,000 conversions. Each item has its own result; one bad item
     * does not affect the others. Items of one conversion are applied in their
     * order. An answer has at most 3 MiB: if it would be longer, the last results
     * come without remarks and long messages.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.BatchCreateAdjustmentsResponse> batchCreateAdjustments(
        io.s2s.sdk.v1.BatchCreateAdjustmentsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchCreateAdjustmentsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the adjustments of a conversion, or of the account, newest first. A
     * page has at most 3 MiB.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ListAdjustmentsResponse> listAdjustments(
        io.s2s.sdk.v1.ListAdjustmentsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListAdjustmentsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_ADJUSTMENT = 0;
  private static final int METHODID_BATCH_CREATE_ADJUSTMENTS = 1;
  private static final int METHODID_LIST_ADJUSTMENTS = 2;

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
        case METHODID_CREATE_ADJUSTMENT:
          serviceImpl.createAdjustment((io.s2s.sdk.v1.CreateAdjustmentRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateAdjustmentResponse>) responseObserver);
          break;
        case METHODID_BATCH_CREATE_ADJUSTMENTS:
          serviceImpl.batchCreateAdjustments((io.s2s.sdk.v1.BatchCreateAdjustmentsRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.BatchCreateAdjustmentsResponse>) responseObserver);
          break;
        case METHODID_LIST_ADJUSTMENTS:
          serviceImpl.listAdjustments((io.s2s.sdk.v1.ListAdjustmentsRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListAdjustmentsResponse>) responseObserver);
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
          getCreateAdjustmentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.CreateAdjustmentRequest,
              io.s2s.sdk.v1.CreateAdjustmentResponse>(
                service, METHODID_CREATE_ADJUSTMENT)))
        .addMethod(
          getBatchCreateAdjustmentsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.BatchCreateAdjustmentsRequest,
              io.s2s.sdk.v1.BatchCreateAdjustmentsResponse>(
                service, METHODID_BATCH_CREATE_ADJUSTMENTS)))
        .addMethod(
          getListAdjustmentsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ListAdjustmentsRequest,
              io.s2s.sdk.v1.ListAdjustmentsResponse>(
                service, METHODID_LIST_ADJUSTMENTS)))
        .build();
  }

  private static abstract class AdjustmentServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    AdjustmentServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.s2s.sdk.v1.AdjustmentServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("AdjustmentService");
    }
  }

  private static final class AdjustmentServiceFileDescriptorSupplier
      extends AdjustmentServiceBaseDescriptorSupplier {
    AdjustmentServiceFileDescriptorSupplier() {}
  }

  private static final class AdjustmentServiceMethodDescriptorSupplier
      extends AdjustmentServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    AdjustmentServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (AdjustmentServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new AdjustmentServiceFileDescriptorSupplier())
              .addMethod(getCreateAdjustmentMethod())
              .addMethod(getBatchCreateAdjustmentsMethod())
              .addMethod(getListAdjustmentsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
