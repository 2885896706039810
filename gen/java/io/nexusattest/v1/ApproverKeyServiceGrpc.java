package io.nexusattest.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * The registry of the keys by which approvers sign; docs/signed-approvals.md says how it is used.
 * Keys are enrolled by whoever has the role of key administrator, or where no roles are configured by the administrators whom the configuration names; by nobody else.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ApproverKeyServiceGrpc {

  private ApproverKeyServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "nexus.attest.v1.ApproverKeyService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.EnrollApproverKeyRequest,
      io.nexusattest.v1.EnrollApproverKeyResponse> getEnrollApproverKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "EnrollApproverKey",
      requestType = io.nexusattest.v1.EnrollApproverKeyRequest.class,
      responseType = io.nexusattest.v1.EnrollApproverKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.EnrollApproverKeyRequest,
      io.nexusattest.v1.EnrollApproverKeyResponse> getEnrollApproverKeyMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.EnrollApproverKeyRequest, io.nexusattest.v1.EnrollApproverKeyResponse> getEnrollApproverKeyMethod;
    if ((getEnrollApproverKeyMethod = ApproverKeyServiceGrpc.getEnrollApproverKeyMethod) == null) {
      synchronized (ApproverKeyServiceGrpc.class) {
        if ((getEnrollApproverKeyMethod = ApproverKeyServiceGrpc.getEnrollApproverKeyMethod) == null) {
          ApproverKeyServiceGrpc.getEnrollApproverKeyMethod = getEnrollApproverKeyMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.EnrollApproverKeyRequest, io.nexusattest.v1.EnrollApproverKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "EnrollApproverKey"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.EnrollApproverKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.EnrollApproverKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ApproverKeyServiceMethodDescriptorSupplier("EnrollApproverKey"))
              .build();
        }
      }
    }
    return getEnrollApproverKeyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.RevokeApproverKeyRequest,
      io.nexusattest.v1.RevokeApproverKeyResponse> getRevokeApproverKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RevokeApproverKey",
      requestType = io.nexusattest.v1.RevokeApproverKeyRequest.class,
      responseType = io.nexusattest.v1.RevokeApproverKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.RevokeApproverKeyRequest,
      io.nexusattest.v1.RevokeApproverKeyResponse> getRevokeApproverKeyMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.RevokeApproverKeyRequest, io.nexusattest.v1.RevokeApproverKeyResponse> getRevokeApproverKeyMethod;
    if ((getRevokeApproverKeyMethod = ApproverKeyServiceGrpc.getRevokeApproverKeyMethod) == null) {
      synchronized (ApproverKeyServiceGrpc.class) {
        if ((getRevokeApproverKeyMethod = ApproverKeyServiceGrpc.getRevokeApproverKeyMethod) == null) {
          ApproverKeyServiceGrpc.getRevokeApproverKeyMethod = getRevokeApproverKeyMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.RevokeApproverKeyRequest, io.nexusattest.v1.RevokeApproverKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RevokeApproverKey"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.RevokeApproverKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.RevokeApproverKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ApproverKeyServiceMethodDescriptorSupplier("RevokeApproverKey"))
              .build();
        }
      }
    }
    return getRevokeApproverKeyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.GetApproverKeyRequest,
      io.nexusattest.v1.GetApproverKeyResponse> getGetApproverKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetApproverKey",
      requestType = io.nexusattest.v1.GetApproverKeyRequest.class,
      responseType = io.nexusattest.v1.GetApproverKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.GetApproverKeyRequest,
      io.nexusattest.v1.GetApproverKeyResponse> getGetApproverKeyMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.GetApproverKeyRequest, io.nexusattest.v1.GetApproverKeyResponse> getGetApproverKeyMethod;
    if ((getGetApproverKeyMethod = ApproverKeyServiceGrpc.getGetApproverKeyMethod) == null) {
      synchronized (ApproverKeyServiceGrpc.class) {
        if ((getGetApproverKeyMethod = ApproverKeyServiceGrpc.getGetApproverKeyMethod) == null) {
          ApproverKeyServiceGrpc.getGetApproverKeyMethod = getGetApproverKeyMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.GetApproverKeyRequest, io.nexusattest.v1.GetApproverKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetApproverKey"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.GetApproverKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.GetApproverKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ApproverKeyServiceMethodDescriptorSupplier("GetApproverKey"))
              .build();
        }
      }
    }
    return getGetApproverKeyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.ListApproverKeysRequest,
      io.nexusattest.v1.ListApproverKeysResponse> getListApproverKeysMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListApproverKeys",
      requestType = io.nexusattest.v1.ListApproverKeysRequest.class,
      responseType = io.nexusattest.v1.ListApproverKeysResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.ListApproverKeysRequest,
      io.nexusattest.v1.ListApproverKeysResponse> getListApproverKeysMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.ListApproverKeysRequest, io.nexusattest.v1.ListApproverKeysResponse> getListApproverKeysMethod;
    if ((getListApproverKeysMethod = ApproverKeyServiceGrpc.getListApproverKeysMethod) == null) {
      synchronized (ApproverKeyServiceGrpc.class) {
        if ((getListApproverKeysMethod = ApproverKeyServiceGrpc.getListApproverKeysMethod) == null) {
          ApproverKeyServiceGrpc.getListApproverKeysMethod = getListApproverKeysMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.ListApproverKeysRequest, io.nexusattest.v1.ListApproverKeysResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListApproverKeys"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ListApproverKeysRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ListApproverKeysResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ApproverKeyServiceMethodDescriptorSupplier("ListApproverKeys"))
              .build();
        }
      }
    }
    return getListApproverKeysMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ApproverKeyServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ApproverKeyServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ApproverKeyServiceStub>() {
        @java.lang.Override
        public ApproverKeyServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ApproverKeyServiceStub(channel, callOptions);
        }
      };
    return ApproverKeyServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ApproverKeyServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ApproverKeyServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ApproverKeyServiceBlockingV2Stub>() {
        @java.lang.Override
        public ApproverKeyServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ApproverKeyServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ApproverKeyServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ApproverKeyServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ApproverKeyServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ApproverKeyServiceBlockingStub>() {
        @java.lang.Override
        public ApproverKeyServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ApproverKeyServiceBlockingStub(channel, callOptions);
        }
      };
    return ApproverKeyServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ApproverKeyServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ApproverKeyServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ApproverKeyServiceFutureStub>() {
        @java.lang.Override
        public ApproverKeyServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ApproverKeyServiceFutureStub(channel, callOptions);
        }
      };
    return ApproverKeyServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * The registry of the keys by which approvers sign; docs/signed-approvals.md says how it is used.
   * Keys are enrolled by whoever has the role of key administrator, or where no roles are configured by the administrators whom the configuration names; by nobody else.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Makes a key an approver's own, for ever. Only an administrator may: NOT_AN_ADMINISTRATOR.
     * </pre>
     */
    default void enrollApproverKey(io.nexusattest.v1.EnrollApproverKeyRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.EnrollApproverKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getEnrollApproverKeyMethod(), responseObserver);
    }

    /**
     * <pre>
     * Ends a key, for ever: approvals signed by it no longer count at any gate. An administrator may, and the approver whose key it is.
     * </pre>
     */
    default void revokeApproverKey(io.nexusattest.v1.RevokeApproverKeyRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.RevokeApproverKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRevokeApproverKeyMethod(), responseObserver);
    }

    /**
     * <pre>
     * One key by its id.
     * </pre>
     */
    default void getApproverKey(io.nexusattest.v1.GetApproverKeyRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.GetApproverKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetApproverKeyMethod(), responseObserver);
    }

    /**
     * <pre>
     * The keys in the order in which they were enrolled, revoked ones included.
     * </pre>
     */
    default void listApproverKeys(io.nexusattest.v1.ListApproverKeysRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ListApproverKeysResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListApproverKeysMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ApproverKeyService.
   * <pre>
   * The registry of the keys by which approvers sign; docs/signed-approvals.md says how it is used.
   * Keys are enrolled by whoever has the role of key administrator, or where no roles are configured by the administrators whom the configuration names; by nobody else.
   * </pre>
   */
  public static abstract class ApproverKeyServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ApproverKeyServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ApproverKeyService.
   * <pre>
   * The registry of the keys by which approvers sign; docs/signed-approvals.md says how it is used.
   * Keys are enrolled by whoever has the role of key administrator, or where no roles are configured by the administrators whom the configuration names; by nobody else.
   * </pre>
   */
  public static final class ApproverKeyServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ApproverKeyServiceStub> {
    private ApproverKeyServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ApproverKeyServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ApproverKeyServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a key an approver's own, for ever. Only an administrator may: NOT_AN_ADMINISTRATOR.
     * </pre>
     */
    public void enrollApproverKey(io.nexusattest.v1.EnrollApproverKeyRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.EnrollApproverKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getEnrollApproverKeyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Ends a key, for ever: approvals signed by it no longer count at any gate. An administrator may, and the approver whose key it is.
     * </pre>
     */
    public void revokeApproverKey(io.nexusattest.v1.RevokeApproverKeyRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.RevokeApproverKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRevokeApproverKeyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * One key by its id.
     * </pre>
     */
    public void getApproverKey(io.nexusattest.v1.GetApproverKeyRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.GetApproverKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetApproverKeyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * The keys in the order in which they were enrolled, revoked ones included.
     * </pre>
     */
    public void listApproverKeys(io.nexusattest.v1.ListApproverKeysRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ListApproverKeysResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListApproverKeysMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ApproverKeyService.
   * <pre>
   * The registry of the keys by which approvers sign; docs/signed-approvals.md says how it is used.
   * Keys are enrolled by whoever has the role of key administrator, or where no roles are configured by the administrators whom the configuration names; by nobody else.
   * </pre>
   */
  public static final class ApproverKeyServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ApproverKeyServiceBlockingV2Stub> {
    private ApproverKeyServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ApproverKeyServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ApproverKeyServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a key an approver's own, for ever. Only an administrator may: NOT_AN_ADMINISTRATOR.
     * </pre>
     */
    public io.nexusattest.v1.EnrollApproverKeyResponse enrollApproverKey(io.nexusattest.v1.EnrollApproverKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getEnrollApproverKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends a key, for ever: approvals signed by it no longer count at any gate. An administrator may, and the approver whose key it is.
     * </pre>
     */
    public io.nexusattest.v1.RevokeApproverKeyResponse revokeApproverKey(io.nexusattest.v1.RevokeApproverKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRevokeApproverKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * One key by its id.
     * </pre>
     */
    public io.nexusattest.v1.GetApproverKeyResponse getApproverKey(io.nexusattest.v1.GetApproverKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetApproverKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The keys in the order in which they were enrolled, revoked ones included.
     * </pre>
     */
    public io.nexusattest.v1.ListApproverKeysResponse listApproverKeys(io.nexusattest.v1.ListApproverKeysRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListApproverKeysMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ApproverKeyService.
   * <pre>
   * The registry of the keys by which approvers sign; docs/signed-approvals.md says how it is used.
   * Keys are enrolled by whoever has the role of key administrator, or where no roles are configured by the administrators whom the configuration names; by nobody else.
   * </pre>
   */
  public static final class ApproverKeyServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ApproverKeyServiceBlockingStub> {
    private ApproverKeyServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ApproverKeyServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ApproverKeyServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a key an approver's own, for ever. Only an administrator may: NOT_AN_ADMINISTRATOR.
     * </pre>
     */
    public io.nexusattest.v1.EnrollApproverKeyResponse enrollApproverKey(io.nexusattest.v1.EnrollApproverKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getEnrollApproverKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends a key, for ever: approvals signed by it no longer count at any gate. An administrator may, and the approver whose key it is.
     * </pre>
     */
    public io.nexusattest.v1.RevokeApproverKeyResponse revokeApproverKey(io.nexusattest.v1.RevokeApproverKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRevokeApproverKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * One key by its id.
     * </pre>
     */
    public io.nexusattest.v1.GetApproverKeyResponse getApproverKey(io.nexusattest.v1.GetApproverKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetApproverKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The keys in the order in which they were enrolled, revoked ones included.
     * </pre>
     */
    public io.nexusattest.v1.ListApproverKeysResponse listApproverKeys(io.nexusattest.v1.ListApproverKeysRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListApproverKeysMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ApproverKeyService.
   * <pre>
   * The registry of the keys by which approvers sign; docs/signed-approvals.md says how it is used.
   * Keys are enrolled by whoever has the role of key administrator, or where no roles are configured by the administrators whom the configuration names; by nobody else.
   * </pre>
   */
  public static final class ApproverKeyServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ApproverKeyServiceFutureStub> {
    private ApproverKeyServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ApproverKeyServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ApproverKeyServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes a key an approver's own, for ever. Only an administrator may: NOT_AN_ADMINISTRATOR.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.EnrollApproverKeyResponse> enrollApproverKey(
        io.nexusattest.v1.EnrollApproverKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getEnrollApproverKeyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Ends a key, for ever: approvals signed by it no longer count at any gate. An administrator may, and the approver whose key it is.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.RevokeApproverKeyResponse> revokeApproverKey(
        io.nexusattest.v1.RevokeApproverKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRevokeApproverKeyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * One key by its id.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.GetApproverKeyResponse> getApproverKey(
        io.nexusattest.v1.GetApproverKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetApproverKeyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * The keys in the order in which they were enrolled, revoked ones included.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.ListApproverKeysResponse> listApproverKeys(
        io.nexusattest.v1.ListApproverKeysRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListApproverKeysMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_ENROLL_APPROVER_KEY = 0;
  private static final int METHODID_REVOKE_APPROVER_KEY = 1;
  private static final int METHODID_GET_APPROVER_KEY = 2;
  private static final int METHODID_LIST_APPROVER_KEYS = 3;

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
        case METHODID_ENROLL_APPROVER_KEY:
          serviceImpl.enrollApproverKey((io.nexusattest.v1.EnrollApproverKeyRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.EnrollApproverKeyResponse>) responseObserver);
          break;
        case METHODID_REVOKE_APPROVER_KEY:
          serviceImpl.revokeApproverKey((io.nexusattest.v1.RevokeApproverKeyRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.RevokeApproverKeyResponse>) responseObserver);
          break;
        case METHODID_GET_APPROVER_KEY:
          serviceImpl.getApproverKey((io.nexusattest.v1.GetApproverKeyRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.GetApproverKeyResponse>) responseObserver);
          break;
        case METHODID_LIST_APPROVER_KEYS:
          serviceImpl.listApproverKeys((io.nexusattest.v1.ListApproverKeysRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.ListApproverKeysResponse>) responseObserver);
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
          getEnrollApproverKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.EnrollApproverKeyRequest,
              io.nexusattest.v1.EnrollApproverKeyResponse>(
                service, METHODID_ENROLL_APPROVER_KEY)))
        .addMethod(
          getRevokeApproverKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.RevokeApproverKeyRequest,
              io.nexusattest.v1.RevokeApproverKeyResponse>(
                service, METHODID_REVOKE_APPROVER_KEY)))
        .addMethod(
          getGetApproverKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.GetApproverKeyRequest,
              io.nexusattest.v1.GetApproverKeyResponse>(
                service, METHODID_GET_APPROVER_KEY)))
        .addMethod(
          getListApproverKeysMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.ListApproverKeysRequest,
              io.nexusattest.v1.ListApproverKeysResponse>(
                service, METHODID_LIST_APPROVER_KEYS)))
        .build();
  }

  private static abstract class ApproverKeyServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ApproverKeyServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.nexusattest.v1.ApproverKeyServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ApproverKeyService");
    }
  }

  private static final class ApproverKeyServiceFileDescriptorSupplier
      extends ApproverKeyServiceBaseDescriptorSupplier {
    ApproverKeyServiceFileDescriptorSupplier() {}
  }

  private static final class ApproverKeyServiceMethodDescriptorSupplier
      extends ApproverKeyServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ApproverKeyServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ApproverKeyServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ApproverKeyServiceFileDescriptorSupplier())
              .addMethod(getEnrollApproverKeyMethod())
              .addMethod(getRevokeApproverKeyMethod())
              .addMethod(getGetApproverKeyMethod())
              .addMethod(getListApproverKeysMethod())
              .build();
        }
      }
    }
    return result;
  }
}
