package io.s2s.sdk.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Manages tracking links: the URLs that visitors click.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class TrackingLinkServiceGrpc {

  private TrackingLinkServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "s2s.v1.TrackingLinkService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateTrackingLinkRequest,
      io.s2s.sdk.v1.CreateTrackingLinkResponse> getCreateTrackingLinkMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateTrackingLink",
      requestType = io.s2s.sdk.v1.CreateTrackingLinkRequest.class,
      responseType = io.s2s.sdk.v1.CreateTrackingLinkResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateTrackingLinkRequest,
      io.s2s.sdk.v1.CreateTrackingLinkResponse> getCreateTrackingLinkMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateTrackingLinkRequest, io.s2s.sdk.v1.CreateTrackingLinkResponse> getCreateTrackingLinkMethod;
    if ((getCreateTrackingLinkMethod = TrackingLinkServiceGrpc.getCreateTrackingLinkMethod) == null) {
      synchronized (TrackingLinkServiceGrpc.class) {
        if ((getCreateTrackingLinkMethod = TrackingLinkServiceGrpc.getCreateTrackingLinkMethod) == null) {
          TrackingLinkServiceGrpc.getCreateTrackingLinkMethod = getCreateTrackingLinkMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.CreateTrackingLinkRequest, io.s2s.sdk.v1.CreateTrackingLinkResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateTrackingLink"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreateTrackingLinkRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreateTrackingLinkResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TrackingLinkServiceMethodDescriptorSupplier("CreateTrackingLink"))
              .build();
        }
      }
    }
    return getCreateTrackingLinkMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetTrackingLinkRequest,
      io.s2s.sdk.v1.GetTrackingLinkResponse> getGetTrackingLinkMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetTrackingLink",
      requestType = io.s2s.sdk.v1.GetTrackingLinkRequest.class,
      responseType = io.s2s.sdk.v1.GetTrackingLinkResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetTrackingLinkRequest,
      io.s2s.sdk.v1.GetTrackingLinkResponse> getGetTrackingLinkMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetTrackingLinkRequest, io.s2s.sdk.v1.GetTrackingLinkResponse> getGetTrackingLinkMethod;
    if ((getGetTrackingLinkMethod = TrackingLinkServiceGrpc.getGetTrackingLinkMethod) == null) {
      synchronized (TrackingLinkServiceGrpc.class) {
        if ((getGetTrackingLinkMethod = TrackingLinkServiceGrpc.getGetTrackingLinkMethod) == null) {
          TrackingLinkServiceGrpc.getGetTrackingLinkMethod = getGetTrackingLinkMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.GetTrackingLinkRequest, io.s2s.sdk.v1.GetTrackingLinkResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetTrackingLink"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetTrackingLinkRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetTrackingLinkResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TrackingLinkServiceMethodDescriptorSupplier("GetTrackingLink"))
              .build();
        }
      }
    }
    return getGetTrackingLinkMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListTrackingLinksRequest,
      io.s2s.sdk.v1.ListTrackingLinksResponse> getListTrackingLinksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListTrackingLinks",
      requestType = io.s2s.sdk.v1.ListTrackingLinksRequest.class,
      responseType = io.s2s.sdk.v1.ListTrackingLinksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListTrackingLinksRequest,
      io.s2s.sdk.v1.ListTrackingLinksResponse> getListTrackingLinksMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListTrackingLinksRequest, io.s2s.sdk.v1.ListTrackingLinksResponse> getListTrackingLinksMethod;
    if ((getListTrackingLinksMethod = TrackingLinkServiceGrpc.getListTrackingLinksMethod) == null) {
      synchronized (TrackingLinkServiceGrpc.class) {
        if ((getListTrackingLinksMethod = TrackingLinkServiceGrpc.getListTrackingLinksMethod) == null) {
          TrackingLinkServiceGrpc.getListTrackingLinksMethod = getListTrackingLinksMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ListTrackingLinksRequest, io.s2s.sdk.v1.ListTrackingLinksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListTrackingLinks"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListTrackingLinksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListTrackingLinksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TrackingLinkServiceMethodDescriptorSupplier("ListTrackingLinks"))
              .build();
        }
      }
    }
    return getListTrackingLinksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.UpdateTrackingLinkRequest,
      io.s2s.sdk.v1.UpdateTrackingLinkResponse> getUpdateTrackingLinkMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateTrackingLink",
      requestType = io.s2s.sdk.v1.UpdateTrackingLinkRequest.class,
      responseType = io.s2s.sdk.v1.UpdateTrackingLinkResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.UpdateTrackingLinkRequest,
      io.s2s.sdk.v1.UpdateTrackingLinkResponse> getUpdateTrackingLinkMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.UpdateTrackingLinkRequest, io.s2s.sdk.v1.UpdateTrackingLinkResponse> getUpdateTrackingLinkMethod;
    if ((getUpdateTrackingLinkMethod = TrackingLinkServiceGrpc.getUpdateTrackingLinkMethod) == null) {
      synchronized (TrackingLinkServiceGrpc.class) {
        if ((getUpdateTrackingLinkMethod = TrackingLinkServiceGrpc.getUpdateTrackingLinkMethod) == null) {
          TrackingLinkServiceGrpc.getUpdateTrackingLinkMethod = getUpdateTrackingLinkMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.UpdateTrackingLinkRequest, io.s2s.sdk.v1.UpdateTrackingLinkResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateTrackingLink"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.UpdateTrackingLinkRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.UpdateTrackingLinkResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TrackingLinkServiceMethodDescriptorSupplier("UpdateTrackingLink"))
              .build();
        }
      }
    }
    return getUpdateTrackingLinkMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ArchiveTrackingLinkRequest,
      io.s2s.sdk.v1.ArchiveTrackingLinkResponse> getArchiveTrackingLinkMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ArchiveTrackingLink",
      requestType = io.s2s.sdk.v1.ArchiveTrackingLinkRequest.class,
      responseType = io.s2s.sdk.v1.ArchiveTrackingLinkResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ArchiveTrackingLinkRequest,
      io.s2s.sdk.v1.ArchiveTrackingLinkResponse> getArchiveTrackingLinkMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ArchiveTrackingLinkRequest, io.s2s.sdk.v1.ArchiveTrackingLinkResponse> getArchiveTrackingLinkMethod;
    if ((getArchiveTrackingLinkMethod = TrackingLinkServiceGrpc.getArchiveTrackingLinkMethod) == null) {
      synchronized (TrackingLinkServiceGrpc.class) {
        if ((getArchiveTrackingLinkMethod = TrackingLinkServiceGrpc.getArchiveTrackingLinkMethod) == null) {
          TrackingLinkServiceGrpc.getArchiveTrackingLinkMethod = getArchiveTrackingLinkMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ArchiveTrackingLinkRequest, io.s2s.sdk.v1.ArchiveTrackingLinkResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ArchiveTrackingLink"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ArchiveTrackingLinkRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ArchiveTrackingLinkResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TrackingLinkServiceMethodDescriptorSupplier("ArchiveTrackingLink"))
              .build();
        }
      }
    }
    return getArchiveTrackingLinkMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.UnarchiveTrackingLinkRequest,
      io.s2s.sdk.v1.UnarchiveTrackingLinkResponse> getUnarchiveTrackingLinkMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UnarchiveTrackingLink",
      requestType = io.s2s.sdk.v1.UnarchiveTrackingLinkRequest.class,
      responseType = io.s2s.sdk.v1.UnarchiveTrackingLinkResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.UnarchiveTrackingLinkRequest,
      io.s2s.sdk.v1.UnarchiveTrackingLinkResponse> getUnarchiveTrackingLinkMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.UnarchiveTrackingLinkRequest, io.s2s.sdk.v1.UnarchiveTrackingLinkResponse> getUnarchiveTrackingLinkMethod;
    if ((getUnarchiveTrackingLinkMethod = TrackingLinkServiceGrpc.getUnarchiveTrackingLinkMethod) == null) {
      synchronized (TrackingLinkServiceGrpc.class) {
        if ((getUnarchiveTrackingLinkMethod = TrackingLinkServiceGrpc.getUnarchiveTrackingLinkMethod) == null) {
          TrackingLinkServiceGrpc.getUnarchiveTrackingLinkMethod = getUnarchiveTrackingLinkMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.UnarchiveTrackingLinkRequest, io.s2s.sdk.v1.UnarchiveTrackingLinkResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UnarchiveTrackingLink"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.UnarchiveTrackingLinkRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.UnarchiveTrackingLinkResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TrackingLinkServiceMethodDescriptorSupplier("UnarchiveTrackingLink"))
              .build();
        }
      }
    }
    return getUnarchiveTrackingLinkMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static TrackingLinkServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TrackingLinkServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TrackingLinkServiceStub>() {
        @java.lang.Override
        public TrackingLinkServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TrackingLinkServiceStub(channel, callOptions);
        }
      };
    return TrackingLinkServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static TrackingLinkServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TrackingLinkServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TrackingLinkServiceBlockingV2Stub>() {
        @java.lang.Override
        public TrackingLinkServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TrackingLinkServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return TrackingLinkServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static TrackingLinkServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TrackingLinkServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TrackingLinkServiceBlockingStub>() {
        @java.lang.Override
        public TrackingLinkServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TrackingLinkServiceBlockingStub(channel, callOptions);
        }
      };
    return TrackingLinkServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static TrackingLinkServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TrackingLinkServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TrackingLinkServiceFutureStub>() {
        @java.lang.Override
        public TrackingLinkServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TrackingLinkServiceFutureStub(channel, callOptions);
        }
      };
    return TrackingLinkServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Manages tracking links: the URLs that visitors click.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Creates a tracking link.
     * </pre>
     */
    default void createTrackingLink(io.s2s.sdk.v1.CreateTrackingLinkRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateTrackingLinkResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateTrackingLinkMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns one tracking link.
     * </pre>
     */
    default void getTrackingLink(io.s2s.sdk.v1.GetTrackingLinkRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetTrackingLinkResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetTrackingLinkMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the account's tracking links, newest first.
     * </pre>
     */
    default void listTrackingLinks(io.s2s.sdk.v1.ListTrackingLinksRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListTrackingLinksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListTrackingLinksMethod(), responseObserver);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    default void updateTrackingLink(io.s2s.sdk.v1.UpdateTrackingLinkRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UpdateTrackingLinkResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateTrackingLinkMethod(), responseObserver);
    }

    /**
     * <pre>
     * Archives a tracking link. Visitors get its fallback destination, or HTTP
     * 410 if it has none. Postbacks for later clicks are held, and conversions
     * reported for them are refused. Conversions of earlier clicks still count.
     * Archiving an archived link changes nothing.
     * </pre>
     */
    default void archiveTrackingLink(io.s2s.sdk.v1.ArchiveTrackingLinkRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ArchiveTrackingLinkResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getArchiveTrackingLinkMethod(), responseObserver);
    }

    /**
     * <pre>
     * Makes an archived tracking link active again. Postbacks that were held
     * because the link was archived can be replayed. If another link has taken its
     * slug meanwhile, the call fails with `SLUG_TAKEN`: change the slug first.
     * Unarchiving an active link changes nothing.
     * </pre>
     */
    default void unarchiveTrackingLink(io.s2s.sdk.v1.UnarchiveTrackingLinkRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UnarchiveTrackingLinkResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUnarchiveTrackingLinkMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service TrackingLinkService.
   * <pre>
   * Manages tracking links: the URLs that visitors click.
   * </pre>
   */
  public static abstract class TrackingLinkServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return TrackingLinkServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service TrackingLinkService.
   * <pre>
   * Manages tracking links: the URLs that visitors click.
   * </pre>
   */
  public static final class TrackingLinkServiceStub
      extends io.grpc.stub.AbstractAsyncStub<TrackingLinkServiceStub> {
    private TrackingLinkServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TrackingLinkServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TrackingLinkServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a tracking link.
     * </pre>
     */
    public void createTrackingLink(io.s2s.sdk.v1.CreateTrackingLinkRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateTrackingLinkResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateTrackingLinkMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns one tracking link.
     * </pre>
     */
    public void getTrackingLink(io.s2s.sdk.v1.GetTrackingLinkRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetTrackingLinkResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetTrackingLinkMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the account's tracking links, newest first.
     * </pre>
     */
    public void listTrackingLinks(io.s2s.sdk.v1.ListTrackingLinksRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListTrackingLinksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListTrackingLinksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    public void updateTrackingLink(io.s2s.sdk.v1.UpdateTrackingLinkRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UpdateTrackingLinkResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateTrackingLinkMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Archives a tracking link. Visitors get its fallback destination, or HTTP
     * 410 if it has none. Postbacks for later clicks are held, and conversions
     * reported for them are refused. Conversions of earlier clicks still count.
     * Archiving an archived link changes nothing.
     * </pre>
     */
    public void archiveTrackingLink(io.s2s.sdk.v1.ArchiveTrackingLinkRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ArchiveTrackingLinkResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getArchiveTrackingLinkMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Makes an archived tracking link active again. Postbacks that were held
     * because the link was archived can be replayed. If another link has taken its
     * slug meanwhile, the call fails with `SLUG_TAKEN`: change the slug first.
     * Unarchiving an active link changes nothing.
     * </pre>
     */
    public void unarchiveTrackingLink(io.s2s.sdk.v1.UnarchiveTrackingLinkRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UnarchiveTrackingLinkResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUnarchiveTrackingLinkMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service TrackingLinkService.
   * <pre>
   * Manages tracking links: the URLs that visitors click.
   * </pre>
   */
  public static final class TrackingLinkServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<TrackingLinkServiceBlockingV2Stub> {
    private TrackingLinkServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TrackingLinkServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TrackingLinkServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a tracking link.
     * </pre>
     */
    public io.s2s.sdk.v1.CreateTrackingLinkResponse createTrackingLink(io.s2s.sdk.v1.CreateTrackingLinkRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateTrackingLinkMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one tracking link.
     * </pre>
     */
    public io.s2s.sdk.v1.GetTrackingLinkResponse getTrackingLink(io.s2s.sdk.v1.GetTrackingLinkRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetTrackingLinkMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the account's tracking links, newest first.
     * </pre>
     */
    public io.s2s.sdk.v1.ListTrackingLinksResponse listTrackingLinks(io.s2s.sdk.v1.ListTrackingLinksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListTrackingLinksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    public io.s2s.sdk.v1.UpdateTrackingLinkResponse updateTrackingLink(io.s2s.sdk.v1.UpdateTrackingLinkRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateTrackingLinkMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Archives a tracking link. Visitors get its fallback destination, or HTTP
     * 410 if it has none. Postbacks for later clicks are held, and conversions
     * reported for them are refused. Conversions of earlier clicks still count.
     * Archiving an archived link changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.ArchiveTrackingLinkResponse archiveTrackingLink(io.s2s.sdk.v1.ArchiveTrackingLinkRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getArchiveTrackingLinkMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes an archived tracking link active again. Postbacks that were held
     * because the link was archived can be replayed. If another link has taken its
     * slug meanwhile, the call fails with `SLUG_TAKEN`: change the slug first.
     * Unarchiving an active link changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.UnarchiveTrackingLinkResponse unarchiveTrackingLink(io.s2s.sdk.v1.UnarchiveTrackingLinkRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUnarchiveTrackingLinkMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service TrackingLinkService.
   * <pre>
   * Manages tracking links: the URLs that visitors click.
   * </pre>
   */
  public static final class TrackingLinkServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<TrackingLinkServiceBlockingStub> {
    private TrackingLinkServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TrackingLinkServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TrackingLinkServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a tracking link.
     * </pre>
     */
    public io.s2s.sdk.v1.CreateTrackingLinkResponse createTrackingLink(io.s2s.sdk.v1.CreateTrackingLinkRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateTrackingLinkMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one tracking link.
     * </pre>
     */
    public io.s2s.sdk.v1.GetTrackingLinkResponse getTrackingLink(io.s2s.sdk.v1.GetTrackingLinkRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetTrackingLinkMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the account's tracking links, newest first.
     * </pre>
     */
    public io.s2s.sdk.v1.ListTrackingLinksResponse listTrackingLinks(io.s2s.sdk.v1.ListTrackingLinksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListTrackingLinksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    public io.s2s.sdk.v1.UpdateTrackingLinkResponse updateTrackingLink(io.s2s.sdk.v1.UpdateTrackingLinkRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateTrackingLinkMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Archives a tracking link. Visitors get its fallback destination, or HTTP
     * 410 if it has none. Postbacks for later clicks are held, and conversions
     * reported for them are refused. Conversions of earlier clicks still count.
     * Archiving an archived link changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.ArchiveTrackingLinkResponse archiveTrackingLink(io.s2s.sdk.v1.ArchiveTrackingLinkRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getArchiveTrackingLinkMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes an archived tracking link active again. Postbacks that were held
     * because the link was archived can be replayed. If another link has taken its
     * slug meanwhile, the call fails with `SLUG_TAKEN`: change the slug first.
     * Unarchiving an active link changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.UnarchiveTrackingLinkResponse unarchiveTrackingLink(io.s2s.sdk.v1.UnarchiveTrackingLinkRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUnarchiveTrackingLinkMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service TrackingLinkService.
   * <pre>
   * Manages tracking links: the URLs that visitors click.
   * </pre>
   */
  public static final class TrackingLinkServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<TrackingLinkServiceFutureStub> {
    private TrackingLinkServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TrackingLinkServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TrackingLinkServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a tracking link.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.CreateTrackingLinkResponse> createTrackingLink(
        io.s2s.sdk.v1.CreateTrackingLinkRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateTrackingLinkMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns one tracking link.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.GetTrackingLinkResponse> getTrackingLink(
        io.s2s.sdk.v1.GetTrackingLinkRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetTrackingLinkMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the account's tracking links, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ListTrackingLinksResponse> listTrackingLinks(
        io.s2s.sdk.v1.ListTrackingLinksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListTrackingLinksMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.UpdateTrackingLinkResponse> updateTrackingLink(
        io.s2s.sdk.v1.UpdateTrackingLinkRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateTrackingLinkMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Archives a tracking link. Visitors get its fallback destination, or HTTP
     * 410 if it has none. Postbacks for later clicks are held, and conversions
     * reported for them are refused. Conversions of earlier clicks still count.
     * Archiving an archived link changes nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ArchiveTrackingLinkResponse> archiveTrackingLink(
        io.s2s.sdk.v1.ArchiveTrackingLinkRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getArchiveTrackingLinkMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Makes an archived tracking link active again. Postbacks that were held
     * because the link was archived can be replayed. If another link has taken its
     * slug meanwhile, the call fails with `SLUG_TAKEN`: change the slug first.
     * Unarchiving an active link changes nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.UnarchiveTrackingLinkResponse> unarchiveTrackingLink(
        io.s2s.sdk.v1.UnarchiveTrackingLinkRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUnarchiveTrackingLinkMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_TRACKING_LINK = 0;
  private static final int METHODID_GET_TRACKING_LINK = 1;
  private static final int METHODID_LIST_TRACKING_LINKS = 2;
  private static final int METHODID_UPDATE_TRACKING_LINK = 3;
  private static final int METHODID_ARCHIVE_TRACKING_LINK = 4;
  private static final int METHODID_UNARCHIVE_TRACKING_LINK = 5;

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
        case METHODID_CREATE_TRACKING_LINK:
          serviceImpl.createTrackingLink((io.s2s.sdk.v1.CreateTrackingLinkRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateTrackingLinkResponse>) responseObserver);
          break;
        case METHODID_GET_TRACKING_LINK:
          serviceImpl.getTrackingLink((io.s2s.sdk.v1.GetTrackingLinkRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetTrackingLinkResponse>) responseObserver);
          break;
        case METHODID_LIST_TRACKING_LINKS:
          serviceImpl.listTrackingLinks((io.s2s.sdk.v1.ListTrackingLinksRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListTrackingLinksResponse>) responseObserver);
          break;
        case METHODID_UPDATE_TRACKING_LINK:
          serviceImpl.updateTrackingLink((io.s2s.sdk.v1.UpdateTrackingLinkRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UpdateTrackingLinkResponse>) responseObserver);
          break;
        case METHODID_ARCHIVE_TRACKING_LINK:
          serviceImpl.archiveTrackingLink((io.s2s.sdk.v1.ArchiveTrackingLinkRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ArchiveTrackingLinkResponse>) responseObserver);
          break;
        case METHODID_UNARCHIVE_TRACKING_LINK:
          serviceImpl.unarchiveTrackingLink((io.s2s.sdk.v1.UnarchiveTrackingLinkRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UnarchiveTrackingLinkResponse>) responseObserver);
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
          getCreateTrackingLinkMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.CreateTrackingLinkRequest,
              io.s2s.sdk.v1.CreateTrackingLinkResponse>(
                service, METHODID_CREATE_TRACKING_LINK)))
        .addMethod(
          getGetTrackingLinkMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.GetTrackingLinkRequest,
              io.s2s.sdk.v1.GetTrackingLinkResponse>(
                service, METHODID_GET_TRACKING_LINK)))
        .addMethod(
          getListTrackingLinksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ListTrackingLinksRequest,
              io.s2s.sdk.v1.ListTrackingLinksResponse>(
                service, METHODID_LIST_TRACKING_LINKS)))
        .addMethod(
          getUpdateTrackingLinkMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.UpdateTrackingLinkRequest,
              io.s2s.sdk.v1.UpdateTrackingLinkResponse>(
                service, METHODID_UPDATE_TRACKING_LINK)))
        .addMethod(
          getArchiveTrackingLinkMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ArchiveTrackingLinkRequest,
              io.s2s.sdk.v1.ArchiveTrackingLinkResponse>(
                service, METHODID_ARCHIVE_TRACKING_LINK)))
        .addMethod(
          getUnarchiveTrackingLinkMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.UnarchiveTrackingLinkRequest,
              io.s2s.sdk.v1.UnarchiveTrackingLinkResponse>(
                service, METHODID_UNARCHIVE_TRACKING_LINK)))
        .build();
  }

  private static abstract class TrackingLinkServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    TrackingLinkServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.s2s.sdk.v1.TrackingLinkServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("TrackingLinkService");
    }
  }

  private static final class TrackingLinkServiceFileDescriptorSupplier
      extends TrackingLinkServiceBaseDescriptorSupplier {
    TrackingLinkServiceFileDescriptorSupplier() {}
  }

  private static final class TrackingLinkServiceMethodDescriptorSupplier
      extends TrackingLinkServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    TrackingLinkServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (TrackingLinkServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new TrackingLinkServiceFileDescriptorSupplier())
              .addMethod(getCreateTrackingLinkMethod())
              .addMethod(getGetTrackingLinkMethod())
              .addMethod(getListTrackingLinksMethod())
              .addMethod(getUpdateTrackingLinkMethod())
              .addMethod(getArchiveTrackingLinkMethod())
              .addMethod(getUnarchiveTrackingLinkMethod())
              .build();
        }
      }
    }
    return result;
  }
}
