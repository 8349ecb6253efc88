package io.s2s.sdk.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Manages conversion codes: one for each kind of conversion that a merchant
 * reports.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ConversionCodeServiceGrpc {

  private ConversionCodeServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "s2s.v1.ConversionCodeService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateConversionCodeRequest,
      io.s2s.sdk.v1.CreateConversionCodeResponse> getCreateConversionCodeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateConversionCode",
      requestType = io.s2s.sdk.v1.CreateConversionCodeRequest.class,
      responseType = io.s2s.sdk.v1.CreateConversionCodeResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateConversionCodeRequest,
      io.s2s.sdk.v1.CreateConversionCodeResponse> getCreateConversionCodeMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateConversionCodeRequest, io.s2s.sdk.v1.CreateConversionCodeResponse> getCreateConversionCodeMethod;
    if ((getCreateConversionCodeMethod = ConversionCodeServiceGrpc.getCreateConversionCodeMethod) == null) {
      synchronized (ConversionCodeServiceGrpc.class) {
        if ((getCreateConversionCodeMethod = ConversionCodeServiceGrpc.getCreateConversionCodeMethod) == null) {
          ConversionCodeServiceGrpc.getCreateConversionCodeMethod = getCreateConversionCodeMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.CreateConversionCodeRequest, io.s2s.sdk.v1.CreateConversionCodeResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateConversionCode"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreateConversionCodeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreateConversionCodeResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionCodeServiceMethodDescriptorSupplier("CreateConversionCode"))
              .build();
        }
      }
    }
    return getCreateConversionCodeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetConversionCodeRequest,
      io.s2s.sdk.v1.GetConversionCodeResponse> getGetConversionCodeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetConversionCode",
      requestType = io.s2s.sdk.v1.GetConversionCodeRequest.class,
      responseType = io.s2s.sdk.v1.GetConversionCodeResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetConversionCodeRequest,
      io.s2s.sdk.v1.GetConversionCodeResponse> getGetConversionCodeMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetConversionCodeRequest, io.s2s.sdk.v1.GetConversionCodeResponse> getGetConversionCodeMethod;
    if ((getGetConversionCodeMethod = ConversionCodeServiceGrpc.getGetConversionCodeMethod) == null) {
      synchronized (ConversionCodeServiceGrpc.class) {
        if ((getGetConversionCodeMethod = ConversionCodeServiceGrpc.getGetConversionCodeMethod) == null) {
          ConversionCodeServiceGrpc.getGetConversionCodeMethod = getGetConversionCodeMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.GetConversionCodeRequest, io.s2s.sdk.v1.GetConversionCodeResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetConversionCode"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetConversionCodeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetConversionCodeResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionCodeServiceMethodDescriptorSupplier("GetConversionCode"))
              .build();
        }
      }
    }
    return getGetConversionCodeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListConversionCodesRequest,
      io.s2s.sdk.v1.ListConversionCodesResponse> getListConversionCodesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListConversionCodes",
      requestType = io.s2s.sdk.v1.ListConversionCodesRequest.class,
      responseType = io.s2s.sdk.v1.ListConversionCodesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListConversionCodesRequest,
      io.s2s.sdk.v1.ListConversionCodesResponse> getListConversionCodesMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListConversionCodesRequest, io.s2s.sdk.v1.ListConversionCodesResponse> getListConversionCodesMethod;
    if ((getListConversionCodesMethod = ConversionCodeServiceGrpc.getListConversionCodesMethod) == null) {
      synchronized (ConversionCodeServiceGrpc.class) {
        if ((getListConversionCodesMethod = ConversionCodeServiceGrpc.getListConversionCodesMethod) == null) {
          ConversionCodeServiceGrpc.getListConversionCodesMethod = getListConversionCodesMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ListConversionCodesRequest, io.s2s.sdk.v1.ListConversionCodesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListConversionCodes"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListConversionCodesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListConversionCodesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionCodeServiceMethodDescriptorSupplier("ListConversionCodes"))
              .build();
        }
      }
    }
    return getListConversionCodesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.UpdateConversionCodeRequest,
      io.s2s.sdk.v1.UpdateConversionCodeResponse> getUpdateConversionCodeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateConversionCode",
      requestType = io.s2s.sdk.v1.UpdateConversionCodeRequest.class,
      responseType = io.s2s.sdk.v1.UpdateConversionCodeResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.UpdateConversionCodeRequest,
      io.s2s.sdk.v1.UpdateConversionCodeResponse> getUpdateConversionCodeMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.UpdateConversionCodeRequest, io.s2s.sdk.v1.UpdateConversionCodeResponse> getUpdateConversionCodeMethod;
    if ((getUpdateConversionCodeMethod = ConversionCodeServiceGrpc.getUpdateConversionCodeMethod) == null) {
      synchronized (ConversionCodeServiceGrpc.class) {
        if ((getUpdateConversionCodeMethod = ConversionCodeServiceGrpc.getUpdateConversionCodeMethod) == null) {
          ConversionCodeServiceGrpc.getUpdateConversionCodeMethod = getUpdateConversionCodeMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.UpdateConversionCodeRequest, io.s2s.sdk.v1.UpdateConversionCodeResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateConversionCode"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.UpdateConversionCodeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.UpdateConversionCodeResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionCodeServiceMethodDescriptorSupplier("UpdateConversionCode"))
              .build();
        }
      }
    }
    return getUpdateConversionCodeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ArchiveConversionCodeRequest,
      io.s2s.sdk.v1.ArchiveConversionCodeResponse> getArchiveConversionCodeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ArchiveConversionCode",
      requestType = io.s2s.sdk.v1.ArchiveConversionCodeRequest.class,
      responseType = io.s2s.sdk.v1.ArchiveConversionCodeResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ArchiveConversionCodeRequest,
      io.s2s.sdk.v1.ArchiveConversionCodeResponse> getArchiveConversionCodeMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ArchiveConversionCodeRequest, io.s2s.sdk.v1.ArchiveConversionCodeResponse> getArchiveConversionCodeMethod;
    if ((getArchiveConversionCodeMethod = ConversionCodeServiceGrpc.getArchiveConversionCodeMethod) == null) {
      synchronized (ConversionCodeServiceGrpc.class) {
        if ((getArchiveConversionCodeMethod = ConversionCodeServiceGrpc.getArchiveConversionCodeMethod) == null) {
          ConversionCodeServiceGrpc.getArchiveConversionCodeMethod = getArchiveConversionCodeMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ArchiveConversionCodeRequest, io.s2s.sdk.v1.ArchiveConversionCodeResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ArchiveConversionCode"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ArchiveConversionCodeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ArchiveConversionCodeResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionCodeServiceMethodDescriptorSupplier("ArchiveConversionCode"))
              .build();
        }
      }
    }
    return getArchiveConversionCodeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.UnarchiveConversionCodeRequest,
      io.s2s.sdk.v1.UnarchiveConversionCodeResponse> getUnarchiveConversionCodeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UnarchiveConversionCode",
      requestType = io.s2s.sdk.v1.UnarchiveConversionCodeRequest.class,
      responseType = io.s2s.sdk.v1.UnarchiveConversionCodeResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.UnarchiveConversionCodeRequest,
      io.s2s.sdk.v1.UnarchiveConversionCodeResponse> getUnarchiveConversionCodeMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.UnarchiveConversionCodeRequest, io.s2s.sdk.v1.UnarchiveConversionCodeResponse> getUnarchiveConversionCodeMethod;
    if ((getUnarchiveConversionCodeMethod = ConversionCodeServiceGrpc.getUnarchiveConversionCodeMethod) == null) {
      synchronized (ConversionCodeServiceGrpc.class) {
        if ((getUnarchiveConversionCodeMethod = ConversionCodeServiceGrpc.getUnarchiveConversionCodeMethod) == null) {
          ConversionCodeServiceGrpc.getUnarchiveConversionCodeMethod = getUnarchiveConversionCodeMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.UnarchiveConversionCodeRequest, io.s2s.sdk.v1.UnarchiveConversionCodeResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UnarchiveConversionCode"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.UnarchiveConversionCodeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.UnarchiveConversionCodeResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionCodeServiceMethodDescriptorSupplier("UnarchiveConversionCode"))
              .build();
        }
      }
    }
    return getUnarchiveConversionCodeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.RotatePostbackSecretRequest,
      io.s2s.sdk.v1.RotatePostbackSecretResponse> getRotatePostbackSecretMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RotatePostbackSecret",
      requestType = io.s2s.sdk.v1.RotatePostbackSecretRequest.class,
      responseType = io.s2s.sdk.v1.RotatePostbackSecretResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.RotatePostbackSecretRequest,
      io.s2s.sdk.v1.RotatePostbackSecretResponse> getRotatePostbackSecretMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.RotatePostbackSecretRequest, io.s2s.sdk.v1.RotatePostbackSecretResponse> getRotatePostbackSecretMethod;
    if ((getRotatePostbackSecretMethod = ConversionCodeServiceGrpc.getRotatePostbackSecretMethod) == null) {
      synchronized (ConversionCodeServiceGrpc.class) {
        if ((getRotatePostbackSecretMethod = ConversionCodeServiceGrpc.getRotatePostbackSecretMethod) == null) {
          ConversionCodeServiceGrpc.getRotatePostbackSecretMethod = getRotatePostbackSecretMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.RotatePostbackSecretRequest, io.s2s.sdk.v1.RotatePostbackSecretResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RotatePostbackSecret"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.RotatePostbackSecretRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.RotatePostbackSecretResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionCodeServiceMethodDescriptorSupplier("RotatePostbackSecret"))
              .build();
        }
      }
    }
    return getRotatePostbackSecretMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPostbackUrlRequest,
      io.s2s.sdk.v1.GetPostbackUrlResponse> getGetPostbackUrlMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetPostbackUrl",
      requestType = io.s2s.sdk.v1.GetPostbackUrlRequest.class,
      responseType = io.s2s.sdk.v1.GetPostbackUrlResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPostbackUrlRequest,
      io.s2s.sdk.v1.GetPostbackUrlResponse> getGetPostbackUrlMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetPostbackUrlRequest, io.s2s.sdk.v1.GetPostbackUrlResponse> getGetPostbackUrlMethod;
    if ((getGetPostbackUrlMethod = ConversionCodeServiceGrpc.getGetPostbackUrlMethod) == null) {
      synchronized (ConversionCodeServiceGrpc.class) {
        if ((getGetPostbackUrlMethod = ConversionCodeServiceGrpc.getGetPostbackUrlMethod) == null) {
          ConversionCodeServiceGrpc.getGetPostbackUrlMethod = getGetPostbackUrlMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.GetPostbackUrlRequest, io.s2s.sdk.v1.GetPostbackUrlResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetPostbackUrl"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetPostbackUrlRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetPostbackUrlResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionCodeServiceMethodDescriptorSupplier("GetPostbackUrl"))
              .build();
        }
      }
    }
    return getGetPostbackUrlMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.TestSetupRequest,
      io.s2s.sdk.v1.TestSetupResponse> getTestSetupMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "TestSetup",
      requestType = io.s2s.sdk.v1.TestSetupRequest.class,
      responseType = io.s2s.sdk.v1.TestSetupResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.TestSetupRequest,
      io.s2s.sdk.v1.TestSetupResponse> getTestSetupMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.TestSetupRequest, io.s2s.sdk.v1.TestSetupResponse> getTestSetupMethod;
    if ((getTestSetupMethod = ConversionCodeServiceGrpc.getTestSetupMethod) == null) {
      synchronized (ConversionCodeServiceGrpc.class) {
        if ((getTestSetupMethod = ConversionCodeServiceGrpc.getTestSetupMethod) == null) {
          ConversionCodeServiceGrpc.getTestSetupMethod = getTestSetupMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.TestSetupRequest, io.s2s.sdk.v1.TestSetupResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "TestSetup"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.TestSetupRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.TestSetupResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConversionCodeServiceMethodDescriptorSupplier("TestSetup"))
              .build();
        }
      }
    }
    return getTestSetupMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ConversionCodeServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ConversionCodeServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ConversionCodeServiceStub>() {
        @java.lang.Override
        public ConversionCodeServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ConversionCodeServiceStub(channel, callOptions);
        }
      };
    return ConversionCodeServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ConversionCodeServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ConversionCodeServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ConversionCodeServiceBlockingV2Stub>() {
        @java.lang.Override
        public ConversionCodeServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ConversionCodeServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ConversionCodeServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ConversionCodeServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ConversionCodeServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ConversionCodeServiceBlockingStub>() {
        @java.lang.Override
        public ConversionCodeServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ConversionCodeServiceBlockingStub(channel, callOptions);
        }
      };
    return ConversionCodeServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ConversionCodeServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ConversionCodeServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ConversionCodeServiceFutureStub>() {
        @java.lang.Override
        public ConversionCodeServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ConversionCodeServiceFutureStub(channel, callOptions);
        }
      };
    return ConversionCodeServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Manages conversion codes: one for each kind of conversion that a merchant
   * reports.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Creates a conversion code.
     * </pre>
     */
    default void createConversionCode(io.s2s.sdk.v1.CreateConversionCodeRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateConversionCodeResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateConversionCodeMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns one conversion code.
     * </pre>
     */
    default void getConversionCode(io.s2s.sdk.v1.GetConversionCodeRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetConversionCodeResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetConversionCodeMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the account's conversion codes, newest first.
     * </pre>
     */
    default void listConversionCodes(io.s2s.sdk.v1.ListConversionCodesRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListConversionCodesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListConversionCodesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    default void updateConversionCode(io.s2s.sdk.v1.UpdateConversionCodeRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UpdateConversionCodeResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateConversionCodeMethod(), responseObserver);
    }

    /**
     * <pre>
     * Archives a conversion code. The code stays readable. Postbacks that name it
     * and arrive later are held; a postback that repeats a recorded sale is still
     * a duplicate. Archiving an archived code changes nothing.
     * </pre>
     */
    default void archiveConversionCode(io.s2s.sdk.v1.ArchiveConversionCodeRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ArchiveConversionCodeResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getArchiveConversionCodeMethod(), responseObserver);
    }

    /**
     * <pre>
     * Makes an archived conversion code active again. Postbacks that were held
     * meanwhile can be replayed. Unarchiving an active code changes nothing.
     * </pre>
     */
    default void unarchiveConversionCode(io.s2s.sdk.v1.UnarchiveConversionCodeRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UnarchiveConversionCodeResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUnarchiveConversionCodeMethod(), responseObserver);
    }

    /**
     * <pre>
     * Makes a new secret for the code's postbacks, and returns it; no other call
     * returns it. The previous secret stays valid for a while, so that senders can
     * be changed one by one. Any older secret ends at once.
     * </pre>
     */
    default void rotatePostbackSecret(io.s2s.sdk.v1.RotatePostbackSecretRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RotatePostbackSecretResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRotatePostbackSecretMethod(), responseObserver);
    }

    /**
     * <pre>
     * Renders the postback URL for the merchant to paste.
     * </pre>
     */
    default void getPostbackUrl(io.s2s.sdk.v1.GetPostbackUrlRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPostbackUrlResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetPostbackUrlMethod(), responseObserver);
    }

    /**
     * <pre>
     * Simulates a complete conversion for a code, and reports the outcome of each
     * step: a click on one of its tracking links, the redirect to the merchant,
     * and the call of the postback URL with its macros filled in. Records nothing.
     * </pre>
     */
    default void testSetup(io.s2s.sdk.v1.TestSetupRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.TestSetupResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getTestSetupMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ConversionCodeService.
   * <pre>
   * Manages conversion codes: one for each kind of conversion that a merchant
   * reports.
   * </pre>
   */
  public static abstract class ConversionCodeServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ConversionCodeServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ConversionCodeService.
   * <pre>
   * Manages conversion codes: one for each kind of conversion that a merchant
   * reports.
   * </pre>
   */
  public static final class ConversionCodeServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ConversionCodeServiceStub> {
    private ConversionCodeServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ConversionCodeServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ConversionCodeServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a conversion code.
     * </pre>
     */
    public void createConversionCode(io.s2s.sdk.v1.CreateConversionCodeRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateConversionCodeResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateConversionCodeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns one conversion code.
     * </pre>
     */
    public void getConversionCode(io.s2s.sdk.v1.GetConversionCodeRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetConversionCodeResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetConversionCodeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the account's conversion codes, newest first.
     * </pre>
     */
    public void listConversionCodes(io.s2s.sdk.v1.ListConversionCodesRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListConversionCodesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListConversionCodesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    public void updateConversionCode(io.s2s.sdk.v1.UpdateConversionCodeRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UpdateConversionCodeResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateConversionCodeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Archives a conversion code. The code stays readable. Postbacks that name it
     * and arrive later are held; a postback that repeats a recorded sale is still
     * a duplicate. Archiving an archived code changes nothing.
     * </pre>
     */
    public void archiveConversionCode(io.s2s.sdk.v1.ArchiveConversionCodeRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ArchiveConversionCodeResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getArchiveConversionCodeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Makes an archived conversion code active again. Postbacks that were held
     * meanwhile can be replayed. Unarchiving an active code changes nothing.
     * </pre>
     */
    public void unarchiveConversionCode(io.s2s.sdk.v1.UnarchiveConversionCodeRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UnarchiveConversionCodeResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUnarchiveConversionCodeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Makes a new secret for the code's postbacks, and returns it; no other call
     * returns it. The previous secret stays valid for a while, so that senders can
     * be changed one by one. Any older secret ends at once.
     * </pre>
     */
    public void rotatePostbackSecret(io.s2s.sdk.v1.RotatePostbackSecretRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RotatePostbackSecretResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRotatePostbackSecretMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Renders the postback URL for the merchant to paste.
     * </pre>
     */
    public void getPostbackUrl(io.s2s.sdk.v1.GetPostbackUrlRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPostbackUrlResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetPostbackUrlMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Simulates a complete conversion for a code, and reports the outcome of each
     * step: a click on one of its tracking links, the redirect to the merchant,
     * and the call of the postback URL with its macros filled in. Records nothing.
     * </pre>
     */
    public void testSetup(io.s2s.sdk.v1.TestSetupRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.TestSetupResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getTestSetupMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ConversionCodeService.
   * <pre>
   * Manages conversion codes: one for each kind of conversion that a merchant
   * reports.
   * </pre>
   */
  public static final class ConversionCodeServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ConversionCodeServiceBlockingV2Stub> {
    private ConversionCodeServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ConversionCodeServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ConversionCodeServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a conversion code.
     * </pre>
     */
    public io.s2s.sdk.v1.CreateConversionCodeResponse createConversionCode(io.s2s.sdk.v1.CreateConversionCodeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateConversionCodeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one conversion code.
     * </pre>
     */
    public io.s2s.sdk.v1.GetConversionCodeResponse getConversionCode(io.s2s.sdk.v1.GetConversionCodeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetConversionCodeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the account's conversion codes, newest first.
     * </pre>
     */
    public io.s2s.sdk.v1.ListConversionCodesResponse listConversionCodes(io.s2s.sdk.v1.ListConversionCodesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListConversionCodesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    public io.s2s.sdk.v1.UpdateConversionCodeResponse updateConversionCode(io.s2s.sdk.v1.UpdateConversionCodeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateConversionCodeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Archives a conversion code. The code stays readable. Postbacks that name it
     * and arrive later are held; a postback that repeats a recorded sale is still
     * a duplicate. Archiving an archived code changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.ArchiveConversionCodeResponse archiveConversionCode(io.s2s.sdk.v1.ArchiveConversionCodeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getArchiveConversionCodeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes an archived conversion code active again. Postbacks that were held
     * meanwhile can be replayed. Unarchiving an active code changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.UnarchiveConversionCodeResponse unarchiveConversionCode(io.s2s.sdk.v1.UnarchiveConversionCodeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUnarchiveConversionCodeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes a new secret for the code's postbacks, and returns it; no other call
     * returns it. The previous secret stays valid for a while, so that senders can
     * be changed one by one. Any older secret ends at once.
     * </pre>
     */
    public io.s2s.sdk.v1.RotatePostbackSecretResponse rotatePostbackSecret(io.s2s.sdk.v1.RotatePostbackSecretRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRotatePostbackSecretMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Renders the postback URL for the merchant to paste.
     * </pre>
     */
    public io.s2s.sdk.v1.GetPostbackUrlResponse getPostbackUrl(io.s2s.sdk.v1.GetPostbackUrlRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetPostbackUrlMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Simulates a complete conversion for a code, and reports the outcome of each
     * step: a click on one of its tracking links, the redirect to the merchant,
     * and the call of the postback URL with its macros filled in. Records nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.TestSetupResponse testSetup(io.s2s.sdk.v1.TestSetupRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getTestSetupMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ConversionCodeService.
   * <pre>
   * Manages conversion codes: one for each kind of conversion that a merchant
   * reports.
   * </pre>
   */
  public static final class ConversionCodeServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ConversionCodeServiceBlockingStub> {
    private ConversionCodeServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ConversionCodeServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ConversionCodeServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a conversion code.
     * </pre>
     */
    public io.s2s.sdk.v1.CreateConversionCodeResponse createConversionCode(io.s2s.sdk.v1.CreateConversionCodeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateConversionCodeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one conversion code.
     * </pre>
     */
    public io.s2s.sdk.v1.GetConversionCodeResponse getConversionCode(io.s2s.sdk.v1.GetConversionCodeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetConversionCodeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the account's conversion codes, newest first.
     * </pre>
     */
    public io.s2s.sdk.v1.ListConversionCodesResponse listConversionCodes(io.s2s.sdk.v1.ListConversionCodesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListConversionCodesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    public io.s2s.sdk.v1.UpdateConversionCodeResponse updateConversionCode(io.s2s.sdk.v1.UpdateConversionCodeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateConversionCodeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Archives a conversion code. The code stays readable. Postbacks that name it
     * and arrive later are held; a postback that repeats a recorded sale is still
     * a duplicate. Archiving an archived code changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.ArchiveConversionCodeResponse archiveConversionCode(io.s2s.sdk.v1.ArchiveConversionCodeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getArchiveConversionCodeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes an archived conversion code active again. Postbacks that were held
     * meanwhile can be replayed. Unarchiving an active code changes nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.UnarchiveConversionCodeResponse unarchiveConversionCode(io.s2s.sdk.v1.UnarchiveConversionCodeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUnarchiveConversionCodeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes a new secret for the code's postbacks, and returns it; no other call
     * returns it. The previous secret stays valid for a while, so that senders can
     * be changed one by one. Any older secret ends at once.
     * </pre>
     */
    public io.s2s.sdk.v1.RotatePostbackSecretResponse rotatePostbackSecret(io.s2s.sdk.v1.RotatePostbackSecretRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRotatePostbackSecretMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Renders the postback URL for the merchant to paste.
     * </pre>
     */
    public io.s2s.sdk.v1.GetPostbackUrlResponse getPostbackUrl(io.s2s.sdk.v1.GetPostbackUrlRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetPostbackUrlMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Simulates a complete conversion for a code, and reports the outcome of each
     * step: a click on one of its tracking links, the redirect to the merchant,
     * and the call of the postback URL with its macros filled in. Records nothing.
     * </pre>
     */
    public io.s2s.sdk.v1.TestSetupResponse testSetup(io.s2s.sdk.v1.TestSetupRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getTestSetupMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ConversionCodeService.
   * <pre>
   * Manages conversion codes: one for each kind of conversion that a merchant
   * reports.
   * </pre>
   */
  public static final class ConversionCodeServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ConversionCodeServiceFutureStub> {
    private ConversionCodeServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ConversionCodeServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ConversionCodeServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a conversion code.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.CreateConversionCodeResponse> createConversionCode(
        io.s2s.sdk.v1.CreateConversionCodeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateConversionCodeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns one conversion code.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.GetConversionCodeResponse> getConversionCode(
        io.s2s.sdk.v1.GetConversionCodeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetConversionCodeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the account's conversion codes, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ListConversionCodesResponse> listConversionCodes(
        io.s2s.sdk.v1.ListConversionCodesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListConversionCodesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Changes the fields that `update_mask` names.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.UpdateConversionCodeResponse> updateConversionCode(
        io.s2s.sdk.v1.UpdateConversionCodeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateConversionCodeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Archives a conversion code. The code stays readable. Postbacks that name it
     * and arrive later are held; a postback that repeats a recorded sale is still
     * a duplicate. Archiving an archived code changes nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ArchiveConversionCodeResponse> archiveConversionCode(
        io.s2s.sdk.v1.ArchiveConversionCodeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getArchiveConversionCodeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Makes an archived conversion code active again. Postbacks that were held
     * meanwhile can be replayed. Unarchiving an active code changes nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.UnarchiveConversionCodeResponse> unarchiveConversionCode(
        io.s2s.sdk.v1.UnarchiveConversionCodeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUnarchiveConversionCodeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Makes a new secret for the code's postbacks, and returns it; no other call
     * returns it. The previous secret stays valid for a while, so that senders can
     * be changed one by one. Any older secret ends at once.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.RotatePostbackSecretResponse> rotatePostbackSecret(
        io.s2s.sdk.v1.RotatePostbackSecretRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRotatePostbackSecretMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Renders the postback URL for the merchant to paste.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.GetPostbackUrlResponse> getPostbackUrl(
        io.s2s.sdk.v1.GetPostbackUrlRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetPostbackUrlMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Simulates a complete conversion for a code, and reports the outcome of each
     * step: a click on one of its tracking links, the redirect to the merchant,
     * and the call of the postback URL with its macros filled in. Records nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.TestSetupResponse> testSetup(
        io.s2s.sdk.v1.TestSetupRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getTestSetupMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_CONVERSION_CODE = 0;
  private static final int METHODID_GET_CONVERSION_CODE = 1;
  private static final int METHODID_LIST_CONVERSION_CODES = 2;
  private static final int METHODID_UPDATE_CONVERSION_CODE = 3;
  private static final int METHODID_ARCHIVE_CONVERSION_CODE = 4;
  private static final int METHODID_UNARCHIVE_CONVERSION_CODE = 5;
  private static final int METHODID_ROTATE_POSTBACK_SECRET = 6;
  private static final int METHODID_GET_POSTBACK_URL = 7;
  private static final int METHODID_TEST_SETUP = 8;

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
        case METHODID_CREATE_CONVERSION_CODE:
          serviceImpl.createConversionCode((io.s2s.sdk.v1.CreateConversionCodeRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateConversionCodeResponse>) responseObserver);
          break;
        case METHODID_GET_CONVERSION_CODE:
          serviceImpl.getConversionCode((io.s2s.sdk.v1.GetConversionCodeRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetConversionCodeResponse>) responseObserver);
          break;
        case METHODID_LIST_CONVERSION_CODES:
          serviceImpl.listConversionCodes((io.s2s.sdk.v1.ListConversionCodesRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListConversionCodesResponse>) responseObserver);
          break;
        case METHODID_UPDATE_CONVERSION_CODE:
          serviceImpl.updateConversionCode((io.s2s.sdk.v1.UpdateConversionCodeRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UpdateConversionCodeResponse>) responseObserver);
          break;
        case METHODID_ARCHIVE_CONVERSION_CODE:
          serviceImpl.archiveConversionCode((io.s2s.sdk.v1.ArchiveConversionCodeRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ArchiveConversionCodeResponse>) responseObserver);
          break;
        case METHODID_UNARCHIVE_CONVERSION_CODE:
          serviceImpl.unarchiveConversionCode((io.s2s.sdk.v1.UnarchiveConversionCodeRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.UnarchiveConversionCodeResponse>) responseObserver);
          break;
        case METHODID_ROTATE_POSTBACK_SECRET:
          serviceImpl.rotatePostbackSecret((io.s2s.sdk.v1.RotatePostbackSecretRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RotatePostbackSecretResponse>) responseObserver);
          break;
        case METHODID_GET_POSTBACK_URL:
          serviceImpl.getPostbackUrl((io.s2s.sdk.v1.GetPostbackUrlRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetPostbackUrlResponse>) responseObserver);
          break;
        case METHODID_TEST_SETUP:
          serviceImpl.testSetup((io.s2s.sdk.v1.TestSetupRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.TestSetupResponse>) responseObserver);
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
          getCreateConversionCodeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.CreateConversionCodeRequest,
              io.s2s.sdk.v1.CreateConversionCodeResponse>(
                service, METHODID_CREATE_CONVERSION_CODE)))
        .addMethod(
          getGetConversionCodeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.GetConversionCodeRequest,
              io.s2s.sdk.v1.GetConversionCodeResponse>(
                service, METHODID_GET_CONVERSION_CODE)))
        .addMethod(
          getListConversionCodesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ListConversionCodesRequest,
              io.s2s.sdk.v1.ListConversionCodesResponse>(
                service, METHODID_LIST_CONVERSION_CODES)))
        .addMethod(
          getUpdateConversionCodeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.UpdateConversionCodeRequest,
              io.s2s.sdk.v1.UpdateConversionCodeResponse>(
                service, METHODID_UPDATE_CONVERSION_CODE)))
        .addMethod(
          getArchiveConversionCodeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ArchiveConversionCodeRequest,
              io.s2s.sdk.v1.ArchiveConversionCodeResponse>(
                service, METHODID_ARCHIVE_CONVERSION_CODE)))
        .addMethod(
          getUnarchiveConversionCodeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.UnarchiveConversionCodeRequest,
              io.s2s.sdk.v1.UnarchiveConversionCodeResponse>(
                service, METHODID_UNARCHIVE_CONVERSION_CODE)))
        .addMethod(
          getRotatePostbackSecretMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.RotatePostbackSecretRequest,
              io.s2s.sdk.v1.RotatePostbackSecretResponse>(
                service, METHODID_ROTATE_POSTBACK_SECRET)))
        .addMethod(
          getGetPostbackUrlMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.GetPostbackUrlRequest,
              io.s2s.sdk.v1.GetPostbackUrlResponse>(
                service, METHODID_GET_POSTBACK_URL)))
        .addMethod(
          getTestSetupMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.TestSetupRequest,
              io.s2s.sdk.v1.TestSetupResponse>(
                service, METHODID_TEST_SETUP)))
        .build();
  }

  private static abstract class ConversionCodeServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ConversionCodeServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.s2s.sdk.v1.ConversionCodeServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ConversionCodeService");
    }
  }

  private static final class ConversionCodeServiceFileDescriptorSupplier
      extends ConversionCodeServiceBaseDescriptorSupplier {
    ConversionCodeServiceFileDescriptorSupplier() {}
  }

  private static final class ConversionCodeServiceMethodDescriptorSupplier
      extends ConversionCodeServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ConversionCodeServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ConversionCodeServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ConversionCodeServiceFileDescriptorSupplier())
              .addMethod(getCreateConversionCodeMethod())
              .addMethod(getGetConversionCodeMethod())
              .addMethod(getListConversionCodesMethod())
              .addMethod(getUpdateConversionCodeMethod())
              .addMethod(getArchiveConversionCodeMethod())
              .addMethod(getUnarchiveConversionCodeMethod())
              .addMethod(getRotatePostbackSecretMethod())
              .addMethod(getGetPostbackUrlMethod())
              .addMethod(getTestSetupMethod())
              .build();
        }
      }
    }
    return result;
  }
}
