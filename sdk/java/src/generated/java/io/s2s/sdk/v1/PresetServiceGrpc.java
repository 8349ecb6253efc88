package io.s2s.sdk.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Reads presets: the names and macros that each network uses, so that nobody
 * has to look them up. Presets are the same for every account; they come with
 * the server and can't be changed.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class PresetServiceGrpc {

  private PresetServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "s2s.v1.PresetService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPresetsRequest,
      io.s2s.sdk.v1.ListPresetsResponse> getListPresetsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListPresets",
      requestType = io.s2s.sdk.v1.ListPresetsRequest.class,
      responseType = io.s2s.sdk.v1.ListPresetsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPresetsRequest,
      io.s2s.sdk.v1.ListPresetsResponse> getListPresetsMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPresetsRequest, io.s2s.sdk.v1.ListPresetsResponse> getListPresetsMethod;
    if ((getListPresetsMethod = PresetServiceGrpc.getListPresetsMethod) == null) {
      synchronized (PresetServiceGrpc.class) {
        if ((getListPresetsMethod = PresetServiceGrpc.getListPresetsMethod) == null) {
          PresetServiceGrpc.getListPresetsMethod = getListPresetsMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ListPresetsRequest, io.s2s.sdk.v1.ListPresetsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListPresets"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListPresetsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListPresetsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PresetServiceMethodDescriptorSupplier("ListPresets"))
              .build();
        }
      }
    }
    return getListPresetsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPresetRequest,
      io.s2s.sdk.v1.GetPresetResponse> getGetPresetMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetPreset",
      requestType = io.s2s.sdk.v1.GetPresetRequest.class,
      responseType = io.s2s.sdk.v1.GetPresetResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPresetRequest,
      io.s2s.sdk.v1.GetPresetResponse> getGetPresetMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPresetRequest, io.s2s.sdk.v1.GetPresetResponse> getGetPresetMethod;
    if ((getGetPresetMethod = PresetServiceGrpc.getGetPresetMethod) == null) {
      synchronized (PresetServiceGrpc.class) {
        if ((getGetPresetMethod = PresetServiceGrpc.getGetPresetMethod) == null) {
          PresetServiceGrpc.getGetPresetMethod = getGetPresetMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.GetPresetRequest, io.s2s.sdk.v1.GetPresetResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetPreset"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetPresetRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetPresetResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PresetServiceMethodDescriptorSupplier("GetPreset"))
              .build();
        }
      }
    }
    return getGetPresetMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static PresetServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PresetServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PresetServiceStub>() {
        @java.lang.Override
        public PresetServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PresetServiceStub(channel, callOptions);
        }
      };
    return PresetServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static PresetServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PresetServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PresetServiceBlockingV2Stub>() {
        @java.lang.Override
        public PresetServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PresetServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return PresetServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static PresetServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PresetServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PresetServiceBlockingStub>() {
        @java.lang.Override
        public PresetServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PresetServiceBlockingStub(channel, callOptions);
        }
      };
    return PresetServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static PresetServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PresetServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PresetServiceFutureStub>() {
        @java.lang.Override
        public PresetServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PresetServiceFutureStub(channel, callOptions);
        }
      };
    return PresetServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Reads presets: the names and macros that each network uses, so that nobody
   * has to look them up. Presets are the same for every account; they come with
   * the server and can't be changed.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Lists all presets, sorted by id.
     * </pre>
     */
    default void listPresets(io.s2s.sdk.v1.ListPresetsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPresetsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListPresetsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns one preset.
     * </pre>
     */
    default void getPreset(io.s2s.sdk.v1.GetPresetRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPresetResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetPresetMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service PresetService.
   * <pre>
   * Reads presets: the names and macros that each network uses, so that nobody
   * has to look them up. Presets are the same for every account; they come with
   * the server and can't be changed.
   * </pre>
   */
  public static abstract class PresetServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return PresetServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service PresetService.
   * <pre>
   * Reads presets: the names and macros that each network uses, so that nobody
   * has to look them up. Presets are the same for every account; they come with
   * the server and can't be changed.
   * </pre>
   */
  public static final class PresetServiceStub
      extends io.grpc.stub.AbstractAsyncStub<PresetServiceStub> {
    private PresetServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PresetServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PresetServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists all presets, sorted by id.
     * </pre>
     */
    public void listPresets(io.s2s.sdk.v1.ListPresetsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPresetsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListPresetsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns one preset.
     * </pre>
     */
    public void getPreset(io.s2s.sdk.v1.GetPresetRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPresetResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetPresetMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service PresetService.
   * <pre>
   * Reads presets: the names and macros that each network uses, so that nobody
   * has to look them up. Presets are the same for every account; they come with
   * the server and can't be changed.
   * </pre>
   */
  public static final class PresetServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<PresetServiceBlockingV2Stub> {
    private PresetServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PresetServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PresetServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists all presets, sorted by id.
     * </pre>
     */
    public io.s2s.sdk.v1.ListPresetsResponse listPresets(io.s2s.sdk.v1.ListPresetsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListPresetsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one preset.
     * </pre>
     */
    public io.s2s.sdk.v1.GetPresetResponse getPreset(io.s2s.sdk.v1.GetPresetRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetPresetMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service PresetService.
   * <pre>
   * Reads presets: the names and macros that each network uses, so that nobody
   * has to look them up. Presets are the same for every account; they come with
   * the server and can't be changed.
   * </pre>
   */
  public static final class PresetServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<PresetServiceBlockingStub> {
    private PresetServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PresetServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PresetServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists all presets, sorted by id.
     * </pre>
     */
    public io.s2s.sdk.v1.ListPresetsResponse listPresets(io.s2s.sdk.v1.ListPresetsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListPresetsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one preset.
     * </pre>
     */
    public io.s2s.sdk.v1.GetPresetResponse getPreset(io.s2s.sdk.v1.GetPresetRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetPresetMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service PresetService.
   * <pre>
   * Reads presets: the names and macros that each network uses, so that nobody
   * has to look them up. Presets are the same for every account; they come with
   * the server and can't be changed.
   * </pre>
   */
  public static final class PresetServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<PresetServiceFutureStub> {
    private PresetServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PresetServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PresetServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists all presets, sorted by id.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ListPresetsResponse> listPresets(
        io.s2s.sdk.v1.ListPresetsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListPresetsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns one preset.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.GetPresetResponse> getPreset(
        io.s2s.sdk.v1.GetPresetRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetPresetMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_PRESETS = 0;
  private static final int METHODID_GET_PRESET = 1;

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
        case METHODID_LIST_PRESETS:
          serviceImpl.listPresets((io.s2s.sdk.v1.ListPresetsRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPresetsResponse>) responseObserver);
          break;
        case METHODID_GET_PRESET:
          serviceImpl.getPreset((io.s2s.sdk.v1.GetPresetRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPresetResponse>) responseObserver);
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
          getListPresetsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ListPresetsRequest,
              io.s2s.sdk.v1.ListPresetsResponse>(
                service, METHODID_LIST_PRESETS)))
        .addMethod(
          getGetPresetMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.GetPresetRequest,
              io.s2s.sdk.v1.GetPresetResponse>(
                service, METHODID_GET_PRESET)))
        .build();
  }

  private static abstract class PresetServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    PresetServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.s2s.sdk.v1.PresetServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("PresetService");
    }
  }

  private static final class PresetServiceFileDescriptorSupplier
      extends PresetServiceBaseDescriptorSupplier {
    PresetServiceFileDescriptorSupplier() {}
  }

  private static final class PresetServiceMethodDescriptorSupplier
      extends PresetServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    PresetServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (PresetServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new PresetServiceFileDescriptorSupplier())
              .addMethod(getListPresetsMethod())
              .addMethod(getGetPresetMethod())
              .build();
        }
      }
    }
    return result;
  }
}
