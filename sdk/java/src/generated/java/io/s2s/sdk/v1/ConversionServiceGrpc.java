package io.s2s.sdk.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Records and reads conversions: the sales and sign-ups that follow clicks.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ConversionServiceGrpc {

  private ConversionServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "s2s.v1.ConversionService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.RecordConversionRequest,
      io.s2s.sdk.v1.RecordConversionResponse> getRecordConversionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RecordConversion",
      requestType = io.s2s.sdk.v1.RecordConversionRequest.class,
      responseType = io.s2s.sdk.v1.RecordConversionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.RecordConversionRequest,
      io.s2s.sdk.v1.RecordConversionResponse> getRecordConversionMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.RecordConversionRequest, io.s2s.sdk.v1.RecordConversionResponse> getRecordConversionMethod;
    if ((getRecordConversionMethod = ConversionServiceGrpc.getRecordConversionMethod) == null) {
      synchronized (ConversionServiceGrpc.class) {
        if ((getRecordConversionMethod = ConversionServiceGrpc.getRecordConversionMethod) == null) {
          ConversionServiceGrpc.getRecordConversionMethod = getRecordConversionMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.RecordConversionRequest, io.s2s.sdk.v1.RecordConversionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RecordConversion"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.RecordConversionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.RecordConversionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionServiceMethodDescriptorSupplier("RecordConversion"))
              .build();
        }
      }
    }
    return getRecordConversionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.BatchRecordConversionsRequest,
      io.s2s.sdk.v1.BatchRecordConversionsResponse> getBatchRecordConversionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchRecordConversions",
      requestType = io.s2s.sdk.v1.BatchRecordConversionsRequest.class,
      responseType = io.s2s.sdk.v1.BatchRecordConversionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.BatchRecordConversionsRequest,
      io.s2s.sdk.v1.BatchRecordConversionsResponse> getBatchRecordConversionsMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.BatchRecordConversionsRequest, io.s2s.sdk.v1.BatchRecordConversionsResponse> getBatchRecordConversionsMethod;
    if ((getBatchRecordConversionsMethod = ConversionServiceGrpc.getBatchRecordConversionsMethod) == null) {
      synchronized (ConversionServiceGrpc.class) {
        if ((getBatchRecordConversionsMethod = ConversionServiceGrpc.getBatchRecordConversionsMethod) == null) {
          ConversionServiceGrpc.getBatchRecordConversionsMethod = getBatchRecordConversionsMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.BatchRecordConversionsRequest, io.s2s.sdk.v1.BatchRecordConversionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchRecordConversions"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.BatchRecordConversionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.BatchRecordConversionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionServiceMethodDescriptorSupplier("BatchRecordConversions"))
              .build();
        }
      }
    }
    return getBatchRecordConversionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.StreamRecordConversionsRequest,
      io.s2s.sdk.v1.StreamRecordConversionsResponse> getStreamRecordConversionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StreamRecordConversions",
      requestType = io.s2s.sdk.v1.StreamRecordConversionsRequest.class,
      responseType = io.s2s.sdk.v1.StreamRecordConversionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.StreamRecordConversionsRequest,
      io.s2s.sdk.v1.StreamRecordConversionsResponse> getStreamRecordConversionsMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.StreamRecordConversionsRequest, io.s2s.sdk.v1.StreamRecordConversionsResponse> getStreamRecordConversionsMethod;
    if ((getStreamRecordConversionsMethod = ConversionServiceGrpc.getStreamRecordConversionsMethod) == null) {
      synchronized (ConversionServiceGrpc.class) {
        if ((getStreamRecordConversionsMethod = ConversionServiceGrpc.getStreamRecordConversionsMethod) == null) {
          ConversionServiceGrpc.getStreamRecordConversionsMethod = getStreamRecordConversionsMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.StreamRecordConversionsRequest, io.s2s.sdk.v1.StreamRecordConversionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StreamRecordConversions"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.StreamRecordConversionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.StreamRecordConversionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionServiceMethodDescriptorSupplier("StreamRecordConversions"))
              .build();
        }
      }
    }
    return getStreamRecordConversionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetConversionRequest,
      io.s2s.sdk.v1.GetConversionResponse> getGetConversionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetConversion",
      requestType = io.s2s.sdk.v1.GetConversionRequest.class,
      responseType = io.s2s.sdk.v1.GetConversionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetConversionRequest,
      io.s2s.sdk.v1.GetConversionResponse> getGetConversionMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetConversionRequest, io.s2s.sdk.v1.GetConversionResponse> getGetConversionMethod;
    if ((getGetConversionMethod = ConversionServiceGrpc.getGetConversionMethod) == null) {
      synchronized (ConversionServiceGrpc.class) {
        if ((getGetConversionMethod = ConversionServiceGrpc.getGetConversionMethod) == null) {
          ConversionServiceGrpc.getGetConversionMethod = getGetConversionMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.GetConversionRequest, io.s2s.sdk.v1.GetConversionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetConversion"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetConversionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetConversionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionServiceMethodDescriptorSupplier("GetConversion"))
              .build();
        }
      }
    }
    return getGetConversionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListConversionsRequest,
      io.s2s.sdk.v1.ListConversionsResponse> getListConversionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListConversions",
      requestType = io.s2s.sdk.v1.ListConversionsRequest.class,
      responseType = io.s2s.sdk.v1.ListConversionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListConversionsRequest,
      io.s2s.sdk.v1.ListConversionsResponse> getListConversionsMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListConversionsRequest, io.s2s.sdk.v1.ListConversionsResponse> getListConversionsMethod;
    if ((getListConversionsMethod = ConversionServiceGrpc.getListConversionsMethod) == null) {
      synchronized (ConversionServiceGrpc.class) {
        if ((getListConversionsMethod = ConversionServiceGrpc.getListConversionsMethod) == null) {
          ConversionServiceGrpc.getListConversionsMethod = getListConversionsMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ListConversionsRequest, io.s2s.sdk.v1.ListConversionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListConversions"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListConversionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListConversionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionServiceMethodDescriptorSupplier("ListConversions"))
              .build();
        }
      }
    }
    return getListConversionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPartnerConversionsRequest,
      io.s2s.sdk.v1.ListPartnerConversionsResponse> getListPartnerConversionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListPartnerConversions",
      requestType = io.s2s.sdk.v1.ListPartnerConversionsRequest.class,
      responseType = io.s2s.sdk.v1.ListPartnerConversionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPartnerConversionsRequest,
      io.s2s.sdk.v1.ListPartnerConversionsResponse> getListPartnerConversionsMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPartnerConversionsRequest, io.s2s.sdk.v1.ListPartnerConversionsResponse> getListPartnerConversionsMethod;
    if ((getListPartnerConversionsMethod = ConversionServiceGrpc.getListPartnerConversionsMethod) == null) {
      synchronized (ConversionServiceGrpc.class) {
        if ((getListPartnerConversionsMethod = ConversionServiceGrpc.getListPartnerConversionsMethod) == null) {
          ConversionServiceGrpc.getListPartnerConversionsMethod = getListPartnerConversionsMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ListPartnerConversionsRequest, io.s2s.sdk.v1.ListPartnerConversionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListPartnerConversions"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListPartnerConversionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListPartnerConversionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionServiceMethodDescriptorSupplier("ListPartnerConversions"))
              .build();
        }
      }
    }
    return getListPartnerConversionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.WatchConversionsRequest,
      io.s2s.sdk.v1.WatchConversionsResponse> getWatchConversionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchConversions",
      requestType = io.s2s.sdk.v1.WatchConversionsRequest.class,
      responseType = io.s2s.sdk.v1.WatchConversionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.WatchConversionsRequest,
      io.s2s.sdk.v1.WatchConversionsResponse> getWatchConversionsMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.WatchConversionsRequest, io.s2s.sdk.v1.WatchConversionsResponse> getWatchConversionsMethod;
    if ((getWatchConversionsMethod = ConversionServiceGrpc.getWatchConversionsMethod) == null) {
      synchronized (ConversionServiceGrpc.class) {
        if ((getWatchConversionsMethod = ConversionServiceGrpc.getWatchConversionsMethod) == null) {
          ConversionServiceGrpc.getWatchConversionsMethod = getWatchConversionsMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.WatchConversionsRequest, io.s2s.sdk.v1.WatchConversionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchConversions"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.WatchConversionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.WatchConversionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionServiceMethodDescriptorSupplier("WatchConversions"))
              .build();
        }
      }
    }
    return getWatchConversionsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ConversionServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ConversionServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ConversionServiceStub>() {
        @java.lang.Override
        public ConversionServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ConversionServiceStub(channel, callOptions);
        }
      };
    return ConversionServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ConversionServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ConversionServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ConversionServiceBlockingV2Stub>() {
        @java.lang.Override
        public ConversionServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ConversionServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ConversionServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ConversionServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ConversionServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ConversionServiceBlockingStub>() {
        @java.lang.Override
        public ConversionServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ConversionServiceBlockingStub(channel, callOptions);
        }
      };
    return ConversionServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ConversionServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ConversionServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ConversionServiceFutureStub>() {
        @java.lang.Override
        public ConversionServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ConversionServiceFutureStub(channel, callOptions);
        }
      };
    return ConversionServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Records and reads conversions: the sales and sign-ups that follow clicks.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Records a conversion. OK means that it is durable and counted exactly once,
     * unless the call was a test. A report that repeats a recorded conversion is
     * answered with `CONVERSION_VERDICT_DUPLICATE` or, if it has other amounts,
     * with the error `TRANSACTION_CONFLICT`.
     * </pre>
     */
    default void recordConversion(io.s2s.sdk.v1.RecordConversionRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RecordConversionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRecordConversionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Records up to 1,000 conversions. Each has its own result; one bad item does
     * not affect the others. An answer has at most 3 MiB: if it would be longer,
     * the last results come without custom parameters, remarks and long messages.
     * A shortened result says so: in a note `NOTE_CODE_SHORTENED` or, if it is an
     * error, as `shortened` in the metadata of the `ErrorInfo`. Verdicts, ids,
     * reasons and the names of invalid fields are never left out.
     * </pre>
     */
    default void batchRecordConversions(io.s2s.sdk.v1.BatchRecordConversionsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.BatchRecordConversionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchRecordConversionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Records conversions for as long as the client sends them: the call for
     * millions of conversions. Each has its own result, in the order of the
     * requests. At most 1,000 are in progress, so a sender who does not read
     * results is held up. A server that is shutting down answers the requests it
     * has accepted and ends with UNAVAILABLE; requests without a result by then
     * must be sent again. If two equal conversions are in progress at the same
     * time, either may be the duplicate.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<io.s2s.sdk.v1.StreamRecordConversionsRequest> streamRecordConversions(
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.StreamRecordConversionsResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getStreamRecordConversionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns one conversion.
     * </pre>
     */
    default void getConversion(io.s2s.sdk.v1.GetConversionRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetConversionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetConversionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the account's conversions, newest first. A page has at most 3 MiB, and
     * the server looks at 20,000 conversions at most to fill it. So a page may have
     * fewer conversions than asked for, or none, and still a token.
     * </pre>
     */
    default void listConversions(io.s2s.sdk.v1.ListConversionsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListConversionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListConversionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the conversions that are owed to a partner, newest first, as the
     * partner may see them. A page may have fewer conversions than asked for, or
     * none, and still a token.
     * </pre>
     */
    default void listPartnerConversions(io.s2s.sdk.v1.ListPartnerConversionsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPartnerConversionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListPartnerConversionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sends each conversion once it is recorded, and again after each adjustment,
     * by any server of the installation, for as long as the client listens. The
     * stream begins with a heartbeat. Each message has a resume token: a stream
     * that begins with that token goes on behind the message, without a gap and
     * without a repetition, on any server. Conversions that are recorded one after
     * the other come in no order that a client may rely on. An account has at most
     * 100 streams on a server, and a server at most 1,000.
     * </pre>
     */
    default void watchConversions(io.s2s.sdk.v1.WatchConversionsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.WatchConversionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchConversionsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ConversionService.
   * <pre>
   * Records and reads conversions: the sales and sign-ups that follow clicks.
   * </pre>
   */
  public static abstract class ConversionServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ConversionServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ConversionService.
   * <pre>
   * Records and reads conversions: the sales and sign-ups that follow clicks.
   * </pre>
   */
  public static final class ConversionServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ConversionServiceStub> {
    private ConversionServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ConversionServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ConversionServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Records a conversion. OK means that it is durable and counted exactly once,
     * unless the call was a test. A report that repeats a recorded conversion is
     * answered with `CONVERSION_VERDICT_DUPLICATE` or, if it has other amounts,
     * with the error `TRANSACTION_CONFLICT`.
     * </pre>
     */
    public void recordConversion(io.s2s.sdk.v1.RecordConversionRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RecordConversionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRecordConversionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Records up to 1,000 conversions. Each has its own result; one bad item does
     * not affect the others. An answer has at most 3 MiB: if it would be longer,
     * the last results come without custom parameters, remarks and long messages.
     * A shortened result says so: in a note `NOTE_CODE_SHORTENED` or, if it is an
     * error, as `shortened` in the metadata of the `ErrorInfo`. Verdicts, ids,
     * reasons and the names of invalid fields are never left out.
     * </pre>
     */
    public void batchRecordConversions(io.s2s.sdk.v1.BatchRecordConversionsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.BatchRecordConversionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchRecordConversionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Records conversions for as long as the client sends them: the call for
     * millions of conversions. Each has its own result, in the order of the
     * requests. At most 1,000 are in progress, so a sender who does not read
     * results is held up. A server that is shutting down answers the requests it
     * has accepted and ends with UNAVAILABLE; requests without a result by then
     * must be sent again. If two equal conversions are in progress at the same
     * time, either may be the duplicate.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<io.s2s.sdk.v1.StreamRecordConversionsRequest> streamRecordConversions(
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.StreamRecordConversionsResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getStreamRecordConversionsMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * Returns one conversion.
     * </pre>
     */
    public void getConversion(io.s2s.sdk.v1.GetConversionRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetConversionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetConversionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the account's conversions, newest first. A page has at most 3 MiB, and
     * the server looks at 20,000 conversions at most to fill it. So a page may have
     * fewer conversions than asked for, or none, and still a token.
     * </pre>
     */
    public void listConversions(io.s2s.sdk.v1.ListConversionsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListConversionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListConversionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the conversions that are owed to a partner, newest first, as the
     * partner may see them. A page may have fewer conversions than asked for, or
     * none, and still a token.
     * </pre>
     */
    public void listPartnerConversions(io.s2s.sdk.v1.ListPartnerConversionsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPartnerConversionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListPartnerConversionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sends each conversion once it is recorded, and again after each adjustment,
     * by any server of the installation, for as long as the client listens. The
     * stream begins with a heartbeat. Each message has a resume token: a stream
     * that begins with that token goes on behind the message, without a gap and
     * without a repetition, on any server. Conversions that are recorded one after
     * the other come in no order that a client may rely on. An account has at most
     * 100 streams on a server, and a server at most 1,000.
     * </pre>
     */
    public void watchConversions(io.s2s.sdk.v1.WatchConversionsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.WatchConversionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchConversionsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ConversionService.
   * <pre>
   * Records and reads conversions: the sales and sign-ups that follow clicks.
   * </pre>
   */
  public static final class ConversionServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ConversionServiceBlockingV2Stub> {
    private ConversionServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ConversionServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ConversionServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Records a conversion. OK means that it is durable and counted exactly once,
     * unless the call was a test. A report that repeats a recorded conversion is
     * answered with `CONVERSION_VERDICT_DUPLICATE` or, if it has other amounts,
     * with the error `TRANSACTION_CONFLICT`.
     * </pre>
     */
    public io.s2s.sdk.v1.RecordConversionResponse recordConversion(io.s2s.sdk.v1.RecordConversionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRecordConversionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Records up to 1,000 conversions. Each has its own result; one bad item does
     * not affect the others. An answer has at most 3 MiB: if it would be longer,
     * the last results come without custom parameters, remarks and long messages.
     * A shortened result says so: in a note `NOTE_CODE_SHORTENED` or, if it is an
     * error, as `shortened` in the metadata of the `ErrorInfo`. Verdicts, ids,
     * reasons and the names of invalid fields are never left out.
     * </pre>
     */
    public io.s2s.sdk.v1.BatchRecordConversionsResponse batchRecordConversions(io.s2s.sdk.v1.BatchRecordConversionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchRecordConversionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Records conversions for as long as the client sends them: the call for
     * millions of conversions. Each has its own result, in the order of the
     * requests. At most 1,000 are in progress, so a sender who does not read
     * results is held up. A server that is shutting down answers the requests it
     * has accepted and ends with UNAVAILABLE; requests without a result by then
     * must be sent again. If two equal conversions are in progress at the same
     * time, either may be the duplicate.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<io.s2s.sdk.v1.StreamRecordConversionsRequest, io.s2s.sdk.v1.StreamRecordConversionsResponse>
        streamRecordConversions() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getStreamRecordConversionsMethod(), getCallOptions());
    }

    /**
     * <pre>
     * Returns one conversion.
     * </pre>
     */
    public io.s2s.sdk.v1.GetConversionResponse getConversion(io.s2s.sdk.v1.GetConversionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetConversionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the account's conversions, newest first. A page has at most 3 MiB, and
     * the server looks at 20,000 conversions at most to fill it. So a page may have
     * fewer conversions than asked for, or none, and still a token.
     * </pre>
     */
    public io.s2s.sdk.v1.ListConversionsResponse listConversions(io.s2s.sdk.v1.ListConversionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListConversionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the conversions that are owed to a partner, newest first, as the
     * partner may see them. A page may have fewer conversions than asked for, or
     * none, and still a token.
     * </pre>
     */
    public io.s2s.sdk.v1.ListPartnerConversionsResponse listPartnerConversions(io.s2s.sdk.v1.ListPartnerConversionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListPartnerConversionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sends each conversion once it is recorded, and again after each adjustment,
     * by any server of the installation, for as long as the client listens. The
     * stream begins with a heartbeat. Each message has a resume token: a stream
     * that begins with that token goes on behind the message, without a gap and
     * without a repetition, on any server. Conversions that are recorded one after
     * the other come in no order that a client may rely on. An account has at most
     * 100 streams on a server, and a server at most 1,000.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.s2s.sdk.v1.WatchConversionsResponse>
        watchConversions(io.s2s.sdk.v1.WatchConversionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchConversionsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ConversionService.
   * <pre>
   * Records and reads conversions: the sales and sign-ups that follow clicks.
   * </pre>
   */
  public static final class ConversionServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ConversionServiceBlockingStub> {
    private ConversionServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ConversionServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ConversionServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Records a conversion. OK means that it is durable and counted exactly once,
     * unless the call was a test. A report that repeats a recorded conversion is
     * answered with `CONVERSION_VERDICT_DUPLICATE` or, if it has other amounts,
     * with the error `TRANSACTION_CONFLICT`.
     * </pre>
     */
    public io.s2s.sdk.v1.RecordConversionResponse recordConversion(io.s2s.sdk.v1.RecordConversionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRecordConversionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Records up to 1,000 conversions. Each has its own result; one bad item does
     * not affect the others. An answer has at most 3 MiB: if it would be longer,
     * the last results come without custom parameters, remarks and long messages.
     * A shortened result says so: in a note `NOTE_CODE_SHORTENED` or, if it is an
     * error, as `shortened` in the metadata of the `ErrorInfo`. Verdicts, ids,
     * reasons and the names of invalid fields are never left out.
     * </pre>
     */
    public io.s2s.sdk.v1.BatchRecordConversionsResponse batchRecordConversions(io.s2s.sdk.v1.BatchRecordConversionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchRecordConversionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one conversion.
     * </pre>
     */
    public io.s2s.sdk.v1.GetConversionResponse getConversion(io.s2s.sdk.v1.GetConversionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetConversionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the account's conversions, newest first. A page has at most 3 MiB, and
     * the server looks at 20,000 conversions at most to fill it. So a page may have
     * fewer conversions than asked for, or none, and still a token.
     * </pre>
     */
    public io.s2s.sdk.v1.ListConversionsResponse listConversions(io.s2s.sdk.v1.ListConversionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListConversionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the conversions that are owed to a partner, newest first, as the
     * partner may see them. A page may have fewer conversions than asked for, or
     * none, and still a token.
     * </pre>
     */
    public io.s2s.sdk.v1.ListPartnerConversionsResponse listPartnerConversions(io.s2s.sdk.v1.ListPartnerConversionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListPartnerConversionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sends each conversion once it is recorded, and again after each adjustment,
     * by any server of the installation, for as long as the client listens. The
     * stream begins with a heartbeat. Each message has a resume token: a stream
     * that begins with that token goes on behind the message, without a gap and
     * without a repetition, on any server. Conversions that are recorded one after
     * the other come in no order that a client may rely on. An account has at most
     * 100 streams on a server, and a server at most 1,000.
     * </pre>
     */
    public java.util.Iterator<io.s2s.sdk.v1.WatchConversionsResponse> watchConversions(
        io.s2s.sdk.v1.WatchConversionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchConversionsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ConversionService.
   * <pre>
   * Records and reads conversions: the sales and sign-ups that follow clicks.
   * </pre>
   */
  public static final class ConversionServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ConversionServiceFutureStub> {
    private ConversionServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ConversionServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ConversionServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Records a conversion. OK means that it is durable and counted exactly once,
     * unless the call was a test. A report that repeats a recorded conversion is
     * answered with `CONVERSION_VERDICT_DUPLICATE` or, if it has other amounts,
     * with the error `TRANSACTION_CONFLICT`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.RecordConversionResponse> recordConversion(
        io.s2s.sdk.v1.RecordConversionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRecordConversionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Records up to 1,000 conversions. Each has its own result; one bad item does
     * not affect the others. An answer has at most 3 MiB: if it would be longer,
     * the last results come without custom parameters, remarks and long messages.
     * A shortened result says so: in a note `NOTE_CODE_SHORTENED` or, if it is an
     * error, as `shortened` in the metadata of the `ErrorInfo`. Verdicts, ids,
     * reasons and the names of invalid fields are never left out.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.BatchRecordConversionsResponse> batchRecordConversions(
        io.s2s.sdk.v1.BatchRecordConversionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchRecordConversionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns one conversion.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.GetConversionResponse> getConversion(
        io.s2s.sdk.v1.GetConversionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetConversionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the account's conversions, newest first. A page has at most 3 MiB, and
     * the server looks at 20,000 conversions at most to fill it. So a page may have
     * fewer conversions than asked for, or none, and still a token.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ListConversionsResponse> listConversions(
        io.s2s.sdk.v1.ListConversionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListConversionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the conversions that are owed to a partner, newest first, as the
     * partner may see them. A page may have fewer conversions than asked for, or
     * none, and still a token.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ListPartnerConversionsResponse> listPartnerConversions(
        io.s2s.sdk.v1.ListPartnerConversionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListPartnerConversionsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_RECORD_CONVERSION = 0;
  private static final int METHODID_BATCH_RECORD_CONVERSIONS = 1;
  private static final int METHODID_GET_CONVERSION = 2;
  private static final int METHODID_LIST_CONVERSIONS = 3;
  private static final int METHODID_LIST_PARTNER_CONVERSIONS = 4;
  private static final int METHODID_WATCH_CONVERSIONS = 5;
  private static final int METHODID_STREAM_RECORD_CONVERSIONS = 6;

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
        case METHODID_RECORD_CONVERSION:
          serviceImpl.recordConversion((io.s2s.sdk.v1.RecordConversionRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RecordConversionResponse>) responseObserver);
          break;
        case METHODID_BATCH_RECORD_CONVERSIONS:
          serviceImpl.batchRecordConversions((io.s2s.sdk.v1.BatchRecordConversionsRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.BatchRecordConversionsResponse>) responseObserver);
          break;
        case METHODID_GET_CONVERSION:
          serviceImpl.getConversion((io.s2s.sdk.v1.GetConversionRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetConversionResponse>) responseObserver);
          break;
        case METHODID_LIST_CONVERSIONS:
          serviceImpl.listConversions((io.s2s.sdk.v1.ListConversionsRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListConversionsResponse>) responseObserver);
          break;
        case METHODID_LIST_PARTNER_CONVERSIONS:
          serviceImpl.listPartnerConversions((io.s2s.sdk.v1.ListPartnerConversionsRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPartnerConversionsResponse>) responseObserver);
          break;
        case METHODID_WATCH_CONVERSIONS:
          serviceImpl.watchConversions((io.s2s.sdk.v1.WatchConversionsRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.WatchConversionsResponse>) responseObserver);
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
        case METHODID_STREAM_RECORD_CONVERSIONS:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.streamRecordConversions(
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.StreamRecordConversionsResponse>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getRecordConversionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.RecordConversionRequest,
              io.s2s.sdk.v1.RecordConversionResponse>(
                service, METHODID_RECORD_CONVERSION)))
        .addMethod(
          getBatchRecordConversionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.BatchRecordConversionsRequest,
              io.s2s.sdk.v1.BatchRecordConversionsResponse>(
                service, METHODID_BATCH_RECORD_CONVERSIONS)))
        .addMethod(
          getStreamRecordConversionsMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              io.s2s.sdk.v1.StreamRecordConversionsRequest,
              io.s2s.sdk.v1.StreamRecordConversionsResponse>(
                service, METHODID_STREAM_RECORD_CONVERSIONS)))
        .addMethod(
          getGetConversionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.GetConversionRequest,
              io.s2s.sdk.v1.GetConversionResponse>(
                service, METHODID_GET_CONVERSION)))
        .addMethod(
          getListConversionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ListConversionsRequest,
              io.s2s.sdk.v1.ListConversionsResponse>(
                service, METHODID_LIST_CONVERSIONS)))
        .addMethod(
          getListPartnerConversionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ListPartnerConversionsRequest,
              io.s2s.sdk.v1.ListPartnerConversionsResponse>(
                service, METHODID_LIST_PARTNER_CONVERSIONS)))
        .addMethod(
          getWatchConversionsMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.s2s.sdk.v1.WatchConversionsRequest,
              io.s2s.sdk.v1.WatchConversionsResponse>(
                service, METHODID_WATCH_CONVERSIONS)))
        .build();
  }

  private static abstract class ConversionServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ConversionServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.s2s.sdk.v1.ConversionServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ConversionService");
    }
  }

  private static final class ConversionServiceFileDescriptorSupplier
      extends ConversionServiceBaseDescriptorSupplier {
    ConversionServiceFileDescriptorSupplier() {}
  }

  private static final class ConversionServiceMethodDescriptorSupplier
      extends ConversionServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ConversionServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ConversionServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ConversionServiceFileDescriptorSupplier())
              .addMethod(getRecordConversionMethod())
              .addMethod(getBatchRecordConversionsMethod())
              .addMethod(getStreamRecordConversionsMethod())
              .addMethod(getGetConversionMethod())
              .addMethod(getListConversionsMethod())
              .addMethod(getListPartnerConversionsMethod())
              .addMethod(getWatchConversionsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
