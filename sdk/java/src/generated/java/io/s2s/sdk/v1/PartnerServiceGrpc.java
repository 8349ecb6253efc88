package io.s2s.sdk.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Manages partners: those who are owed a share of conversions. A tracking link
 * has at most one partner. Its conversions are owed to this partner.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class PartnerServiceGrpc {

  private PartnerServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "s2s.v1.PartnerService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreatePartnerRequest,
      io.s2s.sdk.v1.CreatePartnerResponse> getCreatePartnerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreatePartner",
      requestType = io.s2s.sdk.v1.CreatePartnerRequest.class,
      responseType = io.s2s.sdk.v1.CreatePartnerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreatePartnerRequest,
      io.s2s.sdk.v1.CreatePartnerResponse> getCreatePartnerMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreatePartnerRequest, io.s2s.sdk.v1.CreatePartnerResponse> getCreatePartnerMethod;
    if ((getCreatePartnerMethod = PartnerServiceGrpc.getCreatePartnerMethod) == null) {
      synchronized (PartnerServiceGrpc.class) {
        if ((getCreatePartnerMethod = PartnerServiceGrpc.getCreatePartnerMethod) == null) {
          PartnerServiceGrpc.getCreatePartnerMethod = getCreatePartnerMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.CreatePartnerRequest, io.s2s.sdk.v1.CreatePartnerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreatePartner"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreatePartnerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreatePartnerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PartnerServiceMethodDescriptorSupplier("CreatePartner"))
              .build();
        }
      }
    }
    return getCreatePartnerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPartnerRequest,
      io.s2s.sdk.v1.GetPartnerResponse> getGetPartnerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetPartner",
      requestType = io.s2s.sdk.v1.GetPartnerRequest.class,
      responseType = io.s2s.sdk.v1.GetPartnerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPartnerRequest,
      io.s2s.sdk.v1.GetPartnerResponse> getGetPartnerMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPartnerRequest, io.s2s.sdk.v1.GetPartnerResponse> getGetPartnerMethod;
    if ((getGetPartnerMethod = PartnerServiceGrpc.getGetPartnerMethod) == null) {
      synchronized (PartnerServiceGrpc.class) {
        if ((getGetPartnerMethod = PartnerServiceGrpc.getGetPartnerMethod) == null) {
          PartnerServiceGrpc.getGetPartnerMethod = getGetPartnerMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.GetPartnerRequest, io.s2s.sdk.v1.GetPartnerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetPartner"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetPartnerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetPartnerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PartnerServiceMethodDescriptorSupplier("GetPartner"))
              .build();
        }
      }
    }
    return getGetPartnerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPartnersRequest,
      io.s2s.sdk.v1.ListPartnersResponse> getListPartnersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListPartners",
      requestType = io.s2s.sdk.v1.ListPartnersRequest.class,
      responseType = io.s2s.sdk.v1.ListPartnersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPartnersRequest,
      io.s2s.sdk.v1.ListPartnersResponse> getListPartnersMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPartnersRequest, io.s2s.sdk.v1.ListPartnersResponse> getListPartnersMethod;
    if ((getListPartnersMethod = PartnerServiceGrpc.getListPartnersMethod) == null) {
      synchronized (PartnerServiceGrpc.class) {
        if ((getListPartnersMethod = PartnerServiceGrpc.getListPartnersMethod) == null) {
          PartnerServiceGrpc.getListPartnersMethod = getListPartnersMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ListPartnersRequest, io.s2s.sdk.v1.ListPartnersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListPartners"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListPartnersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListPartnersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PartnerServiceMethodDescriptorSupplier("ListPartners"))
              .build();
        }
      }
    }
    return getListPartnersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.UpdatePartnerRequest,
      io.s2s.sdk.v1.UpdatePartnerResponse> getUpdatePartnerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdatePartner",
      requestType = io.s2s.sdk.v1.UpdatePartnerRequest.class,
      responseType = io.s2s.sdk.v1.UpdatePartnerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.UpdatePartnerRequest,
      io.s2s.sdk.v1.UpdatePartnerResponse> getUpdatePartnerMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.UpdatePartnerRequest, io.s2s.sdk.v1.UpdatePartnerResponse> getUpdatePartnerMethod;
    if ((getUpdatePartnerMethod = PartnerServiceGrpc.getUpdatePartnerMethod) == null) {
      synchronized (PartnerServiceGrpc.class) {
        if ((getUpdatePartnerMethod = PartnerServiceGrpc.getUpdatePartnerMethod) == null) {
          PartnerServiceGrpc.getUpdatePartnerMethod = getUpdatePartnerMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.UpdatePartnerRequest, io.s2s.sdk.v1.UpdatePartnerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdatePartner"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.UpdatePartnerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.UpdatePartnerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PartnerServiceMethodDescriptorSupplier("UpdatePartner"))
              .build();
        }
      }
    }
    return getUpdatePartnerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ArchivePartnerRequest,
      io.s2s.sdk.v1.ArchivePartnerResponse> getArchivePartnerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ArchivePartner",
      requestType = io.s2s.sdk.v1.ArchivePartnerRequest.class,
      responseType = io.s2s.sdk.v1.ArchivePartnerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ArchivePartnerRequest,
      io.s2s.sdk.v1.ArchivePartnerResponse> getArchivePartnerMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ArchivePartnerRequest, io.s2s.sdk.v1.ArchivePartnerResponse> getArchivePartnerMethod;
    if ((getArchivePartnerMethod = PartnerServiceGrpc.getArchivePartnerMethod) == null) {
      synchronized (PartnerServiceGrpc.class) {
        if ((getArchivePartnerMethod = PartnerServiceGrpc.getArchivePartnerMethod) == null) {
          PartnerServiceGrpc.getArchivePartnerMethod = getArchivePartnerMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ArchivePartnerRequest, io.s2s.sdk.v1.ArchivePartnerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ArchivePartner"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ArchivePartnerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ArchivePartnerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PartnerServiceMethodDescriptorSupplier("ArchivePartner"))
              .build();
        }
      }
    }
    return getArchivePartnerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.UnarchivePartnerRequest,
      io.s2s.sdk.v1.UnarchivePartnerResponse> getUnarchivePartnerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UnarchivePartner",
      requestType = io.s2s.sdk.v1.UnarchivePartnerRequest.class,
      responseType = io.s2s.sdk.v1.UnarchivePartnerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.UnarchivePartnerRequest,
      io.s2s.sdk.v1.UnarchivePartnerResponse> getUnarchivePartnerMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.UnarchivePartnerRequest, io.s2s.sdk.v1.UnarchivePartnerResponse> getUnarchivePartnerMethod;
    if ((getUnarchivePartnerMethod = PartnerServiceGrpc.getUnarchivePartnerMethod) == null) {
      synchronized (PartnerServiceGrpc.class) {
        if ((getUnarchivePartnerMethod = PartnerServiceGrpc.getUnarchivePartnerMethod) == null) {
          PartnerServiceGrpc.getUnarchivePartnerMethod = getUnarchivePartnerMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.UnarchivePartnerRequest, io.s2s.sdk.v1.UnarchivePartnerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UnarchivePartner"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.UnarchivePartnerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.UnarchivePartnerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PartnerServiceMethodDescriptorSupplier("UnarchivePartner"))
              .build();
        }
      }
    }
    return getUnarchivePartnerMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static PartnerServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PartnerServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PartnerServiceStub>() {
        @java.lang.Override
        public PartnerServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PartnerServiceStub(channel, callOptions);
        }
      };
    return PartnerServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static PartnerServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PartnerServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PartnerServiceBlockingV2Stub>() {
        @java.lang.Override
        public PartnerServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PartnerServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return PartnerServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static PartnerServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PartnerServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PartnerServiceBlockingStub>() {
        @java.lang.Override
        public PartnerServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PartnerServiceBlockingStub(channel, callOptions);
        }
      };
    return PartnerServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static PartnerServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PartnerServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PartnerServiceFutureStub>() {
        @java.lang.Override
        public PartnerServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PartnerServiceFutureStub(channel, callOptions);
        }
      };
    return PartnerServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Manages partners: those who are owed a share of conversions. A tracking link
   * has at most one partner. Its conversions are owed to this partner.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Creates a partner.
     * </pre>
     */
    default void createPartner(io.s2s.sdk.v1.CreatePartnerRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreatePartnerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreatePartnerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns one partner.
     * </pre>
     */
    default void getPartner(io.s2s.sdk.v1.GetPartnerRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPartnerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetPartnerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the account's partners, newest first.
     * </pre>
     */
    default void listPartners(io.s2s.sdk.v1.ListPartnersRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPartnersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListPartnersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    default void updatePartner(io.s2s.sdk.v1.UpdatePartnerRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UpdatePartnerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdatePartnerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Archives a partner: no further tracking link can be given to it. Its links
     * still earn, until they are archived, too. Archiving an archived partner
     * changes nothing.
     * </pre>
     */
    default void archivePartner(io.s2s.sdk.v1.ArchivePartnerRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ArchivePartnerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getArchivePartnerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Makes an archived partner active again. Unarchiving an active partner
     * changes nothing.
     * </pre>
     */
    default void unarchivePartner(io.s2s.sdk.v1.UnarchivePartnerRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UnarchivePartnerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUnarchivePartnerMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service PartnerService.
   * <pre>
   * Manages partners: those who are owed a share of conversions. A tracking link
   * has at most one partner. Its conversions are owed to this partner.
   * </pre>
   */
  public static abstract class PartnerServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return PartnerServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service PartnerService.
   * <pre>
   * Manages partners: those who are owed a share of conversions. A tracking link
   * has at most one partner. Its conversions are owed to this partner.
   * </pre>
   */
  public static final class PartnerServiceStub
      extends io.grpc.stub.AbstractAsyncStub<PartnerServiceStub> {
    private PartnerServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PartnerServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PartnerServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a partner.
     * </pre>
     */
    public void createPartner(io.s2s.sdk.v1.CreatePartnerRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreatePartnerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreatePartnerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns one partner.
     * </pre>
     */
    public void getPartner(io.s2s.sdk.v1.GetPartnerRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPartnerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetPartnerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the account's partners, newest first.
     * </pre>
     */
    public void listPartners(io.s2s.sdk.v1.ListPartnersRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPartnersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListPartnersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    public void updatePartner(io.s2s.sdk.v1.UpdatePartnerRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UpdatePartnerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdatePartnerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Archives a partner: no further tracking link can be given to it. Its links
     * still earn, until they are archived, too. Archiving an archived partner
     * changes nothing.
     * </pre>
     */
    public void archivePartner(io.s2s.sdk.v1.ArchivePartnerRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ArchivePartnerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getArchivePartnerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Makes an archived partner active again. Unarchiving an active partner
     * changes nothing.
     * </pre>
     */
    public void unarchivePartner(io.s2s.sdk.v1.UnarchivePartnerRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UnarchivePartnerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUnarchivePartnerMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service PartnerService.
   * <pre>
   * Manages partners: those who are owed a share of conversions. A tracking link
   * has at most one partner. Its conversions are owed to this partner.
   * </pre>
   */
  public static final class PartnerServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<PartnerServiceBlockingV2Stub> {
    private PartnerServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PartnerServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PartnerServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a partner.
     * </pre>
     */
    public io.s2s.sdk.v1.CreatePartnerResponse createPartner(io.s2s.sdk.v1.CreatePartnerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreatePartnerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one partner.
     * </pre>
     */
    public io.s2s.sdk.v1.GetPartnerResponse getPartner(io.s2s.sdk.v1.GetPartnerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetPartnerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the account's partners, newest first.
     * </pre>
     */
    public io.s2s.sdk.v1.ListPartnersResponse listPartners(io.s2s.sdk.v1.ListPartnersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListPartnersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    public io.s2s.sdk.v1.UpdatePartnerResponse updatePartner(io.s2s.sdk.v1.UpdatePartnerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdatePartnerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Archives a partner: no further tracking link can be given to it. Its links
     * still earn, until they are archived, too. Archiving an archived partner
     * changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.ArchivePartnerResponse archivePartner(io.s2s.sdk.v1.ArchivePartnerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getArchivePartnerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes an archived partner active again. Unarchiving an active partner
     * changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.UnarchivePartnerResponse unarchivePartner(io.s2s.sdk.v1.UnarchivePartnerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUnarchivePartnerMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service PartnerService.
   * <pre>
   * Manages partners: those who are owed a share of conversions. A tracking link
   * has at most one partner. Its conversions are owed to this partner.
   * </pre>
   */
  public static final class PartnerServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<PartnerServiceBlockingStub> {
    private PartnerServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PartnerServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PartnerServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a partner.
     * </pre>
     */
    public io.s2s.sdk.v1.CreatePartnerResponse createPartner(io.s2s.sdk.v1.CreatePartnerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreatePartnerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one partner.
     * </pre>
     */
    public io.s2s.sdk.v1.GetPartnerResponse getPartner(io.s2s.sdk.v1.GetPartnerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetPartnerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the account's partners, newest first.
     * </pre>
     */
    public io.s2s.sdk.v1.ListPartnersResponse listPartners(io.s2s.sdk.v1.ListPartnersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListPartnersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    public io.s2s.sdk.v1.UpdatePartnerResponse updatePartner(io.s2s.sdk.v1.UpdatePartnerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdatePartnerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Archives a partner: no further tracking link can be given to it. Its links
     * still earn, until they are archived, too. Archiving an archived partner
     * changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.ArchivePartnerResponse archivePartner(io.s2s.sdk.v1.ArchivePartnerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getArchivePartnerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes an archived partner active again. Unarchiving an active partner
     * changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.UnarchivePartnerResponse unarchivePartner(io.s2s.sdk.v1.UnarchivePartnerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUnarchivePartnerMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service PartnerService.
   * <pre>
   * Manages partners: those who are owed a share of conversions. A tracking link
   * has at most one partner. Its conversions are owed to this partner.
   * </pre>
   */
  public static final class PartnerServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<PartnerServiceFutureStub> {
    private PartnerServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PartnerServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PartnerServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a partner.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.CreatePartnerResponse> createPartner(
        io.s2s.sdk.v1.CreatePartnerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreatePartnerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns one partner.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.GetPartnerResponse> getPartner(
        io.s2s.sdk.v1.GetPartnerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetPartnerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the account's partners, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ListPartnersResponse> listPartners(
        io.s2s.sdk.v1.ListPartnersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListPartnersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.UpdatePartnerResponse> updatePartner(
        io.s2s.sdk.v1.UpdatePartnerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdatePartnerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Archives a partner: no further tracking link can be given to it. Its links
     * still earn, until they are archived, too. Archiving an archived partner
     * changes nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ArchivePartnerResponse> archivePartner(
        io.s2s.sdk.v1.ArchivePartnerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getArchivePartnerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Makes an archived partner active again. Unarchiving an active partner
     * changes nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.UnarchivePartnerResponse> unarchivePartner(
        io.s2s.sdk.v1.UnarchivePartnerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUnarchivePartnerMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_PARTNER = 0;
  private static final int METHODID_GET_PARTNER = 1;
  private static final int METHODID_LIST_PARTNERS = 2;
  private static final int METHODID_UPDATE_PARTNER = 3;
  private static final int METHODID_ARCHIVE_PARTNER = 4;
  private static final int METHODID_UNARCHIVE_PARTNER = 5;

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
        case METHODID_CREATE_PARTNER:
          serviceImpl.createPartner((io.s2s.sdk.v1.CreatePartnerRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreatePartnerResponse>) responseObserver);
          break;
        case METHODID_GET_PARTNER:
          serviceImpl.getPartner((io.s2s.sdk.v1.GetPartnerRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPartnerResponse>) responseObserver);
          break;
        case METHODID_LIST_PARTNERS:
          serviceImpl.listPartners((io.s2s.sdk.v1.ListPartnersRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPartnersResponse>) responseObserver);
          break;
        case METHODID_UPDATE_PARTNER:
          serviceImpl.updatePartner((io.s2s.sdk.v1.UpdatePartnerRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UpdatePartnerResponse>) responseObserver);
          break;
        case METHODID_ARCHIVE_PARTNER:
          serviceImpl.archivePartner((io.s2s.sdk.v1.ArchivePartnerRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ArchivePartnerResponse>) responseObserver);
          break;
        case METHODID_UNARCHIVE_PARTNER:
          serviceImpl.unarchivePartner((io.s2s.sdk.v1.UnarchivePartnerRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UnarchivePartnerResponse>) responseObserver);
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
          getCreatePartnerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.CreatePartnerRequest,
              io.s2s.sdk.v1.CreatePartnerResponse>(
                service, METHODID_CREATE_PARTNER)))
        .addMethod(
          getGetPartnerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.GetPartnerRequest,
              io.s2s.sdk.v1.GetPartnerResponse>(
                service, METHODID_GET_PARTNER)))
        .addMethod(
          getListPartnersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ListPartnersRequest,
              io.s2s.sdk.v1.ListPartnersResponse>(
                service, METHODID_LIST_PARTNERS)))
        .addMethod(
          getUpdatePartnerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.UpdatePartnerRequest,
              io.s2s.sdk.v1.UpdatePartnerResponse>(
                service, METHODID_UPDATE_PARTNER)))
        .addMethod(
          getArchivePartnerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ArchivePartnerRequest,
              io.s2s.sdk.v1.ArchivePartnerResponse>(
                service, METHODID_ARCHIVE_PARTNER)))
        .addMethod(
          getUnarchivePartnerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.UnarchivePartnerRequest,
              io.s2s.sdk.v1.UnarchivePartnerResponse>(
                service, METHODID_UNARCHIVE_PARTNER)))
        .build();
  }

  private static abstract class PartnerServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    PartnerServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.s2s.sdk.v1.PartnerServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("PartnerService");
    }
  }

  private static final class PartnerServiceFileDescriptorSupplier
      extends PartnerServiceBaseDescriptorSupplier {
    PartnerServiceFileDescriptorSupplier() {}
  }

  private static final class PartnerServiceMethodDescriptorSupplier
      extends PartnerServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    PartnerServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (PartnerServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new PartnerServiceFileDescriptorSupplier())
              .addMethod(getCreatePartnerMethod())
              .addMethod(getGetPartnerMethod())
              .addMethod(getListPartnersMethod())
              .addMethod(getUpdatePartnerMethod())
              .addMethod(getArchivePartnerMethod())
              .addMethod(getUnarchivePartnerMethod())
              .build();
        }
      }
    }
    return result;
  }
}
