package io.s2s.sdk.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Records, reads and explains clicks. A click is one visit to a tracking link.
 * Also erases visitors, and rotates the keys of click ids.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ClickServiceGrpc {

  private ClickServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "s2s.v1.ClickService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.RecordClickRequest,
      io.s2s.sdk.v1.RecordClickResponse> getRecordClickMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RecordClick",
      requestType = io.s2s.sdk.v1.RecordClickRequest.class,
      responseType = io.s2s.sdk.v1.RecordClickResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.RecordClickRequest,
      io.s2s.sdk.v1.RecordClickResponse> getRecordClickMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.RecordClickRequest, io.s2s.sdk.v1.RecordClickResponse> getRecordClickMethod;
    if ((getRecordClickMethod = ClickServiceGrpc.getRecordClickMethod) == null) {
      synchronized (ClickServiceGrpc.class) {
        if ((getRecordClickMethod = ClickServiceGrpc.getRecordClickMethod) == null) {
          ClickServiceGrpc.getRecordClickMethod = getRecordClickMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.RecordClickRequest, io.s2s.sdk.v1.RecordClickResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RecordClick"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.RecordClickRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.RecordClickResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ClickServiceMethodDescriptorSupplier("RecordClick"))
              .build();
        }
      }
    }
    return getRecordClickMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetClickRequest,
      io.s2s.sdk.v1.GetClickResponse> getGetClickMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetClick",
      requestType = io.s2s.sdk.v1.GetClickRequest.class,
      responseType = io.s2s.sdk.v1.GetClickResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetClickRequest,
      io.s2s.sdk.v1.GetClickResponse> getGetClickMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetClickRequest, io.s2s.sdk.v1.GetClickResponse> getGetClickMethod;
    if ((getGetClickMethod = ClickServiceGrpc.getGetClickMethod) == null) {
      synchronized (ClickServiceGrpc.class) {
        if ((getGetClickMethod = ClickServiceGrpc.getGetClickMethod) == null) {
          ClickServiceGrpc.getGetClickMethod = getGetClickMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.GetClickRequest, io.s2s.sdk.v1.GetClickResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetClick"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetClickRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetClickResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ClickServiceMethodDescriptorSupplier("GetClick"))
              .build();
        }
      }
    }
    return getGetClickMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListClicksRequest,
      io.s2s.sdk.v1.ListClicksResponse> getListClicksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListClicks",
      requestType = io.s2s.sdk.v1.ListClicksRequest.class,
      responseType = io.s2s.sdk.v1.ListClicksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListClicksRequest,
      io.s2s.sdk.v1.ListClicksResponse> getListClicksMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListClicksRequest, io.s2s.sdk.v1.ListClicksResponse> getListClicksMethod;
    if ((getListClicksMethod = ClickServiceGrpc.getListClicksMethod) == null) {
      synchronized (ClickServiceGrpc.class) {
        if ((getListClicksMethod = ClickServiceGrpc.getListClicksMethod) == null) {
          ClickServiceGrpc.getListClicksMethod = getListClicksMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ListClicksRequest, io.s2s.sdk.v1.ListClicksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListClicks"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListClicksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListClicksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ClickServiceMethodDescriptorSupplier("ListClicks"))
              .build();
        }
      }
    }
    return getListClicksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ExplainClickRequest,
      io.s2s.sdk.v1.ExplainClickResponse> getExplainClickMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExplainClick",
      requestType = io.s2s.sdk.v1.ExplainClickRequest.class,
      responseType = io.s2s.sdk.v1.ExplainClickResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ExplainClickRequest,
      io.s2s.sdk.v1.ExplainClickResponse> getExplainClickMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ExplainClickRequest, io.s2s.sdk.v1.ExplainClickResponse> getExplainClickMethod;
    if ((getExplainClickMethod = ClickServiceGrpc.getExplainClickMethod) == null) {
      synchronized (ClickServiceGrpc.class) {
        if ((getExplainClickMethod = ClickServiceGrpc.getExplainClickMethod) == null) {
          ClickServiceGrpc.getExplainClickMethod = getExplainClickMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ExplainClickRequest, io.s2s.sdk.v1.ExplainClickResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExplainClick"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ExplainClickRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ExplainClickResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ClickServiceMethodDescriptorSupplier("ExplainClick"))
              .build();
        }
      }
    }
    return getExplainClickMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.EraseVisitorRequest,
      io.s2s.sdk.v1.EraseVisitorResponse> getEraseVisitorMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "EraseVisitor",
      requestType = io.s2s.sdk.v1.EraseVisitorRequest.class,
      responseType = io.s2s.sdk.v1.EraseVisitorResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.EraseVisitorRequest,
      io.s2s.sdk.v1.EraseVisitorResponse> getEraseVisitorMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.EraseVisitorRequest, io.s2s.sdk.v1.EraseVisitorResponse> getEraseVisitorMethod;
    if ((getEraseVisitorMethod = ClickServiceGrpc.getEraseVisitorMethod) == null) {
      synchronized (ClickServiceGrpc.class) {
        if ((getEraseVisitorMethod = ClickServiceGrpc.getEraseVisitorMethod) == null) {
          ClickServiceGrpc.getEraseVisitorMethod = getEraseVisitorMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.EraseVisitorRequest, io.s2s.sdk.v1.EraseVisitorResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "EraseVisitor"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.EraseVisitorRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.EraseVisitorResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ClickServiceMethodDescriptorSupplier("EraseVisitor"))
              .build();
        }
      }
    }
    return getEraseVisitorMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.RotateClickIdKeyRequest,
      io.s2s.sdk.v1.RotateClickIdKeyResponse> getRotateClickIdKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RotateClickIdKey",
      requestType = io.s2s.sdk.v1.RotateClickIdKeyRequest.class,
      responseType = io.s2s.sdk.v1.RotateClickIdKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.RotateClickIdKeyRequest,
      io.s2s.sdk.v1.RotateClickIdKeyResponse> getRotateClickIdKeyMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.RotateClickIdKeyRequest, io.s2s.sdk.v1.RotateClickIdKeyResponse> getRotateClickIdKeyMethod;
    if ((getRotateClickIdKeyMethod = ClickServiceGrpc.getRotateClickIdKeyMethod) == null) {
      synchronized (ClickServiceGrpc.class) {
        if ((getRotateClickIdKeyMethod = ClickServiceGrpc.getRotateClickIdKeyMethod) == null) {
          ClickServiceGrpc.getRotateClickIdKeyMethod = getRotateClickIdKeyMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.RotateClickIdKeyRequest, io.s2s.sdk.v1.RotateClickIdKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RotateClickIdKey"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.RotateClickIdKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.RotateClickIdKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ClickServiceMethodDescriptorSupplier("RotateClickIdKey"))
              .build();
        }
      }
    }
    return getRotateClickIdKeyMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ClickServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ClickServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ClickServiceStub>() {
        @java.lang.Override
        public ClickServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ClickServiceStub(channel, callOptions);
        }
      };
    return ClickServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ClickServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ClickServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ClickServiceBlockingV2Stub>() {
        @java.lang.Override
        public ClickServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ClickServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ClickServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ClickServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ClickServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ClickServiceBlockingStub>() {
        @java.lang.Override
        public ClickServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ClickServiceBlockingStub(channel, callOptions);
        }
      };
    return ClickServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ClickServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ClickServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ClickServiceFutureStub>() {
        @java.lang.Override
        public ClickServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ClickServiceFutureStub(channel, callOptions);
        }
      };
    return ClickServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Records, reads and explains clicks. A click is one visit to a tracking link.
   * Also erases visitors, and rotates the keys of click ids.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Records a click, for partners who redirect visitors themselves. A repeated
     * call with the same `click_id`, or with the same link, `click_time` and
     * `request_id`, returns the click that the first call recorded.
     * </pre>
     */
    default void recordClick(io.s2s.sdk.v1.RecordClickRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RecordClickResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRecordClickMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns one click.
     * </pre>
     */
    default void getClick(io.s2s.sdk.v1.GetClickRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetClickResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetClickMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the clicks of one tracking link, newest first. A page has at most
     * 3 MiB; with `without_flags`, the server looks at 20,000 clicks at most to
     * fill it. So a page may have fewer clicks than asked for, or none, and still a
     * token.
     * </pre>
     */
    default void listClicks(io.s2s.sdk.v1.ListClicksRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListClicksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListClicksMethod(), responseObserver);
    }

    /**
     * <pre>
     * Explains what happened to a click: its link, its conversions, and the held
     * postbacks that name it. If the answer would be longer than 3 MiB, the end of
     * its lists is shortened. A shortened postback has no body, only the beginning of
     * its target, and a single note, `NOTE_CODE_SHORTENED`, in place of its own
     * notes. A shortened conversion has no custom parameters; if there are such
     * conversions, the `notes` of the answer have one `NOTE_CODE_SHORTENED`.
     * `GetPostback` and `GetConversion` return all of a postback or conversion.
     * </pre>
     */
    default void explainClick(io.s2s.sdk.v1.ExplainClickRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ExplainClickResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExplainClickMethod(), responseObserver);
    }

    /**
     * <pre>
     * Erases all data that identifies the visitor of a click: from the click, its
     * conversions and the postbacks that name it. The erasure is permanent. Ids,
     * times and money stay, and nothing counts differently than before. OK means
     * that the erasure is durable. Repeating it changes nothing.
     * </pre>
     */
    default void eraseVisitor(io.s2s.sdk.v1.EraseVisitorRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.EraseVisitorResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getEraseVisitorMethod(), responseObserver);
    }

    /**
     * <pre>
     * Makes a new key for click ids. Within two seconds, every core and every
     * edge that reaches its core mints with it. Ids of the former keys count for an
     * overlap; after it, they count only if their click is stored. Needs the
     * scope `admin`: the keys are those of the whole installation.
     * </pre>
     */
    default void rotateClickIdKey(io.s2s.sdk.v1.RotateClickIdKeyRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RotateClickIdKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRotateClickIdKeyMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ClickService.
   * <pre>
   * Records, reads and explains clicks. A click is one visit to a tracking link.
   * Also erases visitors, and rotates the keys of click ids.
   * </pre>
   */
  public static abstract class ClickServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ClickServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ClickService.
   * <pre>
   * Records, reads and explains clicks. A click is one visit to a tracking link.
   * Also erases visitors, and rotates the keys of click ids.
   * </pre>
   */
  public static final class ClickServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ClickServiceStub> {
    private ClickServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ClickServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ClickServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Records a click, for partners who redirect visitors themselves. A repeated
     * call with the same `click_id`, or with the same link, `click_time` and
     * `request_id`, returns the click that the first call recorded.
     * </pre>
     */
    public void recordClick(io.s2s.sdk.v1.RecordClickRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RecordClickResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRecordClickMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns one click.
     * </pre>
     */
    public void getClick(io.s2s.sdk.v1.GetClickRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetClickResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetClickMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the clicks of one tracking link, newest first. A page has at most
     * 3 MiB; with `without_flags`, the server looks at 20,000 clicks at most to
     * fill it. So a page may have fewer clicks than asked for, or none, and still a
     * token.
     * </pre>
     */
    public void listClicks(io.s2s.sdk.v1.ListClicksRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListClicksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListClicksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Explains what happened to a click: its link, its conversions, and the held
     * postbacks that name it. If the answer would be longer than 3 MiB, the end of
     * its lists is shortened. A shortened postback has no body, only the beginning of
     * its target, and a single note, `NOTE_CODE_SHORTENED`, in place of its own
     * notes. A shortened conversion has no custom parameters; if there are such
     * conversions, the `notes` of the answer have one `NOTE_CODE_SHORTENED`.
     * `GetPostback` and `GetConversion` return all of a postback or conversion.
     * </pre>
     */
    public void explainClick(io.s2s.sdk.v1.ExplainClickRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ExplainClickResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getExplainClickMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Erases all data that identifies the visitor of a click: from the click, its
     * conversions and the postbacks that name it. The erasure is permanent. Ids,
     * times and money stay, and nothing counts differently than before. OK means
     * that the erasure is durable. Repeating it changes nothing.
     * </pre>
     */
    public void eraseVisitor(io.s2s.sdk.v1.EraseVisitorRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.EraseVisitorResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getEraseVisitorMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Makes a new key for click ids. Within two seconds, every core and every
     * edge that reaches its core mints with it. Ids of the former keys count for an
     * overlap; after it, they count only if their click is stored. Needs the
     * scope `admin`: the keys are those of the whole installation.
     * </pre>
     */
    public void rotateClickIdKey(io.s2s.sdk.v1.RotateClickIdKeyRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RotateClickIdKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRotateClickIdKeyMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ClickService.
   * <pre>
   * Records, reads and explains clicks. A click is one visit to a tracking link.
   * Also erases visitors, and rotates the keys of click ids.
   * </pre>
   */
  public static final class ClickServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ClickServiceBlockingV2Stub> {
    private ClickServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ClickServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ClickServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Records a click, for partners who redirect visitors themselves. A repeated
     * call with the same `click_id`, or with the same link, `click_time` and
     * `request_id`, returns the click that the first call recorded.
     * </pre>
     */
    public io.s2s.sdk.v1.RecordClickResponse recordClick(io.s2s.sdk.v1.RecordClickRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRecordClickMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one click.
     * </pre>
     */
    public io.s2s.sdk.v1.GetClickResponse getClick(io.s2s.sdk.v1.GetClickRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetClickMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the clicks of one tracking link, newest first. A page has at most
     * 3 MiB; with `without_flags`, the server looks at 20,000 clicks at most to
     * fill it. So a page may have fewer clicks than asked for, or none, and still a
     * token.
     * </pre>
     */
    public io.s2s.sdk.v1.ListClicksResponse listClicks(io.s2s.sdk.v1.ListClicksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListClicksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Explains what happened to a click: its link, its conversions, and the held
     * postbacks that name it. If the answer would be longer than 3 MiB, the end of
     * its lists is shortened. A shortened postback has no body, only the beginning of
     * its target, and a single note, `NOTE_CODE_SHORTENED`, in place of its own
     * notes. A shortened conversion has no custom parameters; if there are such
     * conversions, the `notes` of the answer have one `NOTE_CODE_SHORTENED`.
     * `GetPostback` and `GetConversion` return all of a postback or conversion.
     * </pre>
     */
    public io.s2s.sdk.v1.ExplainClickResponse explainClick(io.s2s.sdk.v1.ExplainClickRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getExplainClickMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Erases all data that identifies the visitor of a click: from the click, its
     * conversions and the postbacks that name it. The erasure is permanent. Ids,
     * times and money stay, and nothing counts differently than before. OK means
     * that the erasure is durable. Repeating it changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.EraseVisitorResponse eraseVisitor(io.s2s.sdk.v1.EraseVisitorRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getEraseVisitorMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes a new key for click ids. Within two seconds, every core and every
     * edge that reaches its core mints with it. Ids of the former keys count for an
     * overlap; after it, they count only if their click is stored. Needs the
     * scope `admin`: the keys are those of the whole installation.
     * </pre>
     */
    public io.s2s.sdk.v1.RotateClickIdKeyResponse rotateClickIdKey(io.s2s.sdk.v1.RotateClickIdKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRotateClickIdKeyMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ClickService.
   * <pre>
   * Records, reads and explains clicks. A click is one visit to a tracking link.
   * Also erases visitors, and rotates the keys of click ids.
   * </pre>
   */
  public static final class ClickServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ClickServiceBlockingStub> {
    private ClickServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ClickServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ClickServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Records a click, for partners who redirect visitors themselves. A repeated
     * call with the same `click_id`, or with the same link, `click_time` and
     * `request_id`, returns the click that the first call recorded.
     * </pre>
     */
    public io.s2s.sdk.v1.RecordClickResponse recordClick(io.s2s.sdk.v1.RecordClickRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRecordClickMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one click.
     * </pre>
     */
    public io.s2s.sdk.v1.GetClickResponse getClick(io.s2s.sdk.v1.GetClickRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetClickMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the clicks of one tracking link, newest first. A page has at most
     * 3 MiB; with `without_flags`, the server looks at 20,000 clicks at most to
     * fill it. So a page may have fewer clicks than asked for, or none, and still a
     * token.
     * </pre>
     */
    public io.s2s.sdk.v1.ListClicksResponse listClicks(io.s2s.sdk.v1.ListClicksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListClicksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Explains what happened to a click: its link, its conversions, and the held
     * postbacks that name it. If the answer would be longer than 3 MiB, the end of
     * its lists is shortened. A shortened postback has no body, only the beginning of
     * its target, and a single note, `NOTE_CODE_SHORTENED`, in place of its own
     * notes. A shortened conversion has no custom parameters; if there are such
     * conversions, the `notes` of the answer have one `NOTE_CODE_SHORTENED`.
     * `GetPostback` and `GetConversion` return all of a postback or conversion.
     * </pre>
     */
    public io.s2s.sdk.v1.ExplainClickResponse explainClick(io.s2s.sdk.v1.ExplainClickRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getExplainClickMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Erases all data that identifies the visitor of a click: from the click, its
     * conversions and the postbacks that name it. The erasure is permanent. Ids,
     * times and money stay, and nothing counts differently than before. OK means
     * that the erasure is durable. Repeating it changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.EraseVisitorResponse eraseVisitor(io.s2s.sdk.v1.EraseVisitorRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getEraseVisitorMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes a new key for click ids. Within two seconds, every core and every
     * edge that reaches its core mints with it. Ids of the former keys count for an
     * overlap; after it, they count only if their click is stored. Needs the
     * scope `admin`: the keys are those of the whole installation.
     * </pre>
     */
    public io.s2s.sdk.v1.RotateClickIdKeyResponse rotateClickIdKey(io.s2s.sdk.v1.RotateClickIdKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRotateClickIdKeyMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ClickService.
   * <pre>
   * Records, reads and explains clicks. A click is one visit to a tracking link.
   * Also erases visitors, and rotates the keys of click ids.
   * </pre>
   */
  public static final class ClickServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ClickServiceFutureStub> {
    private ClickServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ClickServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ClickServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Records a click, for partners who redirect visitors themselves. A repeated
     * call with the same `click_id`, or with the same link, `click_time` and
     * `request_id`, returns the click that the first call recorded.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.RecordClickResponse> recordClick(
        io.s2s.sdk.v1.RecordClickRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRecordClickMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns one click.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.GetClickResponse> getClick(
        io.s2s.sdk.v1.GetClickRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetClickMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the clicks of one tracking link, newest first. A page has at most
     * 3 MiB; with `without_flags`, the server looks at 20,000 clicks at most to
     * fill it. So a page may have fewer clicks than asked for, or none, and still a
     * token.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ListClicksResponse> listClicks(
        io.s2s.sdk.v1.ListClicksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListClicksMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Explains what happened to a click: its link, its conversions, and the held
     * postbacks that name it. If the answer would be longer than 3 MiB, the end of
     * its lists is shortened. A shortened postback has no body, only the beginning of
     * its target, and a single note, `NOTE_CODE_SHORTENED`, in place of its own
     * notes. A shortened conversion has no custom parameters; if there are such
     * conversions, the `notes` of the answer have one `NOTE_CODE_SHORTENED`.
     * `GetPostback` and `GetConversion` return all of a postback or conversion.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ExplainClickResponse> explainClick(
        io.s2s.sdk.v1.ExplainClickRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getExplainClickMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Erases all data that identifies the visitor of a click: from the click, its
     * conversions and the postbacks that name it. The erasure is permanent. Ids,
     * times and money stay, and nothing counts differently than before. OK means
     * that the erasure is durable. Repeating it changes nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.EraseVisitorResponse> eraseVisitor(
        io.s2s.sdk.v1.EraseVisitorRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getEraseVisitorMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Makes a new key for click ids. Within two seconds, every core and every
     * edge that reaches its core mints with it. Ids of the former keys count for an
     * overlap; after it, they count only if their click is stored. Needs the
     * scope `admin`: the keys are those of the whole installation.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.RotateClickIdKeyResponse> rotateClickIdKey(
        io.s2s.sdk.v1.RotateClickIdKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRotateClickIdKeyMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_RECORD_CLICK = 0;
  private static final int METHODID_GET_CLICK = 1;
  private static final int METHODID_LIST_CLICKS = 2;
  private static final int METHODID_EXPLAIN_CLICK = 3;
  private static final int METHODID_ERASE_VISITOR = 4;
  private static final int METHODID_ROTATE_CLICK_ID_KEY = 5;

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
        case METHODID_RECORD_CLICK:
          serviceImpl.recordClick((io.s2s.sdk.v1.RecordClickRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RecordClickResponse>) responseObserver);
          break;
        case METHODID_GET_CLICK:
          serviceImpl.getClick((io.s2s.sdk.v1.GetClickRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetClickResponse>) responseObserver);
          break;
        case METHODID_LIST_CLICKS:
          serviceImpl.listClicks((io.s2s.sdk.v1.ListClicksRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListClicksResponse>) responseObserver);
          break;
        case METHODID_EXPLAIN_CLICK:
          serviceImpl.explainClick((io.s2s.sdk.v1.ExplainClickRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ExplainClickResponse>) responseObserver);
          break;
        case METHODID_ERASE_VISITOR:
          serviceImpl.eraseVisitor((io.s2s.sdk.v1.EraseVisitorRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.EraseVisitorResponse>) responseObserver);
          break;
        case METHODID_ROTATE_CLICK_ID_KEY:
          serviceImpl.rotateClickIdKey((io.s2s.sdk.v1.RotateClickIdKeyRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RotateClickIdKeyResponse>) responseObserver);
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
          getRecordClickMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.RecordClickRequest,
              io.s2s.sdk.v1.RecordClickResponse>(
                service, METHODID_RECORD_CLICK)))
        .addMethod(
          getGetClickMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.GetClickRequest,
              io.s2s.sdk.v1.GetClickResponse>(
                service, METHODID_GET_CLICK)))
        .addMethod(
          getListClicksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ListClicksRequest,
              io.s2s.sdk.v1.ListClicksResponse>(
                service, METHODID_LIST_CLICKS)))
        .addMethod(
          getExplainClickMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ExplainClickRequest,
              io.s2s.sdk.v1.ExplainClickResponse>(
                service, METHODID_EXPLAIN_CLICK)))
        .addMethod(
          getEraseVisitorMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.EraseVisitorRequest,
              io.s2s.sdk.v1.EraseVisitorResponse>(
                service, METHODID_ERASE_VISITOR)))
        .addMethod(
          getRotateClickIdKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.RotateClickIdKeyRequest,
              io.s2s.sdk.v1.RotateClickIdKeyResponse>(
                service, METHODID_ROTATE_CLICK_ID_KEY)))
        .build();
  }

  private static abstract class ClickServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ClickServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.s2s.sdk.v1.ClickServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ClickService");
    }
  }

  private static final class ClickServiceFileDescriptorSupplier
      extends ClickServiceBaseDescriptorSupplier {
    ClickServiceFileDescriptorSupplier() {}
  }

  private static final class ClickServiceMethodDescriptorSupplier
      extends ClickServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ClickServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ClickServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ClickServiceFileDescriptorSupplier())
              .addMethod(getRecordClickMethod())
              .addMethod(getGetClickMethod())
              .addMethod(getListClicksMethod())
              .addMethod(getExplainClickMethod())
              .addMethod(getEraseVisitorMethod())
              .addMethod(getRotateClickIdKeyMethod())
              .build();
        }
      }
    }
    return result;
  }
}
