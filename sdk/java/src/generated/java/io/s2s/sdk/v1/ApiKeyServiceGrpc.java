package io.s2s.sdk.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Manages API keys. A caller sends the text of its key with every call, as
 * `authorization: Bearer` and the text. A key acts for one account and may do
 * only what its scopes allow.
 * A key with the scope `admin` manages the keys of all accounts. Any other key
 * manages only keys of its own account, and only those whose scopes it has
 * itself, so that no caller can gain more access than it was given.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ApiKeyServiceGrpc {

  private ApiKeyServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "s2s.v1.ApiKeyService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateApiKeyRequest,
      io.s2s.sdk.v1.CreateApiKeyResponse> getCreateApiKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateApiKey",
      requestType = io.s2s.sdk.v1.CreateApiKeyRequest.class,
      responseType = io.s2s.sdk.v1.CreateApiKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateApiKeyRequest,
      io.s2s.sdk.v1.CreateApiKeyResponse> getCreateApiKeyMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.CreateApiKeyRequest, io.s2s.sdk.v1.CreateApiKeyResponse> getCreateApiKeyMethod;
    if ((getCreateApiKeyMethod = ApiKeyServiceGrpc.getCreateApiKeyMethod) == null) {
      synchronized (ApiKeyServiceGrpc.class) {
        if ((getCreateApiKeyMethod = ApiKeyServiceGrpc.getCreateApiKeyMethod) == null) {
          ApiKeyServiceGrpc.getCreateApiKeyMethod = getCreateApiKeyMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.CreateApiKeyRequest, io.s2s.sdk.v1.CreateApiKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateApiKey"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreateApiKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.CreateApiKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ApiKeyServiceMethodDescriptorSupplier("CreateApiKey"))
              .build();
        }
      }
    }
    return getCreateApiKeyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetApiKeyRequest,
      io.s2s.sdk.v1.GetApiKeyResponse> getGetApiKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetApiKey",
      requestType = io.s2s.sdk.v1.GetApiKeyRequest.class,
      responseType = io.s2s.sdk.v1.GetApiKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetApiKeyRequest,
      io.s2s.sdk.v1.GetApiKeyResponse> getGetApiKeyMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.GetApiKeyRequest, io.s2s.sdk.v1.GetApiKeyResponse> getGetApiKeyMethod;
    if ((getGetApiKeyMethod = ApiKeyServiceGrpc.getGetApiKeyMethod) == null) {
      synchronized (ApiKeyServiceGrpc.class) {
        if ((getGetApiKeyMethod = ApiKeyServiceGrpc.getGetApiKeyMethod) == null) {
          ApiKeyServiceGrpc.getGetApiKeyMethod = getGetApiKeyMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.GetApiKeyRequest, io.s2s.sdk.v1.GetApiKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetApiKey"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetApiKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.GetApiKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ApiKeyServiceMethodDescriptorSupplier("GetApiKey"))
              .build();
        }
      }
    }
    return getGetApiKeyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListApiKeysRequest,
      io.s2s.sdk.v1.ListApiKeysResponse> getListApiKeysMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListApiKeys",
      requestType = io.s2s.sdk.v1.ListApiKeysRequest.class,
      responseType = io.s2s.sdk.v1.ListApiKeysResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListApiKeysRequest,
      io.s2s.sdk.v1.ListApiKeysResponse> getListApiKeysMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.ListApiKeysRequest, io.s2s.sdk.v1.ListApiKeysResponse> getListApiKeysMethod;
    if ((getListApiKeysMethod = ApiKeyServiceGrpc.getListApiKeysMethod) == null) {
      synchronized (ApiKeyServiceGrpc.class) {
        if ((getListApiKeysMethod = ApiKeyServiceGrpc.getListApiKeysMethod) == null) {
          ApiKeyServiceGrpc.getListApiKeysMethod = getListApiKeysMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.ListApiKeysRequest, io.s2s.sdk.v1.ListApiKeysResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListApiKeys"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListApiKeysRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.ListApiKeysResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ApiKeyServiceMethodDescriptorSupplier("ListApiKeys"))
              .build();
        }
      }
    }
    return getListApiKeysMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.RotateApiKeyRequest,
      io.s2s.sdk.v1.RotateApiKeyResponse> getRotateApiKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RotateApiKey",
      requestType = io.s2s.sdk.v1.RotateApiKeyRequest.class,
      responseType = io.s2s.sdk.v1.RotateApiKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.RotateApiKeyRequest,
      io.s2s.sdk.v1.RotateApiKeyResponse> getRotateApiKeyMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.RotateApiKeyRequest, io.s2s.sdk.v1.RotateApiKeyResponse> getRotateApiKeyMethod;
    if ((getRotateApiKeyMethod = ApiKeyServiceGrpc.getRotateApiKeyMethod) == null) {
      synchronized (ApiKeyServiceGrpc.class) {
        if ((getRotateApiKeyMethod = ApiKeyServiceGrpc.getRotateApiKeyMethod) == null) {
          ApiKeyServiceGrpc.getRotateApiKeyMethod = getRotateApiKeyMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.RotateApiKeyRequest, io.s2s.sdk.v1.RotateApiKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RotateApiKey"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.RotateApiKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.RotateApiKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ApiKeyServiceMethodDescriptorSupplier("RotateApiKey"))
              .build();
        }
      }
    }
    return getRotateApiKeyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.s2s.sdk.v1.RevokeApiKeyRequest,
      io.s2s.sdk.v1.RevokeApiKeyResponse> getRevokeApiKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RevokeApiKey",
      requestType = io.s2s.sdk.v1.RevokeApiKeyRequest.class,
      responseType = io.s2s.sdk.v1.RevokeApiKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.s2s.sdk.v1.RevokeApiKeyRequest,
      io.s2s.sdk.v1.RevokeApiKeyResponse> getRevokeApiKeyMethod() {
    io.grpc.MethodDescriptor<io.s2s.sdk.v1.RevokeApiKeyRequest, io.s2s.sdk.v1.RevokeApiKeyResponse> getRevokeApiKeyMethod;
    if ((getRevokeApiKeyMethod = ApiKeyServiceGrpc.getRevokeApiKeyMethod) == null) {
      synchronized (ApiKeyServiceGrpc.class) {
        if ((getRevokeApiKeyMethod = ApiKeyServiceGrpc.getRevokeApiKeyMethod) == null) {
          ApiKeyServiceGrpc.getRevokeApiKeyMethod = getRevokeApiKeyMethod =
              io.grpc.MethodDescriptor.<io.s2s.sdk.v1.RevokeApiKeyRequest, io.s2s.sdk.v1.RevokeApiKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RevokeApiKey"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.RevokeApiKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.s2s.sdk.v1.RevokeApiKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ApiKeyServiceMethodDescriptorSupplier("RevokeApiKey"))
              .build();
        }
      }
    }
    return getRevokeApiKeyMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ApiKeyServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ApiKeyServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ApiKeyServiceStub>() {
        @java.lang.Override
        public ApiKeyServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ApiKeyServiceStub(channel, callOptions);
        }
      };
    return ApiKeyServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ApiKeyServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ApiKeyServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ApiKeyServiceBlockingV2Stub>() {
        @java.lang.Override
        public ApiKeyServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ApiKeyServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ApiKeyServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ApiKeyServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ApiKeyServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ApiKeyServiceBlockingStub>() {
        @java.lang.Override
        public ApiKeyServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ApiKeyServiceBlockingStub(channel, callOptions);
        }
      };
    return ApiKeyServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ApiKeyServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ApiKeyServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ApiKeyServiceFutureStub>() {
        @java.lang.Override
        public ApiKeyServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ApiKeyServiceFutureStub(channel, callOptions);
        }
      };
    return ApiKeyServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Manages API keys. A caller sends the text of its key with every call, as
   * `authorization: Bearer` and the text. A key acts for one account and may do
   * only what its scopes allow.
   * A key with the scope `admin` manages the keys of all accounts. Any other key
   * manages only keys of its own account, and only those whose scopes it has
   * itself, so that no caller can gain more access than it was given.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Creates an API key and returns its text. The text is not stored and can't
     * be retrieved again. Needs the scope `write` or `admin`.
     * </pre>
     */
    default void createApiKey(io.s2s.sdk.v1.CreateApiKeyRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateApiKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateApiKeyMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns one API key, without its text. Needs the scope `read` or `admin`.
     * </pre>
     */
    default void getApiKey(io.s2s.sdk.v1.GetApiKeyRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetApiKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetApiKeyMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists an account's API keys, newest first. Needs the scope `read` or
     * `admin`.
     * </pre>
     */
    default void listApiKeys(io.s2s.sdk.v1.ListApiKeysRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListApiKeysResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListApiKeysMethod(), responseObserver);
    }

    /**
     * <pre>
     * Gives an API key a new text. The former texts stay valid for an overlap, so
     * that callers can be changed one by one. If the answer is lost, rotate again
     * with the same overlap: every former text then stays valid for as long as the
     * lost answer promised.
     * Needs the scope `write` or `admin`.
     * </pre>
     */
    default void rotateApiKey(io.s2s.sdk.v1.RotateApiKeyRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RotateApiKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRotateApiKeyMethod(), responseObserver);
    }

    /**
     * <pre>
     * Revokes an API key permanently, within a second on every server. Revoking a
     * revoked key changes nothing. Needs the scope `write` or `admin`.
     * </pre>
     */
    default void revokeApiKey(io.s2s.sdk.v1.RevokeApiKeyRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RevokeApiKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRevokeApiKeyMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ApiKeyService.
   * <pre>
   * Manages API keys. A caller sends the text of its key with every call, as
   * `authorization: Bearer` and the text. A key acts for one account and may do
   * only what its scopes allow.
   * A key with the scope `admin` manages the keys of all accounts. Any other key
   * manages only keys of its own account, and only those whose scopes it has
   * itself, so that no caller can gain more access than it was given.
   * </pre>
   */
  public static abstract class ApiKeyServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ApiKeyServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ApiKeyService.
   * <pre>
   * Manages API keys. A caller sends the text of its key with every call, as
   * `authorization: Bearer` and the text. A key acts for one account and may do
   * only what its scopes allow.
   * A key with the scope `admin` manages the keys of all accounts. Any other key
   * manages only keys of its own account, and only those whose scopes it has
   * itself, so that no caller can gain more access than it was given.
   * </pre>
   */
  public static final class ApiKeyServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ApiKeyServiceStub> {
    private ApiKeyServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ApiKeyServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ApiKeyServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates an API key and returns its text. The text is not stored and can't
     * be retrieved again. Needs the scope `write` or `admin`.
     * </pre>
     */
    public void createApiKey(io.s2s.sdk.v1.CreateApiKeyRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateApiKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateApiKeyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns one API key, without its text. Needs the scope `read` or `admin`.
     * </pre>
     */
    public void getApiKey(io.s2s.sdk.v1.GetApiKeyRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetApiKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetApiKeyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists an account's API keys, newest first. Needs the scope `read` or
     * `admin`.
     * </pre>
     */
    public void listApiKeys(io.s2s.sdk.v1.ListApiKeysRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListApiKeysResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListApiKeysMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Gives an API key a new text. The former texts stay valid for an overlap, so
     * that callers can be changed one by one. If the answer is lost, rotate again
     * with the same overlap: every former text then stays valid for as long as the
     * lost answer promised.
     * Needs the scope `write` or `admin`.
     * </pre>
     */
    public void rotateApiKey(io.s2s.sdk.v1.RotateApiKeyRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RotateApiKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRotateApiKeyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Revokes an API key permanently, within a second on every server. Revoking a
     * revoked key changes nothing. Needs the scope `write` or `admin`.
     * </pre>
     */
    public void revokeApiKey(io.s2s.sdk.v1.RevokeApiKeyRequest request,
        io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RevokeApiKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRevokeApiKeyMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ApiKeyService.
   * <pre>
   * Manages API keys. A caller sends the text of its key with every call, as
   * `authorization: Bearer` and the text. A key acts for one account and may do
   * only what its scopes allow.
   * A key with the scope `admin` manages the keys of all accounts. Any other key
   * manages only keys of its own account, and only those whose scopes it has
   * itself, so that no caller can gain more access than it was given.
   * </pre>
   */
  public static final class ApiKeyServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ApiKeyServiceBlockingV2Stub> {
    private ApiKeyServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ApiKeyServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ApiKeyServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates an API key and returns its text. The text is not stored and can't
     * be retrieved again. Needs the scope `write` or `admin`.
     * </pre>
     */
    public io.s2s.sdk.v1.CreateApiKeyResponse createApiKey(io.s2s.sdk.v1.CreateApiKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateApiKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one API key, without its text. Needs the scope `read` or `admin`.
     * </pre>
     */
    public io.s2s.sdk.v1.GetApiKeyResponse getApiKey(io.s2s.sdk.v1.GetApiKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetApiKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists an account's API keys, newest first. Needs the scope `read` or
     * `admin`.
     * </pre>
     */
    public io.s2s.sdk.v1.ListApiKeysResponse listApiKeys(io.s2s.sdk.v1.ListApiKeysRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListApiKeysMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives an API key a new text. The former texts stay valid for an overlap, so
     * that callers can be changed one by one. If the answer is lost, rotate again
     * with the same overlap: every former text then stays valid for as long as the
     * lost answer promised.
     * Needs the scope `write` or `admin`.
     * </pre>
     */
    public io.s2s.sdk.v1.RotateApiKeyResponse rotateApiKey(io.s2s.sdk.v1.RotateApiKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRotateApiKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Revokes an API key permanently, within a second on every server. Revoking a
     * revoked key changes nothing. Needs the scope `write` or `admin`.
     * </pre>
     */
    public io.s2s.sdk.v1.RevokeApiKeyResponse revokeApiKey(io.s2s.sdk.v1.RevokeApiKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRevokeApiKeyMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ApiKeyService.
   * <pre>
   * Manages API keys. A caller sends the text of its key with every call, as
   * `authorization: Bearer` and the text. A key acts for one account and may do
   * only what its scopes allow.
   * A key with the scope `admin` manages the keys of all accounts. Any other key
   * manages only keys of its own account, and only those whose scopes it has
   * itself, so that no caller can gain more access than it was given.
   * </pre>
   */
  public static final class ApiKeyServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ApiKeyServiceBlockingStub> {
    private ApiKeyServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ApiKeyServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ApiKeyServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates an API key and returns its text. The text is not stored and can't
     * be retrieved again. Needs the scope `write` or `admin`.
     * </pre>
     */
    public io.s2s.sdk.v1.CreateApiKeyResponse createApiKey(io.s2s.sdk.v1.CreateApiKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateApiKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one API key, without its text. Needs the scope `read` or `admin`.
     * </pre>
     */
    public io.s2s.sdk.v1.GetApiKeyResponse getApiKey(io.s2s.sdk.v1.GetApiKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetApiKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists an account's API keys, newest first. Needs the scope `read` or
     * `admin`.
     * </pre>
     */
    public io.s2s.sdk.v1.ListApiKeysResponse listApiKeys(io.s2s.sdk.v1.ListApiKeysRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListApiKeysMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives an API key a new text. The former texts stay valid for an overlap, so
     * that callers can be changed one by one. If the answer is lost, rotate again
     * with the same overlap: every former text then stays valid for as long as the
     * lost answer promised.
     * Needs the scope `write` or `admin`.
     * </pre>
     */
    public io.s2s.sdk.v1.RotateApiKeyResponse rotateApiKey(io.s2s.sdk.v1.RotateApiKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRotateApiKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Revokes an API key permanently, within a second on every server. Revoking a
     * revoked key changes nothing. Needs the scope `write` or `admin`.
     * </pre>
     */
    public io.s2s.sdk.v1.RevokeApiKeyResponse revokeApiKey(io.s2s.sdk.v1.RevokeApiKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRevokeApiKeyMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ApiKeyService.
   * <pre>
   * Manages API keys. A caller sends the text of its key with every call, as
   * `authorization: Bearer` and the text. A key acts for one account and may do
   * only what its scopes allow.
   * A key with the scope `admin` manages the keys of all accounts. Any other key
   * manages only keys of its own account, and only those whose scopes it has
   * itself, so that no caller can gain more access than it was given.
   * </pre>
   */
  public static final class ApiKeyServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ApiKeyServiceFutureStub> {
    private ApiKeyServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ApiKeyServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ApiKeyServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates an API key and returns its text. The text is not stored and can't
     * be retrieved again. Needs the scope `write` or `admin`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.CreateApiKeyResponse> createApiKey(
        io.s2s.sdk.v1.CreateApiKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateApiKeyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns one API key, without its text. Needs the scope `read` or `admin`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.GetApiKeyResponse> getApiKey(
        io.s2s.sdk.v1.GetApiKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetApiKeyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists an account's API keys, newest first. Needs the scope `read` or
     * `admin`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.ListApiKeysResponse> listApiKeys(
        io.s2s.sdk.v1.ListApiKeysRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListApiKeysMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Gives an API key a new text. The former texts stay valid for an overlap, so
     * that callers can be changed one by one. If the answer is lost, rotate again
     * with the same overlap: every former text then stays valid for as long as the
     * lost answer promised.
     * Needs the scope `write` or `admin`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.RotateApiKeyResponse> rotateApiKey(
        io.s2s.sdk.v1.RotateApiKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRotateApiKeyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Revokes an API key permanently, within a second on every server. Revoking a
     * revoked key changes nothing. Needs the scope `write` or `admin`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.s2s.sdk.v1.RevokeApiKeyResponse> revokeApiKey(
        io.s2s.sdk.v1.RevokeApiKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRevokeApiKeyMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_API_KEY = 0;
  private static final int METHODID_GET_API_KEY = 1;
  private static final int METHODID_LIST_API_KEYS = 2;
  private static final int METHODID_ROTATE_API_KEY = 3;
  private static final int METHODID_REVOKE_API_KEY = 4;

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
        case METHODID_CREATE_API_KEY:
          serviceImpl.createApiKey((io.s2s.sdk.v1.CreateApiKeyRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.CreateApiKeyResponse>) responseObserver);
          break;
        case METHODID_GET_API_KEY:
          serviceImpl.getApiKey((io.s2s.sdk.v1.GetApiKeyRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.GetApiKeyResponse>) responseObserver);
          break;
        case METHODID_LIST_API_KEYS:
          serviceImpl.listApiKeys((io.s2s.sdk.v1.ListApiKeysRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.ListApiKeysResponse>) responseObserver);
          break;
        case METHODID_ROTATE_API_KEY:
          serviceImpl.rotateApiKey((io.s2s.sdk.v1.RotateApiKeyRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RotateApiKeyResponse>) responseObserver);
          break;
        case METHODID_REVOKE_API_KEY:
          serviceImpl.revokeApiKey((io.s2s.sdk.v1.RevokeApiKeyRequest) request,
              (io.grpc.stub.StreamObserver<io.s2s.sdk.v1.RevokeApiKeyResponse>) responseObserver);
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
          getCreateApiKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.CreateApiKeyRequest,
              io.s2s.sdk.v1.CreateApiKeyResponse>(
                service, METHODID_CREATE_API_KEY)))
        .addMethod(
          getGetApiKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.GetApiKeyRequest,
              io.s2s.sdk.v1.GetApiKeyResponse>(
                service, METHODID_GET_API_KEY)))
        .addMethod(
          getListApiKeysMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.ListApiKeysRequest,
              io.s2s.sdk.v1.ListApiKeysResponse>(
                service, METHODID_LIST_API_KEYS)))
        .addMethod(
          getRotateApiKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.RotateApiKeyRequest,
              io.s2s.sdk.v1.RotateApiKeyResponse>(
                service, METHODID_ROTATE_API_KEY)))
        .addMethod(
          getRevokeApiKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.s2s.sdk.v1.RevokeApiKeyRequest,
              io.s2s.sdk.v1.RevokeApiKeyResponse>(
                service, METHODID_REVOKE_API_KEY)))
        .build();
  }

  private static abstract class ApiKeyServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ApiKeyServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.s2s.sdk.v1.ApiKeyServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ApiKeyService");
    }
  }

  private static final class ApiKeyServiceFileDescriptorSupplier
      extends ApiKeyServiceBaseDescriptorSupplier {
    ApiKeyServiceFileDescriptorSupplier() {}
  }

  private static final class ApiKeyServiceMethodDescriptorSupplier
      extends ApiKeyServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ApiKeyServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ApiKeyServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ApiKeyServiceFileDescriptorSupplier())
              .addMethod(getCreateApiKeyMethod())
              .addMethod(getGetApiKeyMethod())
              .addMethod(getListApiKeysMethod())
              .addMethod(getRotateApiKeyMethod())
              .addMethod(getRevokeApiKeyMethod())
              .build();
        }
      }
    }
    return result;
  }
}
