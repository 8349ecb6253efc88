package io.s2s.sdk.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Says what partners are owed, and keeps what they were paid.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class PayoutServiceGrpc {

  private PayoutServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "s2s.v1.PayoutService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPartnerBalanceRequest,
      io.s2s.sdk.v1.GetPartnerBalanceResponse> getGetPartnerBalanceMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetPartnerBalance",
      requestType = io.s2s.sdk.v1.GetPartnerBalanceRequest.class,
      responseType = io.s2s.sdk.v1.GetPartnerBalanceResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPartnerBalanceRequest,
      io.s2s.sdk.v1.GetPartnerBalanceResponse> getGetPartnerBalanceMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPartnerBalanceRequest, io.s2s.sdk.v1.GetPartnerBalanceResponse> getGetPartnerBalanceMethod;
    if ((getGetPartnerBalanceMethod = PayoutServiceGrpc.getGetPartnerBalanceMethod) == null) {
      synchronized (PayoutServiceGrpc.class) {
        if ((getGetPartnerBalanceMethod = PayoutServiceGrpc.getGetPartnerBalanceMethod) == null) {
          PayoutServiceGrpc.getGetPartnerBalanceMethod = getGetPartnerBalanceMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.GetPartnerBalanceRequest, io.s2s.sdk.v1.GetPartnerBalanceResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetPartnerBalance"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetPartnerBalanceRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetPartnerBalanceResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PayoutServiceMethodDescriptorSupplier("GetPartnerBalance"))
              .build();
        }
      }
    }
    return getGetPartnerBalanceMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPartnerLinesRequest,
      io.s2s.sdk.v1.ListPartnerLinesResponse> getListPartnerLinesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListPartnerLines",
      requestType = io.s2s.sdk.v1.ListPartnerLinesRequest.class,
      responseType = io.s2s.sdk.v1.ListPartnerLinesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPartnerLinesRequest,
      io.s2s.sdk.v1.ListPartnerLinesResponse> getListPartnerLinesMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPartnerLinesRequest, io.s2s.sdk.v1.ListPartnerLinesResponse> getListPartnerLinesMethod;
    if ((getListPartnerLinesMethod = PayoutServiceGrpc.getListPartnerLinesMethod) == null) {
      synchronized (PayoutServiceGrpc.class) {
        if ((getListPartnerLinesMethod = PayoutServiceGrpc.getListPartnerLinesMethod) == null) {
          PayoutServiceGrpc.getListPartnerLinesMethod = getListPartnerLinesMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ListPartnerLinesRequest, io.s2s.sdk.v1.ListPartnerLinesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListPartnerLines"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListPartnerLinesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListPartnerLinesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PayoutServiceMethodDescriptorSupplier("ListPartnerLines"))
              .build();
        }
      }
    }
    return getListPartnerLinesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreatePartnerEntryRequest,
      io.s2s.sdk.v1.CreatePartnerEntryResponse> getCreatePartnerEntryMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreatePartnerEntry",
      requestType = io.s2s.sdk.v1.CreatePartnerEntryRequest.class,
      responseType = io.s2s.sdk.v1.CreatePartnerEntryResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreatePartnerEntryRequest,
      io.s2s.sdk.v1.CreatePartnerEntryResponse> getCreatePartnerEntryMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreatePartnerEntryRequest, io.s2s.sdk.v1.CreatePartnerEntryResponse> getCreatePartnerEntryMethod;
    if ((getCreatePartnerEntryMethod = PayoutServiceGrpc.getCreatePartnerEntryMethod) == null) {
      synchronized (PayoutServiceGrpc.class) {
        if ((getCreatePartnerEntryMethod = PayoutServiceGrpc.getCreatePartnerEntryMethod) == null) {
          PayoutServiceGrpc.getCreatePartnerEntryMethod = getCreatePartnerEntryMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.CreatePartnerEntryRequest, io.s2s.sdk.v1.CreatePartnerEntryResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreatePartnerEntry"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreatePartnerEntryRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreatePartnerEntryResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PayoutServiceMethodDescriptorSupplier("CreatePartnerEntry"))
              .build();
        }
      }
    }
    return getCreatePartnerEntryMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreatePayoutRequest,
      io.s2s.sdk.v1.CreatePayoutResponse> getCreatePayoutMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreatePayout",
      requestType = io.s2s.sdk.v1.CreatePayoutRequest.class,
      responseType = io.s2s.sdk.v1.CreatePayoutResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreatePayoutRequest,
      io.s2s.sdk.v1.CreatePayoutResponse> getCreatePayoutMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreatePayoutRequest, io.s2s.sdk.v1.CreatePayoutResponse> getCreatePayoutMethod;
    if ((getCreatePayoutMethod = PayoutServiceGrpc.getCreatePayoutMethod) == null) {
      synchronized (PayoutServiceGrpc.class) {
        if ((getCreatePayoutMethod = PayoutServiceGrpc.getCreatePayoutMethod) == null) {
          PayoutServiceGrpc.getCreatePayoutMethod = getCreatePayoutMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.CreatePayoutRequest, io.s2s.sdk.v1.CreatePayoutResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreatePayout"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreatePayoutRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreatePayoutResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PayoutServiceMethodDescriptorSupplier("CreatePayout"))
              .build();
        }
      }
    }
    return getCreatePayoutMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPayoutRequest,
      io.s2s.sdk.v1.GetPayoutResponse> getGetPayoutMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetPayout",
      requestType = io.s2s.sdk.v1.GetPayoutRequest.class,
      responseType = io.s2s.sdk.v1.GetPayoutResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPayoutRequest,
      io.s2s.sdk.v1.GetPayoutResponse> getGetPayoutMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPayoutRequest, io.s2s.sdk.v1.GetPayoutResponse> getGetPayoutMethod;
    if ((getGetPayoutMethod = PayoutServiceGrpc.getGetPayoutMethod) == null) {
      synchronized (PayoutServiceGrpc.class) {
        if ((getGetPayoutMethod = PayoutServiceGrpc.getGetPayoutMethod) == null) {
          PayoutServiceGrpc.getGetPayoutMethod = getGetPayoutMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.GetPayoutRequest, io.s2s.sdk.v1.GetPayoutResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetPayout"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetPayoutRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetPayoutResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PayoutServiceMethodDescriptorSupplier("GetPayout"))
              .build();
        }
      }
    }
    return getGetPayoutMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPayoutsRequest,
      io.s2s.sdk.v1.ListPayoutsResponse> getListPayoutsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListPayouts",
      requestType = io.s2s.sdk.v1.ListPayoutsRequest.class,
      responseType = io.s2s.sdk.v1.ListPayoutsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPayoutsRequest,
      io.s2s.sdk.v1.ListPayoutsResponse> getListPayoutsMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListPayoutsRequest, io.s2s.sdk.v1.ListPayoutsResponse> getListPayoutsMethod;
    if ((getListPayoutsMethod = PayoutServiceGrpc.getListPayoutsMethod) == null) {
      synchronized (PayoutServiceGrpc.class) {
        if ((getListPayoutsMethod = PayoutServiceGrpc.getListPayoutsMethod) == null) {
          PayoutServiceGrpc.getListPayoutsMethod = getListPayoutsMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ListPayoutsRequest, io.s2s.sdk.v1.ListPayoutsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListPayouts"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListPayoutsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListPayoutsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PayoutServiceMethodDescriptorSupplier("ListPayouts"))
              .build();
        }
      }
    }
    return getListPayoutsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.MarkPayoutPaidRequest,
      io.s2s.sdk.v1.MarkPayoutPaidResponse> getMarkPayoutPaidMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "MarkPayoutPaid",
      requestType = io.s2s.sdk.v1.MarkPayoutPaidRequest.class,
      responseType = io.s2s.sdk.v1.MarkPayoutPaidResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.MarkPayoutPaidRequest,
      io.s2s.sdk.v1.MarkPayoutPaidResponse> getMarkPayoutPaidMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.MarkPayoutPaidRequest, io.s2s.sdk.v1.MarkPayoutPaidResponse> getMarkPayoutPaidMethod;
    if ((getMarkPayoutPaidMethod = PayoutServiceGrpc.getMarkPayoutPaidMethod) == null) {
      synchronized (PayoutServiceGrpc.class) {
        if ((getMarkPayoutPaidMethod = PayoutServiceGrpc.getMarkPayoutPaidMethod) == null) {
          PayoutServiceGrpc.getMarkPayoutPaidMethod = getMarkPayoutPaidMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.MarkPayoutPaidRequest, io.s2s.sdk.v1.MarkPayoutPaidResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "MarkPayoutPaid"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.MarkPayoutPaidRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.MarkPayoutPaidResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PayoutServiceMethodDescriptorSupplier("MarkPayoutPaid"))
              .build();
        }
      }
    }
    return getMarkPayoutPaidMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.CancelPayoutRequest,
      io.s2s.sdk.v1.CancelPayoutResponse> getCancelPayoutMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CancelPayout",
      requestType = io.s2s.sdk.v1.CancelPayoutRequest.class,
      responseType = io.s2s.sdk.v1.CancelPayoutResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.CancelPayoutRequest,
      io.s2s.sdk.v1.CancelPayoutResponse> getCancelPayoutMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.CancelPayoutRequest, io.s2s.sdk.v1.CancelPayoutResponse> getCancelPayoutMethod;
    if ((getCancelPayoutMethod = PayoutServiceGrpc.getCancelPayoutMethod) == null) {
      synchronized (PayoutServiceGrpc.class) {
        if ((getCancelPayoutMethod = PayoutServiceGrpc.getCancelPayoutMethod) == null) {
          PayoutServiceGrpc.getCancelPayoutMethod = getCancelPayoutMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.CancelPayoutRequest, io.s2s.sdk.v1.CancelPayoutResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CancelPayout"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CancelPayoutRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CancelPayoutResponse.getDefaultInstance()))
              .setSchemaDescriptor(new PayoutServiceMethodDescriptorSupplier("CancelPayout"))
              .build();
        }
      }
    }
    return getCancelPayoutMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static PayoutServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PayoutServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PayoutServiceStub>() {
        @java.lang.Override
        public PayoutServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PayoutServiceStub(channel, callOptions);
        }
      };
    return PayoutServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static PayoutServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PayoutServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PayoutServiceBlockingV2Stub>() {
        @java.lang.Override
        public PayoutServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PayoutServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return PayoutServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static PayoutServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PayoutServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PayoutServiceBlockingStub>() {
        @java.lang.Override
        public PayoutServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PayoutServiceBlockingStub(channel, callOptions);
        }
      };
    return PayoutServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static PayoutServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<PayoutServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<PayoutServiceFutureStub>() {
        @java.lang.Override
        public PayoutServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new PayoutServiceFutureStub(channel, callOptions);
        }
      };
    return PayoutServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Says what partners are owed, and keeps what they were paid.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Returns what a partner is owed now, by currency.
     * </pre>
     */
    default void getPartnerBalance(io.s2s.sdk.v1.GetPartnerBalanceRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPartnerBalanceResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetPartnerBalanceMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists lines of a partner's ledger, newest first: all of them, those of a
     * payout, or those that are due and in no payout.
     * </pre>
     */
    default void listPartnerLines(io.s2s.sdk.v1.ListPartnerLinesRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPartnerLinesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListPartnerLinesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Enters a bonus, a fee or a correction in the ledger of a partner.
     * </pre>
     */
    default void createPartnerEntry(io.s2s.sdk.v1.CreatePartnerEntryRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreatePartnerEntryResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreatePartnerEntryMethod(), responseObserver);
    }

    /**
     * <pre>
     * Creates a payout of all lines of a partner that are due. A dry run shows it;
     * then the call with `expected_total` creates it, unless another total is due
     * by now.
     * </pre>
     */
    default void createPayout(io.s2s.sdk.v1.CreatePayoutRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreatePayoutResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreatePayoutMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns one payout.
     * </pre>
     */
    default void getPayout(io.s2s.sdk.v1.GetPayoutRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPayoutResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetPayoutMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists payouts, newest first.
     * </pre>
     */
    default void listPayouts(io.s2s.sdk.v1.ListPayoutsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPayoutsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListPayoutsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Notes that an open payout was paid. The same call again changes nothing.
     * </pre>
     */
    default void markPayoutPaid(io.s2s.sdk.v1.MarkPayoutPaidRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.MarkPayoutPaidResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getMarkPayoutPaidMethod(), responseObserver);
    }

    /**
     * <pre>
     * Gives an open payout up: its lines are due again. Canceling a canceled payout
     * changes nothing.
     * </pre>
     */
    default void cancelPayout(io.s2s.sdk.v1.CancelPayoutRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CancelPayoutResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCancelPayoutMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service PayoutService.
   * <pre>
   * Says what partners are owed, and keeps what they were paid.
   * </pre>
   */
  public static abstract class PayoutServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return PayoutServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service PayoutService.
   * <pre>
   * Says what partners are owed, and keeps what they were paid.
   * </pre>
   */
  public static final class PayoutServiceStub
      extends io.grpc.stub.AbstractAsyncStub<PayoutServiceStub> {
    private PayoutServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PayoutServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PayoutServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns what a partner is owed now, by currency.
     * </pre>
     */
    public void getPartnerBalance(io.s2s.sdk.v1.GetPartnerBalanceRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPartnerBalanceResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetPartnerBalanceMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists lines of a partner's ledger, newest first: all of them, those of a
     * payout, or those that are due and in no payout.
     * </pre>
     */
    public void listPartnerLines(io.s2s.sdk.v1.ListPartnerLinesRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPartnerLinesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListPartnerLinesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Enters a bonus, a fee or a correction in the ledger of a partner.
     * </pre>
     */
    public void createPartnerEntry(io.s2s.sdk.v1.CreatePartnerEntryRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreatePartnerEntryResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreatePartnerEntryMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Creates a payout of all lines of a partner that are due. A dry run shows it;
     * then the call with `expected_total` creates it, unless another total is due
     * by now.
     * </pre>
     */
    public void createPayout(io.s2s.sdk.v1.CreatePayoutRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreatePayoutResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreatePayoutMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns one payout.
     * </pre>
     */
    public void getPayout(io.s2s.sdk.v1.GetPayoutRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPayoutResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetPayoutMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists payouts, newest first.
     * </pre>
     */
    public void listPayouts(io.s2s.sdk.v1.ListPayoutsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPayoutsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListPayoutsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Notes that an open payout was paid. The same call again changes nothing.
     * </pre>
     */
    public void markPayoutPaid(io.s2s.sdk.v1.MarkPayoutPaidRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.MarkPayoutPaidResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getMarkPayoutPaidMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Gives an open payout up: its lines are due again. Canceling a canceled payout
     * changes nothing.
     * </pre>
     */
    public void cancelPayout(io.s2s.sdk.v1.CancelPayoutRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CancelPayoutResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCancelPayoutMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service PayoutService.
   * <pre>
   * Says what partners are owed, and keeps what they were paid.
   * </pre>
   */
  public static final class PayoutServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<PayoutServiceBlockingV2Stub> {
    private PayoutServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PayoutServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PayoutServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns what a partner is owed now, by currency.
     * </pre>
     */
    public io.s2s.sdk.v1.GetPartnerBalanceResponse getPartnerBalance(io.s2s.sdk.v1.GetPartnerBalanceRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetPartnerBalanceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists lines of a partner's ledger, newest first: all of them, those of a
     * payout, or those that are due and in no payout.
     * </pre>
     */
    public io.s2s.sdk.v1.ListPartnerLinesResponse listPartnerLines(io.s2s.sdk.v1.ListPartnerLinesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListPartnerLinesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Enters a bonus, a fee or a correction in the ledger of a partner.
     * </pre>
     */
    public io.s2s.sdk.v1.CreatePartnerEntryResponse createPartnerEntry(io.s2s.sdk.v1.CreatePartnerEntryRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreatePartnerEntryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Creates a payout of all lines of a partner that are due. A dry run shows it;
     * then the call with `expected_total` creates it, unless another total is due
     * by now.
     * </pre>
     */
    public io.s2s.sdk.v1.CreatePayoutResponse createPayout(io.s2s.sdk.v1.CreatePayoutRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreatePayoutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one payout.
     * </pre>
     */
    public io.s2s.sdk.v1.GetPayoutResponse getPayout(io.s2s.sdk.v1.GetPayoutRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetPayoutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists payouts, newest first.
     * </pre>
     */
    public io.s2s.sdk.v1.ListPayoutsResponse listPayouts(io.s2s.sdk.v1.ListPayoutsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListPayoutsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Notes that an open payout was paid. The same call again changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.MarkPayoutPaidResponse markPayoutPaid(io.s2s.sdk.v1.MarkPayoutPaidRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getMarkPayoutPaidMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives an open payout up: its lines are due again. Canceling a canceled payout
     * changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.CancelPayoutResponse cancelPayout(io.s2s.sdk.v1.CancelPayoutRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCancelPayoutMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service PayoutService.
   * <pre>
   * Says what partners are owed, and keeps what they were paid.
   * </pre>
   */
  public static final class PayoutServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<PayoutServiceBlockingStub> {
    private PayoutServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PayoutServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PayoutServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns what a partner is owed now, by currency.
     * </pre>
     */
    public io.s2s.sdk.v1.GetPartnerBalanceResponse getPartnerBalance(io.s2s.sdk.v1.GetPartnerBalanceRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetPartnerBalanceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists lines of a partner's ledger, newest first: all of them, those of a
     * payout, or those that are due and in no payout.
     * </pre>
     */
    public io.s2s.sdk.v1.ListPartnerLinesResponse listPartnerLines(io.s2s.sdk.v1.ListPartnerLinesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListPartnerLinesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Enters a bonus, a fee or a correction in the ledger of a partner.
     * </pre>
     */
    public io.s2s.sdk.v1.CreatePartnerEntryResponse createPartnerEntry(io.s2s.sdk.v1.CreatePartnerEntryRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreatePartnerEntryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Creates a payout of all lines of a partner that are due. A dry run shows it;
     * then the call with `expected_total` creates it, unless another total is due
     * by now.
     * </pre>
     */
    public io.s2s.sdk.v1.CreatePayoutResponse createPayout(io.s2s.sdk.v1.CreatePayoutRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreatePayoutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one payout.
     * </pre>
     */
    public io.s2s.sdk.v1.GetPayoutResponse getPayout(io.s2s.sdk.v1.GetPayoutRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetPayoutMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists payouts, newest first.
     * </pre>
     */
    public io.s2s.sdk.v1.ListPayoutsResponse listPayouts(io.s2s.sdk.v1.ListPayoutsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListPayoutsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Notes that an open payout was paid. The same call again changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.MarkPayoutPaidResponse markPayoutPaid(io.s2s.sdk.v1.MarkPayoutPaidRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getMarkPayoutPaidMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives an open payout up: its lines are due again. Canceling a canceled payout
     * changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.CancelPayoutResponse cancelPayout(io.s2s.sdk.v1.CancelPayoutRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCancelPayoutMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service PayoutService.
   * <pre>
   * Says what partners are owed, and keeps what they were paid.
   * </pre>
   */
  public static final class PayoutServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<PayoutServiceFutureStub> {
    private PayoutServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected PayoutServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new PayoutServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns what a partner is owed now, by currency.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.GetPartnerBalanceResponse> getPartnerBalance(
        io.s2s.sdk.v1.GetPartnerBalanceRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetPartnerBalanceMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists lines of a partner's ledger, newest first: all of them, those of a
     * payout, or those that are due and in no payout.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ListPartnerLinesResponse> listPartnerLines(
        io.s2s.sdk.v1.ListPartnerLinesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListPartnerLinesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Enters a bonus, a fee or a correction in the ledger of a partner.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.CreatePartnerEntryResponse> createPartnerEntry(
        io.s2s.sdk.v1.CreatePartnerEntryRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreatePartnerEntryMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Creates a payout of all lines of a partner that are due. A dry run shows it;
     * then the call with `expected_total` creates it, unless another total is due
     * by now.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.CreatePayoutResponse> createPayout(
        io.s2s.sdk.v1.CreatePayoutRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreatePayoutMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns one payout.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.GetPayoutResponse> getPayout(
        io.s2s.sdk.v1.GetPayoutRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetPayoutMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists payouts, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ListPayoutsResponse> listPayouts(
        io.s2s.sdk.v1.ListPayoutsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListPayoutsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Notes that an open payout was paid. The same call again changes nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.MarkPayoutPaidResponse> markPayoutPaid(
        io.s2s.sdk.v1.MarkPayoutPaidRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getMarkPayoutPaidMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Gives an open payout up: its lines are due again. Canceling a canceled payout
     * changes nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.CancelPayoutResponse> cancelPayout(
        io.s2s.sdk.v1.CancelPayoutRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCancelPayoutMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_PARTNER_BALANCE = 0;
  private static final int METHODID_LIST_PARTNER_LINES = 1;
  private static final int METHODID_CREATE_PARTNER_ENTRY = 2;
  private static final int METHODID_CREATE_PAYOUT = 3;
  private static final int METHODID_GET_PAYOUT = 4;
  private static final int METHODID_LIST_PAYOUTS = 5;
  private static final int METHODID_MARK_PAYOUT_PAID = 6;
  private static final int METHODID_CANCEL_PAYOUT = 7;

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
        case METHODID_GET_PARTNER_BALANCE:
          serviceImpl.getPartnerBalance((io.s2s.sdk.v1.GetPartnerBalanceRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPartnerBalanceResponse>) responseObserver);
          break;
        case METHODID_LIST_PARTNER_LINES:
          serviceImpl.listPartnerLines((io.s2s.sdk.v1.ListPartnerLinesRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPartnerLinesResponse>) responseObserver);
          break;
        case METHODID_CREATE_PARTNER_ENTRY:
          serviceImpl.createPartnerEntry((io.s2s.sdk.v1.CreatePartnerEntryRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreatePartnerEntryResponse>) responseObserver);
          break;
        case METHODID_CREATE_PAYOUT:
          serviceImpl.createPayout((io.s2s.sdk.v1.CreatePayoutRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreatePayoutResponse>) responseObserver);
          break;
        case METHODID_GET_PAYOUT:
          serviceImpl.getPayout((io.s2s.sdk.v1.GetPayoutRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPayoutResponse>) responseObserver);
          break;
        case METHODID_LIST_PAYOUTS:
          serviceImpl.listPayouts((io.s2s.sdk.v1.ListPayoutsRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListPayoutsResponse>) responseObserver);
          break;
        case METHODID_MARK_PAYOUT_PAID:
          serviceImpl.markPayoutPaid((io.s2s.sdk.v1.MarkPayoutPaidRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.MarkPayoutPaidResponse>) responseObserver);
          break;
        case METHODID_CANCEL_PAYOUT:
          serviceImpl.cancelPayout((io.s2s.sdk.v1.CancelPayoutRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CancelPayoutResponse>) responseObserver);
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
          getGetPartnerBalanceMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.GetPartnerBalanceRequest,
              io.s2s.sdk.v1.GetPartnerBalanceResponse>(
                service, METHODID_GET_PARTNER_BALANCE)))
        .addMethod(
          getListPartnerLinesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ListPartnerLinesRequest,
              io.s2s.sdk.v1.ListPartnerLinesResponse>(
                service, METHODID_LIST_PARTNER_LINES)))
        .addMethod(
          getCreatePartnerEntryMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.CreatePartnerEntryRequest,
              io.s2s.sdk.v1.CreatePartnerEntryResponse>(
                service, METHODID_CREATE_PARTNER_ENTRY)))
        .addMethod(
          getCreatePayoutMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.CreatePayoutRequest,
              io.s2s.sdk.v1.CreatePayoutResponse>(
                service, METHODID_CREATE_PAYOUT)))
        .addMethod(
          getGetPayoutMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.GetPayoutRequest,
              io.s2s.sdk.v1.GetPayoutResponse>(
                service, METHODID_GET_PAYOUT)))
        .addMethod(
          getListPayoutsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ListPayoutsRequest,
              io.s2s.sdk.v1.ListPayoutsResponse>(
                service, METHODID_LIST_PAYOUTS)))
        .addMethod(
          getMarkPayoutPaidMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.MarkPayoutPaidRequest,
              io.s2s.sdk.v1.MarkPayoutPaidResponse>(
                service, METHODID_MARK_PAYOUT_PAID)))
        .addMethod(
          getCancelPayoutMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.CancelPayoutRequest,
              io.s2s.sdk.v1.CancelPayoutResponse>(
                service, METHODID_CANCEL_PAYOUT)))
        .build();
  }

  private static abstract class PayoutServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    PayoutServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.s2s.sdk.v1.PayoutServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("PayoutService");
    }
  }

  private static final class PayoutServiceFileDescriptorSupplier
      extends PayoutServiceBaseDescriptorSupplier {
    PayoutServiceFileDescriptorSupplier() {}
  }

  private static final class PayoutServiceMethodDescriptorSupplier
      extends PayoutServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    PayoutServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (PayoutServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new PayoutServiceFileDescriptorSupplier())
              .addMethod(getGetPartnerBalanceMethod())
              .addMethod(getListPartnerLinesMethod())
              .addMethod(getCreatePartnerEntryMethod())
              .addMethod(getCreatePayoutMethod())
              .addMethod(getGetPayoutMethod())
              .addMethod(getListPayoutsMethod())
              .addMethod(getMarkPayoutPaidMethod())
              .addMethod(getCancelPayoutMethod())
              .build();
        }
      }
    }
    return result;
  }
}
