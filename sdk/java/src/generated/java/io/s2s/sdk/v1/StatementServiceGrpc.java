package io.s2s.sdk.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Compares the statements of networks with our conversions, row by row.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class StatementServiceGrpc {

  private StatementServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "s2s.v1.StatementService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateStatementRequest,
      io.s2s.sdk.v1.CreateStatementResponse> getCreateStatementMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateStatement",
      requestType = io.s2s.sdk.v1.CreateStatementRequest.class,
      responseType = io.s2s.sdk.v1.CreateStatementResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateStatementRequest,
      io.s2s.sdk.v1.CreateStatementResponse> getCreateStatementMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateStatementRequest, io.s2s.sdk.v1.CreateStatementResponse> getCreateStatementMethod;
    if ((getCreateStatementMethod = StatementServiceGrpc.getCreateStatementMethod) == null) {
      synchronized (StatementServiceGrpc.class) {
        if ((getCreateStatementMethod = StatementServiceGrpc.getCreateStatementMethod) == null) {
          StatementServiceGrpc.getCreateStatementMethod = getCreateStatementMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.CreateStatementRequest, io.s2s.sdk.v1.CreateStatementResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateStatement"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreateStatementRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreateStatementResponse.getDefaultInstance()))
              .setSchemaDescriptor(new StatementServiceMethodDescriptorSupplier("CreateStatement"))
              .build();
        }
      }
    }
    return getCreateStatementMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.AddStatementRowsRequest,
      io.s2s.sdk.v1.AddStatementRowsResponse> getAddStatementRowsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "AddStatementRows",
      requestType = io.s2s.sdk.v1.AddStatementRowsRequest.class,
      responseType = io.s2s.sdk.v1.AddStatementRowsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.AddStatementRowsRequest,
      io.s2s.sdk.v1.AddStatementRowsResponse> getAddStatementRowsMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.AddStatementRowsRequest, io.s2s.sdk.v1.AddStatementRowsResponse> getAddStatementRowsMethod;
    if ((getAddStatementRowsMethod = StatementServiceGrpc.getAddStatementRowsMethod) == null) {
      synchronized (StatementServiceGrpc.class) {
        if ((getAddStatementRowsMethod = StatementServiceGrpc.getAddStatementRowsMethod) == null) {
          StatementServiceGrpc.getAddStatementRowsMethod = getAddStatementRowsMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.AddStatementRowsRequest, io.s2s.sdk.v1.AddStatementRowsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "AddStatementRows"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.AddStatementRowsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.AddStatementRowsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new StatementServiceMethodDescriptorSupplier("AddStatementRows"))
              .build();
        }
      }
    }
    return getAddStatementRowsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.CompareStatementRequest,
      io.s2s.sdk.v1.CompareStatementResponse> getCompareStatementMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CompareStatement",
      requestType = io.s2s.sdk.v1.CompareStatementRequest.class,
      responseType = io.s2s.sdk.v1.CompareStatementResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.CompareStatementRequest,
      io.s2s.sdk.v1.CompareStatementResponse> getCompareStatementMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.CompareStatementRequest, io.s2s.sdk.v1.CompareStatementResponse> getCompareStatementMethod;
    if ((getCompareStatementMethod = StatementServiceGrpc.getCompareStatementMethod) == null) {
      synchronized (StatementServiceGrpc.class) {
        if ((getCompareStatementMethod = StatementServiceGrpc.getCompareStatementMethod) == null) {
          StatementServiceGrpc.getCompareStatementMethod = getCompareStatementMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.CompareStatementRequest, io.s2s.sdk.v1.CompareStatementResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CompareStatement"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CompareStatementRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CompareStatementResponse.getDefaultInstance()))
              .setSchemaDescriptor(new StatementServiceMethodDescriptorSupplier("CompareStatement"))
              .build();
        }
      }
    }
    return getCompareStatementMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetStatementRequest,
      io.s2s.sdk.v1.GetStatementResponse> getGetStatementMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetStatement",
      requestType = io.s2s.sdk.v1.GetStatementRequest.class,
      responseType = io.s2s.sdk.v1.GetStatementResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetStatementRequest,
      io.s2s.sdk.v1.GetStatementResponse> getGetStatementMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetStatementRequest, io.s2s.sdk.v1.GetStatementResponse> getGetStatementMethod;
    if ((getGetStatementMethod = StatementServiceGrpc.getGetStatementMethod) == null) {
      synchronized (StatementServiceGrpc.class) {
        if ((getGetStatementMethod = StatementServiceGrpc.getGetStatementMethod) == null) {
          StatementServiceGrpc.getGetStatementMethod = getGetStatementMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.GetStatementRequest, io.s2s.sdk.v1.GetStatementResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetStatement"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetStatementRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetStatementResponse.getDefaultInstance()))
              .setSchemaDescriptor(new StatementServiceMethodDescriptorSupplier("GetStatement"))
              .build();
        }
      }
    }
    return getGetStatementMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListStatementsRequest,
      io.s2s.sdk.v1.ListStatementsResponse> getListStatementsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListStatements",
      requestType = io.s2s.sdk.v1.ListStatementsRequest.class,
      responseType = io.s2s.sdk.v1.ListStatementsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListStatementsRequest,
      io.s2s.sdk.v1.ListStatementsResponse> getListStatementsMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListStatementsRequest, io.s2s.sdk.v1.ListStatementsResponse> getListStatementsMethod;
    if ((getListStatementsMethod = StatementServiceGrpc.getListStatementsMethod) == null) {
      synchronized (StatementServiceGrpc.class) {
        if ((getListStatementsMethod = StatementServiceGrpc.getListStatementsMethod) == null) {
          StatementServiceGrpc.getListStatementsMethod = getListStatementsMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ListStatementsRequest, io.s2s.sdk.v1.ListStatementsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListStatements"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListStatementsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListStatementsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new StatementServiceMethodDescriptorSupplier("ListStatements"))
              .build();
        }
      }
    }
    return getListStatementsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListStatementRowsRequest,
      io.s2s.sdk.v1.ListStatementRowsResponse> getListStatementRowsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListStatementRows",
      requestType = io.s2s.sdk.v1.ListStatementRowsRequest.class,
      responseType = io.s2s.sdk.v1.ListStatementRowsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListStatementRowsRequest,
      io.s2s.sdk.v1.ListStatementRowsResponse> getListStatementRowsMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListStatementRowsRequest, io.s2s.sdk.v1.ListStatementRowsResponse> getListStatementRowsMethod;
    if ((getListStatementRowsMethod = StatementServiceGrpc.getListStatementRowsMethod) == null) {
      synchronized (StatementServiceGrpc.class) {
        if ((getListStatementRowsMethod = StatementServiceGrpc.getListStatementRowsMethod) == null) {
          StatementServiceGrpc.getListStatementRowsMethod = getListStatementRowsMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ListStatementRowsRequest, io.s2s.sdk.v1.ListStatementRowsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListStatementRows"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListStatementRowsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListStatementRowsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new StatementServiceMethodDescriptorSupplier("ListStatementRows"))
              .build();
        }
      }
    }
    return getListStatementRowsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ResolveStatementRowsRequest,
      io.s2s.sdk.v1.ResolveStatementRowsResponse> getResolveStatementRowsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ResolveStatementRows",
      requestType = io.s2s.sdk.v1.ResolveStatementRowsRequest.class,
      responseType = io.s2s.sdk.v1.ResolveStatementRowsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ResolveStatementRowsRequest,
      io.s2s.sdk.v1.ResolveStatementRowsResponse> getResolveStatementRowsMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ResolveStatementRowsRequest, io.s2s.sdk.v1.ResolveStatementRowsResponse> getResolveStatementRowsMethod;
    if ((getResolveStatementRowsMethod = StatementServiceGrpc.getResolveStatementRowsMethod) == null) {
      synchronized (StatementServiceGrpc.class) {
        if ((getResolveStatementRowsMethod = StatementServiceGrpc.getResolveStatementRowsMethod) == null) {
          StatementServiceGrpc.getResolveStatementRowsMethod = getResolveStatementRowsMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ResolveStatementRowsRequest, io.s2s.sdk.v1.ResolveStatementRowsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ResolveStatementRows"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ResolveStatementRowsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ResolveStatementRowsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new StatementServiceMethodDescriptorSupplier("ResolveStatementRows"))
              .build();
        }
      }
    }
    return getResolveStatementRowsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.DeleteStatementRequest,
      io.s2s.sdk.v1.DeleteStatementResponse> getDeleteStatementMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteStatement",
      requestType = io.s2s.sdk.v1.DeleteStatementRequest.class,
      responseType = io.s2s.sdk.v1.DeleteStatementResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.DeleteStatementRequest,
      io.s2s.sdk.v1.DeleteStatementResponse> getDeleteStatementMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.DeleteStatementRequest, io.s2s.sdk.v1.DeleteStatementResponse> getDeleteStatementMethod;
    if ((getDeleteStatementMethod = StatementServiceGrpc.getDeleteStatementMethod) == null) {
      synchronized (StatementServiceGrpc.class) {
        if ((getDeleteStatementMethod = StatementServiceGrpc.getDeleteStatementMethod) == null) {
          StatementServiceGrpc.getDeleteStatementMethod = getDeleteStatementMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.DeleteStatementRequest, io.s2s.sdk.v1.DeleteStatementResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteStatement"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.DeleteStatementRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.DeleteStatementResponse.getDefaultInstance()))
              .setSchemaDescriptor(new StatementServiceMethodDescriptorSupplier("DeleteStatement"))
              .build();
        }
      }
    }
    return getDeleteStatementMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static StatementServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<StatementServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<StatementServiceStub>() {
        @java.lang.Override
        public StatementServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new StatementServiceStub(channel, callOptions);
        }
      };
    return StatementServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static StatementServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<StatementServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<StatementServiceBlockingV2Stub>() {
        @java.lang.Override
        public StatementServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new StatementServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return StatementServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static StatementServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<StatementServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<StatementServiceBlockingStub>() {
        @java.lang.Override
        public StatementServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new StatementServiceBlockingStub(channel, callOptions);
        }
      };
    return StatementServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static StatementServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<StatementServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<StatementServiceFutureStub>() {
        @java.lang.Override
        public StatementServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new StatementServiceFutureStub(channel, callOptions);
        }
      };
    return StatementServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Compares the statements of networks with our conversions, row by row.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Creates a statement. The same file, code, period and time zone again return
     * the statement that is there.
     * </pre>
     */
    default void createStatement(io.s2s.sdk.v1.CreateStatementRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateStatementResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateStatementMethod(), responseObserver);
    }

    /**
     * <pre>
     * Adds rows of the network to an open statement, and compares them with our
     * conversions. Rows that were added before are not added again.
     * </pre>
     */
    default void addStatementRows(io.s2s.sdk.v1.AddStatementRowsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.AddStatementRowsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getAddStatementRowsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Ends the adding of rows, and adds our conversions that the network does not
     * state. Each call compares some of them; call again until the statement is
     * complete.
     * </pre>
     */
    default void compareStatement(io.s2s.sdk.v1.CompareStatementRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CompareStatementResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCompareStatementMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns one statement with its totals.
     * </pre>
     */
    default void getStatement(io.s2s.sdk.v1.GetStatementRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetStatementResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetStatementMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists statements, newest first.
     * </pre>
     */
    default void listStatements(io.s2s.sdk.v1.ListStatementsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListStatementsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListStatementsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the rows of a statement, in their order.
     * </pre>
     */
    default void listStatementRows(io.s2s.sdk.v1.ListStatementRowsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListStatementRowsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListStatementRowsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Does something about rows, one after the other, and compares each again. The
     * same action again changes nothing twice.
     * </pre>
     */
    default void resolveStatementRows(io.s2s.sdk.v1.ResolveStatementRowsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ResolveStatementRowsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getResolveStatementRowsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes a statement with its rows, but no conversion and no adjustment. Then
     * the file can be compared anew.
     * </pre>
     */
    default void deleteStatement(io.s2s.sdk.v1.DeleteStatementRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.DeleteStatementResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteStatementMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service StatementService.
   * <pre>
   * Compares the statements of networks with our conversions, row by row.
   * </pre>
   */
  public static abstract class StatementServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return StatementServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service StatementService.
   * <pre>
   * Compares the statements of networks with our conversions, row by row.
   * </pre>
   */
  public static final class StatementServiceStub
      extends io.grpc.stub.AbstractAsyncStub<StatementServiceStub> {
    private StatementServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected StatementServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new StatementServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a statement. The same file, code, period and time zone again return
     * the statement that is there.
     * </pre>
     */
    public void createStatement(io.s2s.sdk.v1.CreateStatementRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateStatementResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateStatementMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Adds rows of the network to an open statement, and compares them with our
     * conversions. Rows that were added before are not added again.
     * </pre>
     */
    public void addStatementRows(io.s2s.sdk.v1.AddStatementRowsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.AddStatementRowsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getAddStatementRowsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Ends the adding of rows, and adds our conversions that the network does not
     * state. Each call compares some of them; call again until the statement is
     * complete.
     * </pre>
     */
    public void compareStatement(io.s2s.sdk.v1.CompareStatementRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CompareStatementResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCompareStatementMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns one statement with its totals.
     * </pre>
     */
    public void getStatement(io.s2s.sdk.v1.GetStatementRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetStatementResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetStatementMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists statements, newest first.
     * </pre>
     */
    public void listStatements(io.s2s.sdk.v1.ListStatementsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListStatementsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListStatementsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the rows of a statement, in their order.
     * </pre>
     */
    public void listStatementRows(io.s2s.sdk.v1.ListStatementRowsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListStatementRowsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListStatementRowsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Does something about rows, one after the other, and compares each again. The
     * same action again changes nothing twice.
     * </pre>
     */
    public void resolveStatementRows(io.s2s.sdk.v1.ResolveStatementRowsRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ResolveStatementRowsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getResolveStatementRowsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes a statement with its rows, but no conversion and no adjustment. Then
     * the file can be compared anew.
     * </pre>
     */
    public void deleteStatement(io.s2s.sdk.v1.DeleteStatementRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.DeleteStatementResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteStatementMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service StatementService.
   * <pre>
   * Compares the statements of networks with our conversions, row by row.
   * </pre>
   */
  public static final class StatementServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<StatementServiceBlockingV2Stub> {
    private StatementServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected StatementServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new StatementServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a statement. The same file, code, period and time zone again return
     * the statement that is there.
     * </pre>
     */
    public io.s2s.sdk.v1.CreateStatementResponse createStatement(io.s2s.sdk.v1.CreateStatementRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateStatementMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Adds rows of the network to an open statement, and compares them with our
     * conversions. Rows that were added before are not added again.
     * </pre>
     */
    public io.s2s.sdk.v1.AddStatementRowsResponse addStatementRows(io.s2s.sdk.v1.AddStatementRowsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getAddStatementRowsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends the adding of rows, and adds our conversions that the network does not
     * state. Each call compares some of them; call again until the statement is
     * complete.
     * </pre>
     */
    public io.s2s.sdk.v1.CompareStatementResponse compareStatement(io.s2s.sdk.v1.CompareStatementRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCompareStatementMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one statement with its totals.
     * </pre>
     */
    public io.s2s.sdk.v1.GetStatementResponse getStatement(io.s2s.sdk.v1.GetStatementRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetStatementMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists statements, newest first.
     * </pre>
     */
    public io.s2s.sdk.v1.ListStatementsResponse listStatements(io.s2s.sdk.v1.ListStatementsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListStatementsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the rows of a statement, in their order.
     * </pre>
     */
    public io.s2s.sdk.v1.ListStatementRowsResponse listStatementRows(io.s2s.sdk.v1.ListStatementRowsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListStatementRowsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Does something about rows, one after the other, and compares each again. The
     * same action again changes nothing twice.
     * </pre>
     */
    public io.s2s.sdk.v1.ResolveStatementRowsResponse resolveStatementRows(io.s2s.sdk.v1.ResolveStatementRowsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getResolveStatementRowsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a statement with its rows, but no conversion and no adjustment. Then
     * the file can be compared anew.
     * </pre>
     */
    public io.s2s.sdk.v1.DeleteStatementResponse deleteStatement(io.s2s.sdk.v1.DeleteStatementRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteStatementMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service StatementService.
   * <pre>
   * Compares the statements of networks with our conversions, row by row.
   * </pre>
   */
  public static final class StatementServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<StatementServiceBlockingStub> {
    private StatementServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected StatementServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new StatementServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a statement. The same file, code, period and time zone again return
     * the statement that is there.
     * </pre>
     */
    public io.s2s.sdk.v1.CreateStatementResponse createStatement(io.s2s.sdk.v1.CreateStatementRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateStatementMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Adds rows of the network to an open statement, and compares them with our
     * conversions. Rows that were added before are not added again.
     * </pre>
     */
    public io.s2s.sdk.v1.AddStatementRowsResponse addStatementRows(io.s2s.sdk.v1.AddStatementRowsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getAddStatementRowsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends the adding of rows, and adds our conversions that the network does not
     * state. Each call compares some of them; call again until the statement is
     * complete.
     * </pre>
     */
    public io.s2s.sdk.v1.CompareStatementResponse compareStatement(io.s2s.sdk.v1.CompareStatementRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCompareStatementMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one statement with its totals.
     * </pre>
     */
    public io.s2s.sdk.v1.GetStatementResponse getStatement(io.s2s.sdk.v1.GetStatementRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetStatementMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists statements, newest first.
     * </pre>
     */
    public io.s2s.sdk.v1.ListStatementsResponse listStatements(io.s2s.sdk.v1.ListStatementsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListStatementsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the rows of a statement, in their order.
     * </pre>
     */
    public io.s2s.sdk.v1.ListStatementRowsResponse listStatementRows(io.s2s.sdk.v1.ListStatementRowsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListStatementRowsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Does something about rows, one after the other, and compares each again. The
     * same action again changes nothing twice.
     * </pre>
     */
    public io.s2s.sdk.v1.ResolveStatementRowsResponse resolveStatementRows(io.s2s.sdk.v1.ResolveStatementRowsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getResolveStatementRowsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a statement with its rows, but no conversion and no adjustment. Then
     * the file can be compared anew.
     * </pre>
     */
    public io.s2s.sdk.v1.DeleteStatementResponse deleteStatement(io.s2s.sdk.v1.DeleteStatementRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteStatementMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service StatementService.
   * <pre>
   * Compares the statements of networks with our conversions, row by row.
   * </pre>
   */
  public static final class StatementServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<StatementServiceFutureStub> {
    private StatementServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected StatementServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new StatementServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a statement. The same file, code, period and time zone again return
     * the statement that is there.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.CreateStatementResponse> createStatement(
        io.s2s.sdk.v1.CreateStatementRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateStatementMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Adds rows of the network to an open statement, and compares them with our
     * conversions. Rows that were added before are not added again.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.AddStatementRowsResponse> addStatementRows(
        io.s2s.sdk.v1.AddStatementRowsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getAddStatementRowsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Ends the adding of rows, and adds our conversions that the network does not
     * state. Each call compares some of them; call again until the statement is
     * complete.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.CompareStatementResponse> compareStatement(
        io.s2s.sdk.v1.CompareStatementRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCompareStatementMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns one statement with its totals.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.GetStatementResponse> getStatement(
        io.s2s.sdk.v1.GetStatementRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetStatementMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists statements, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ListStatementsResponse> listStatements(
        io.s2s.sdk.v1.ListStatementsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListStatementsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the rows of a statement, in their order.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ListStatementRowsResponse> listStatementRows(
        io.s2s.sdk.v1.ListStatementRowsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListStatementRowsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Does something about rows, one after the other, and compares each again. The
     * same action again changes nothing twice.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ResolveStatementRowsResponse> resolveStatementRows(
        io.s2s.sdk.v1.ResolveStatementRowsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getResolveStatementRowsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes a statement with its rows, but no conversion and no adjustment. Then
     * the file can be compared anew.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.DeleteStatementResponse> deleteStatement(
        io.s2s.sdk.v1.DeleteStatementRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteStatementMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_STATEMENT = 0;
  private static final int METHODID_ADD_STATEMENT_ROWS = 1;
  private static final int METHODID_COMPARE_STATEMENT = 2;
  private static final int METHODID_GET_STATEMENT = 3;
  private static final int METHODID_LIST_STATEMENTS = 4;
  private static final int METHODID_LIST_STATEMENT_ROWS = 5;
  private static final int METHODID_RESOLVE_STATEMENT_ROWS = 6;
  private static final int METHODID_DELETE_STATEMENT = 7;

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
        case METHODID_CREATE_STATEMENT:
          serviceImpl.createStatement((io.s2s.sdk.v1.CreateStatementRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateStatementResponse>) responseObserver);
          break;
        case METHODID_ADD_STATEMENT_ROWS:
          serviceImpl.addStatementRows((io.s2s.sdk.v1.AddStatementRowsRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.AddStatementRowsResponse>) responseObserver);
          break;
        case METHODID_COMPARE_STATEMENT:
          serviceImpl.compareStatement((io.s2s.sdk.v1.CompareStatementRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CompareStatementResponse>) responseObserver);
          break;
        case METHODID_GET_STATEMENT:
          serviceImpl.getStatement((io.s2s.sdk.v1.GetStatementRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetStatementResponse>) responseObserver);
          break;
        case METHODID_LIST_STATEMENTS:
          serviceImpl.listStatements((io.s2s.sdk.v1.ListStatementsRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListStatementsResponse>) responseObserver);
          break;
        case METHODID_LIST_STATEMENT_ROWS:
          serviceImpl.listStatementRows((io.s2s.sdk.v1.ListStatementRowsRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListStatementRowsResponse>) responseObserver);
          break;
        case METHODID_RESOLVE_STATEMENT_ROWS:
          serviceImpl.resolveStatementRows((io.s2s.sdk.v1.ResolveStatementRowsRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ResolveStatementRowsResponse>) responseObserver);
          break;
        case METHODID_DELETE_STATEMENT:
          serviceImpl.deleteStatement((io.s2s.sdk.v1.DeleteStatementRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.DeleteStatementResponse>) responseObserver);
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
          getCreateStatementMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.CreateStatementRequest,
              io.s2s.sdk.v1.CreateStatementResponse>(
                service, METHODID_CREATE_STATEMENT)))
        .addMethod(
          getAddStatementRowsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.AddStatementRowsRequest,
              io.s2s.sdk.v1.AddStatementRowsResponse>(
                service, METHODID_ADD_STATEMENT_ROWS)))
        .addMethod(
          getCompareStatementMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.CompareStatementRequest,
              io.s2s.sdk.v1.CompareStatementResponse>(
                service, METHODID_COMPARE_STATEMENT)))
        .addMethod(
          getGetStatementMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.GetStatementRequest,
              io.s2s.sdk.v1.GetStatementResponse>(
                service, METHODID_GET_STATEMENT)))
        .addMethod(
          getListStatementsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ListStatementsRequest,
              io.s2s.sdk.v1.ListStatementsResponse>(
                service, METHODID_LIST_STATEMENTS)))
        .addMethod(
          getListStatementRowsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ListStatementRowsRequest,
              io.s2s.sdk.v1.ListStatementRowsResponse>(
                service, METHODID_LIST_STATEMENT_ROWS)))
        .addMethod(
          getResolveStatementRowsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ResolveStatementRowsRequest,
              io.s2s.sdk.v1.ResolveStatementRowsResponse>(
                service, METHODID_RESOLVE_STATEMENT_ROWS)))
        .addMethod(
          getDeleteStatementMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.DeleteStatementRequest,
              io.s2s.sdk.v1.DeleteStatementResponse>(
                service, METHODID_DELETE_STATEMENT)))
        .build();
  }

  private static abstract class StatementServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    StatementServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.s2s.sdk.v1.StatementServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("StatementService");
    }
  }

  private static final class StatementServiceFileDescriptorSupplier
      extends StatementServiceBaseDescriptorSupplier {
    StatementServiceFileDescriptorSupplier() {}
  }

  private static final class StatementServiceMethodDescriptorSupplier
      extends StatementServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    StatementServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (StatementServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new StatementServiceFileDescriptorSupplier())
              .addMethod(getCreateStatementMethod())
              .addMethod(getAddStatementRowsMethod())
              .addMethod(getCompareStatementMethod())
              .addMethod(getGetStatementMethod())
              .addMethod(getListStatementsMethod())
              .addMethod(getListStatementRowsMethod())
              .addMethod(getResolveStatementRowsMethod())
              .addMethod(getDeleteStatementMethod())
              .build();
        }
      }
    }
    return result;
  }
}
