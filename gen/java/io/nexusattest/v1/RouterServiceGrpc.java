package io.nexusattest.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Carries decisions out. Served by routers, called by this server.
 * The contract: a router runs a decision_id at most once, whatever is asked of it and however often, and keeps its record of the run.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class RouterServiceGrpc {

  private RouterServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "nexus.attest.v1.RouterService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.DescribeAdapterRequest,
      io.nexusattest.v1.DescribeAdapterResponse> getDescribeAdapterMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DescribeAdapter",
      requestType = io.nexusattest.v1.DescribeAdapterRequest.class,
      responseType = io.nexusattest.v1.DescribeAdapterResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.DescribeAdapterRequest,
      io.nexusattest.v1.DescribeAdapterResponse> getDescribeAdapterMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.DescribeAdapterRequest, io.nexusattest.v1.DescribeAdapterResponse> getDescribeAdapterMethod;
    if ((getDescribeAdapterMethod = RouterServiceGrpc.getDescribeAdapterMethod) == null) {
      synchronized (RouterServiceGrpc.class) {
        if ((getDescribeAdapterMethod = RouterServiceGrpc.getDescribeAdapterMethod) == null) {
          RouterServiceGrpc.getDescribeAdapterMethod = getDescribeAdapterMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.DescribeAdapterRequest, io.nexusattest.v1.DescribeAdapterResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DescribeAdapter"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.DescribeAdapterRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.DescribeAdapterResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RouterServiceMethodDescriptorSupplier("DescribeAdapter"))
              .build();
        }
      }
    }
    return getDescribeAdapterMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.RunRequest,
      io.nexusattest.v1.RunResponse> getRunMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Run",
      requestType = io.nexusattest.v1.RunRequest.class,
      responseType = io.nexusattest.v1.RunResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.RunRequest,
      io.nexusattest.v1.RunResponse> getRunMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.RunRequest, io.nexusattest.v1.RunResponse> getRunMethod;
    if ((getRunMethod = RouterServiceGrpc.getRunMethod) == null) {
      synchronized (RouterServiceGrpc.class) {
        if ((getRunMethod = RouterServiceGrpc.getRunMethod) == null) {
          RouterServiceGrpc.getRunMethod = getRunMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.RunRequest, io.nexusattest.v1.RunResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Run"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.RunRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.RunResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RouterServiceMethodDescriptorSupplier("Run"))
              .build();
        }
      }
    }
    return getRunMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.GetRunRequest,
      io.nexusattest.v1.GetRunResponse> getGetRunMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetRun",
      requestType = io.nexusattest.v1.GetRunRequest.class,
      responseType = io.nexusattest.v1.GetRunResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.GetRunRequest,
      io.nexusattest.v1.GetRunResponse> getGetRunMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.GetRunRequest, io.nexusattest.v1.GetRunResponse> getGetRunMethod;
    if ((getGetRunMethod = RouterServiceGrpc.getGetRunMethod) == null) {
      synchronized (RouterServiceGrpc.class) {
        if ((getGetRunMethod = RouterServiceGrpc.getGetRunMethod) == null) {
          RouterServiceGrpc.getGetRunMethod = getGetRunMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.GetRunRequest, io.nexusattest.v1.GetRunResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetRun"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.GetRunRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.GetRunResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RouterServiceMethodDescriptorSupplier("GetRun"))
              .build();
        }
      }
    }
    return getGetRunMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static RouterServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RouterServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RouterServiceStub>() {
        @java.lang.Override
        public RouterServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RouterServiceStub(channel, callOptions);
        }
      };
    return RouterServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static RouterServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RouterServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RouterServiceBlockingV2Stub>() {
        @java.lang.Override
        public RouterServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RouterServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return RouterServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static RouterServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RouterServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RouterServiceBlockingStub>() {
        @java.lang.Override
        public RouterServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RouterServiceBlockingStub(channel, callOptions);
        }
      };
    return RouterServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static RouterServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RouterServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RouterServiceFutureStub>() {
        @java.lang.Override
        public RouterServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RouterServiceFutureStub(channel, callOptions);
        }
      };
    return RouterServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Carries decisions out. Served by routers, called by this server.
   * The contract: a router runs a decision_id at most once, whatever is asked of it and however often, and keeps its record of the run.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * What an adapter can do. An adapter that is not this router's: NOT_FOUND.
     * </pre>
     */
    default void describeAdapter(io.nexusattest.v1.DescribeAdapterRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.DescribeAdapterResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDescribeAdapterMethod(), responseObserver);
    }

    /**
     * <pre>
     * Carries a decision out. The first message is `accepted`, the last one `finished`. Asked again for the same decision_id with the same request, it joins
     * the run there is; with another request it answers FAILED_PRECONDITION. The deadline of the call is the run's: a router ends a run that takes longer.
     * A call that ends in any other way (the caller crashed, shut down or cancelled it; most libraries show no difference) leaves the run going.
     * </pre>
     */
    default void run(io.nexusattest.v1.RunRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.RunResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRunMethod(), responseObserver);
    }

    /**
     * <pre>
     * What became of a decision's run. Unknown: NOT_FOUND, or with `fence` a run in state NOT_STARTED.
     * </pre>
     */
    default void getRun(io.nexusattest.v1.GetRunRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.GetRunResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetRunMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service RouterService.
   * <pre>
   * Carries decisions out. Served by routers, called by this server.
   * The contract: a router runs a decision_id at most once, whatever is asked of it and however often, and keeps its record of the run.
   * </pre>
   */
  public static abstract class RouterServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return RouterServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service RouterService.
   * <pre>
   * Carries decisions out. Served by routers, called by this server.
   * The contract: a router runs a decision_id at most once, whatever is asked of it and however often, and keeps its record of the run.
   * </pre>
   */
  public static final class RouterServiceStub
      extends io.grpc.stub.AbstractAsyncStub<RouterServiceStub> {
    private RouterServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RouterServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RouterServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * What an adapter can do. An adapter that is not this router's: NOT_FOUND.
     * </pre>
     */
    public void describeAdapter(io.nexusattest.v1.DescribeAdapterRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.DescribeAdapterResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDescribeAdapterMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Carries a decision out. The first message is `accepted`, the last one `finished`. Asked again for the same decision_id with the same request, it joins
     * the run there is; with another request it answers FAILED_PRECONDITION. The deadline of the call is the run's: a router ends a run that takes longer.
     * A call that ends in any other way (the caller crashed, shut down or cancelled it; most libraries show no difference) leaves the run going.
     * </pre>
     */
    public void run(io.nexusattest.v1.RunRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.RunResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getRunMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * What became of a decision's run. Unknown: NOT_FOUND, or with `fence` a run in state NOT_STARTED.
     * </pre>
     */
    public void getRun(io.nexusattest.v1.GetRunRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.GetRunResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetRunMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service RouterService.
   * <pre>
   * Carries decisions out. Served by routers, called by this server.
   * The contract: a router runs a decision_id at most once, whatever is asked of it and however often, and keeps its record of the run.
   * </pre>
   */
  public static final class RouterServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<RouterServiceBlockingV2Stub> {
    private RouterServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RouterServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RouterServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * What an adapter can do. An adapter that is not this router's: NOT_FOUND.
     * </pre>
     */
    public io.nexusattest.v1.DescribeAdapterResponse describeAdapter(io.nexusattest.v1.DescribeAdapterRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDescribeAdapterMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Carries a decision out. The first message is `accepted`, the last one `finished`. Asked again for the same decision_id with the same request, it joins
     * the run there is; with another request it answers FAILED_PRECONDITION. The deadline of the call is the run's: a router ends a run that takes longer.
     * A call that ends in any other way (the caller crashed, shut down or cancelled it; most libraries show no difference) leaves the run going.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.nexusattest.v1.RunResponse>
        run(io.nexusattest.v1.RunRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getRunMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * What became of a decision's run. Unknown: NOT_FOUND, or with `fence` a run in state NOT_STARTED.
     * </pre>
     */
    public io.nexusattest.v1.GetRunResponse getRun(io.nexusattest.v1.GetRunRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetRunMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service RouterService.
   * <pre>
   * Carries decisions out. Served by routers, called by this server.
   * The contract: a router runs a decision_id at most once, whatever is asked of it and however often, and keeps its record of the run.
   * </pre>
   */
  public static final class RouterServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<RouterServiceBlockingStub> {
    private RouterServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RouterServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RouterServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * What an adapter can do. An adapter that is not this router's: NOT_FOUND.
     * </pre>
     */
    public io.nexusattest.v1.DescribeAdapterResponse describeAdapter(io.nexusattest.v1.DescribeAdapterRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDescribeAdapterMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Carries a decision out. The first message is `accepted`, the last one `finished`. Asked again for the same decision_id with the same request, it joins
     * the run there is; with another request it answers FAILED_PRECONDITION. The deadline of the call is the run's: a router ends a run that takes longer.
     * A call that ends in any other way (the caller crashed, shut down or cancelled it; most libraries show no difference) leaves the run going.
     * </pre>
     */
    public java.util.Iterator<io.nexusattest.v1.RunResponse> run(
        io.nexusattest.v1.RunRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getRunMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * What became of a decision's run. Unknown: NOT_FOUND, or with `fence` a run in state NOT_STARTED.
     * </pre>
     */
    public io.nexusattest.v1.GetRunResponse getRun(io.nexusattest.v1.GetRunRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetRunMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service RouterService.
   * <pre>
   * Carries decisions out. Served by routers, called by this server.
   * The contract: a router runs a decision_id at most once, whatever is asked of it and however often, and keeps its record of the run.
   * </pre>
   */
  public static final class RouterServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<RouterServiceFutureStub> {
    private RouterServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RouterServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RouterServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * What an adapter can do. An adapter that is not this router's: NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.DescribeAdapterResponse> describeAdapter(
        io.nexusattest.v1.DescribeAdapterRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDescribeAdapterMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * What became of a decision's run. Unknown: NOT_FOUND, or with `fence` a run in state NOT_STARTED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.GetRunResponse> getRun(
        io.nexusattest.v1.GetRunRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetRunMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_DESCRIBE_ADAPTER = 0;
  private static final int METHODID_RUN = 1;
  private static final int METHODID_GET_RUN = 2;

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
        case METHODID_DESCRIBE_ADAPTER:
          serviceImpl.describeAdapter((io.nexusattest.v1.DescribeAdapterRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.DescribeAdapterResponse>) responseObserver);
          break;
        case METHODID_RUN:
          serviceImpl.run((io.nexusattest.v1.RunRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.RunResponse>) responseObserver);
          break;
        case METHODID_GET_RUN:
          serviceImpl.getRun((io.nexusattest.v1.GetRunRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.GetRunResponse>) responseObserver);
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
          getDescribeAdapterMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.DescribeAdapterRequest,
              io.nexusattest.v1.DescribeAdapterResponse>(
                service, METHODID_DESCRIBE_ADAPTER)))
        .addMethod(
          getRunMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.nexusattest.v1.RunRequest,
              io.nexusattest.v1.RunResponse>(
                service, METHODID_RUN)))
        .addMethod(
          getGetRunMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.GetRunRequest,
              io.nexusattest.v1.GetRunResponse>(
                service, METHODID_GET_RUN)))
        .build();
  }

  private static abstract class RouterServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    RouterServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.nexusattest.v1.RouterServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("RouterService");
    }
  }

  private static final class RouterServiceFileDescriptorSupplier
      extends RouterServiceBaseDescriptorSupplier {
    RouterServiceFileDescriptorSupplier() {}
  }

  private static final class RouterServiceMethodDescriptorSupplier
      extends RouterServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    RouterServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (RouterServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new RouterServiceFileDescriptorSupplier())
              .addMethod(getDescribeAdapterMethod())
              .addMethod(getRunMethod())
              .addMethod(getGetRunMethod())
              .build();
        }
      }
    }
    return result;
  }
}
