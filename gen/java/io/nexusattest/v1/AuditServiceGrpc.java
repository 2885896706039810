package io.nexusattest.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Evidence: audit packages of executed decisions, and bundles of any decision.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class AuditServiceGrpc {

  private AuditServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "nexus.attest.v1.AuditService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.ExportAuditPackageRequest,
      io.nexusattest.v1.ExportAuditPackageResponse> getExportAuditPackageMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExportAuditPackage",
      requestType = io.nexusattest.v1.ExportAuditPackageRequest.class,
      responseType = io.nexusattest.v1.ExportAuditPackageResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.ExportAuditPackageRequest,
      io.nexusattest.v1.ExportAuditPackageResponse> getExportAuditPackageMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.ExportAuditPackageRequest, io.nexusattest.v1.ExportAuditPackageResponse> getExportAuditPackageMethod;
    if ((getExportAuditPackageMethod = AuditServiceGrpc.getExportAuditPackageMethod) == null) {
      synchronized (AuditServiceGrpc.class) {
        if ((getExportAuditPackageMethod = AuditServiceGrpc.getExportAuditPackageMethod) == null) {
          AuditServiceGrpc.getExportAuditPackageMethod = getExportAuditPackageMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.ExportAuditPackageRequest, io.nexusattest.v1.ExportAuditPackageResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExportAuditPackage"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ExportAuditPackageRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ExportAuditPackageResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuditServiceMethodDescriptorSupplier("ExportAuditPackage"))
              .build();
        }
      }
    }
    return getExportAuditPackageMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.VerifyAuditPackageRequest,
      io.nexusattest.v1.VerifyAuditPackageResponse> getVerifyAuditPackageMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "VerifyAuditPackage",
      requestType = io.nexusattest.v1.VerifyAuditPackageRequest.class,
      responseType = io.nexusattest.v1.VerifyAuditPackageResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.VerifyAuditPackageRequest,
      io.nexusattest.v1.VerifyAuditPackageResponse> getVerifyAuditPackageMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.VerifyAuditPackageRequest, io.nexusattest.v1.VerifyAuditPackageResponse> getVerifyAuditPackageMethod;
    if ((getVerifyAuditPackageMethod = AuditServiceGrpc.getVerifyAuditPackageMethod) == null) {
      synchronized (AuditServiceGrpc.class) {
        if ((getVerifyAuditPackageMethod = AuditServiceGrpc.getVerifyAuditPackageMethod) == null) {
          AuditServiceGrpc.getVerifyAuditPackageMethod = getVerifyAuditPackageMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.VerifyAuditPackageRequest, io.nexusattest.v1.VerifyAuditPackageResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "VerifyAuditPackage"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.VerifyAuditPackageRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.VerifyAuditPackageResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuditServiceMethodDescriptorSupplier("VerifyAuditPackage"))
              .build();
        }
      }
    }
    return getVerifyAuditPackageMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.ExportBundleRequest,
      io.nexusattest.v1.ExportBundleResponse> getExportBundleMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExportBundle",
      requestType = io.nexusattest.v1.ExportBundleRequest.class,
      responseType = io.nexusattest.v1.ExportBundleResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.ExportBundleRequest,
      io.nexusattest.v1.ExportBundleResponse> getExportBundleMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.ExportBundleRequest, io.nexusattest.v1.ExportBundleResponse> getExportBundleMethod;
    if ((getExportBundleMethod = AuditServiceGrpc.getExportBundleMethod) == null) {
      synchronized (AuditServiceGrpc.class) {
        if ((getExportBundleMethod = AuditServiceGrpc.getExportBundleMethod) == null) {
          AuditServiceGrpc.getExportBundleMethod = getExportBundleMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.ExportBundleRequest, io.nexusattest.v1.ExportBundleResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExportBundle"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ExportBundleRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ExportBundleResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuditServiceMethodDescriptorSupplier("ExportBundle"))
              .build();
        }
      }
    }
    return getExportBundleMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.VerifyBundleRequest,
      io.nexusattest.v1.VerifyBundleResponse> getVerifyBundleMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "VerifyBundle",
      requestType = io.nexusattest.v1.VerifyBundleRequest.class,
      responseType = io.nexusattest.v1.VerifyBundleResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.VerifyBundleRequest,
      io.nexusattest.v1.VerifyBundleResponse> getVerifyBundleMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.VerifyBundleRequest, io.nexusattest.v1.VerifyBundleResponse> getVerifyBundleMethod;
    if ((getVerifyBundleMethod = AuditServiceGrpc.getVerifyBundleMethod) == null) {
      synchronized (AuditServiceGrpc.class) {
        if ((getVerifyBundleMethod = AuditServiceGrpc.getVerifyBundleMethod) == null) {
          AuditServiceGrpc.getVerifyBundleMethod = getVerifyBundleMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.VerifyBundleRequest, io.nexusattest.v1.VerifyBundleResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "VerifyBundle"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.VerifyBundleRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.VerifyBundleResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuditServiceMethodDescriptorSupplier("VerifyBundle"))
              .build();
        }
      }
    }
    return getVerifyBundleMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.ImportBundleRequest,
      io.nexusattest.v1.ImportBundleResponse> getImportBundleMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ImportBundle",
      requestType = io.nexusattest.v1.ImportBundleRequest.class,
      responseType = io.nexusattest.v1.ImportBundleResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.ImportBundleRequest,
      io.nexusattest.v1.ImportBundleResponse> getImportBundleMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.ImportBundleRequest, io.nexusattest.v1.ImportBundleResponse> getImportBundleMethod;
    if ((getImportBundleMethod = AuditServiceGrpc.getImportBundleMethod) == null) {
      synchronized (AuditServiceGrpc.class) {
        if ((getImportBundleMethod = AuditServiceGrpc.getImportBundleMethod) == null) {
          AuditServiceGrpc.getImportBundleMethod = getImportBundleMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.ImportBundleRequest, io.nexusattest.v1.ImportBundleResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ImportBundle"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ImportBundleRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ImportBundleResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuditServiceMethodDescriptorSupplier("ImportBundle"))
              .build();
        }
      }
    }
    return getImportBundleMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.ListServerKeysRequest,
      io.nexusattest.v1.ListServerKeysResponse> getListServerKeysMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListServerKeys",
      requestType = io.nexusattest.v1.ListServerKeysRequest.class,
      responseType = io.nexusattest.v1.ListServerKeysResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.ListServerKeysRequest,
      io.nexusattest.v1.ListServerKeysResponse> getListServerKeysMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.ListServerKeysRequest, io.nexusattest.v1.ListServerKeysResponse> getListServerKeysMethod;
    if ((getListServerKeysMethod = AuditServiceGrpc.getListServerKeysMethod) == null) {
      synchronized (AuditServiceGrpc.class) {
        if ((getListServerKeysMethod = AuditServiceGrpc.getListServerKeysMethod) == null) {
          AuditServiceGrpc.getListServerKeysMethod = getListServerKeysMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.ListServerKeysRequest, io.nexusattest.v1.ListServerKeysResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListServerKeys"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ListServerKeysRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ListServerKeysResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuditServiceMethodDescriptorSupplier("ListServerKeys"))
              .build();
        }
      }
    }
    return getListServerKeysMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static AuditServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuditServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuditServiceStub>() {
        @java.lang.Override
        public AuditServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuditServiceStub(channel, callOptions);
        }
      };
    return AuditServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static AuditServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuditServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuditServiceBlockingV2Stub>() {
        @java.lang.Override
        public AuditServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuditServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return AuditServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static AuditServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuditServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuditServiceBlockingStub>() {
        @java.lang.Override
        public AuditServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuditServiceBlockingStub(channel, callOptions);
        }
      };
    return AuditServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static AuditServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuditServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuditServiceFutureStub>() {
        @java.lang.Override
        public AuditServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuditServiceFutureStub(channel, callOptions);
        }
      };
    return AuditServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Evidence: audit packages of executed decisions, and bundles of any decision.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * The audit package of a decision that was run. Without a run: NO_RUN.
     * </pre>
     */
    default void exportAuditPackage(io.nexusattest.v1.ExportAuditPackageRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ExportAuditPackageResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExportAuditPackageMethod(), responseObserver);
    }

    /**
     * <pre>
     * Checks a package. A bad package is a report, not an error; a trust policy that is not as it must be is INVALID_REQUEST.
     * </pre>
     */
    default void verifyAuditPackage(io.nexusattest.v1.VerifyAuditPackageRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.VerifyAuditPackageResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getVerifyAuditPackageMethod(), responseObserver);
    }

    /**
     * <pre>
     * The control bundle of any decision in any state.
     * </pre>
     */
    default void exportBundle(io.nexusattest.v1.ExportBundleRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ExportBundleResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExportBundleMethod(), responseObserver);
    }

    /**
     * <pre>
     * Checks a bundle. A bad bundle is a report, not an error; a trust policy that is not as it must be is INVALID_REQUEST.
     * </pre>
     */
    default void verifyBundle(io.nexusattest.v1.VerifyBundleRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.VerifyBundleResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getVerifyBundleMethod(), responseObserver);
    }

    /**
     * <pre>
     * Takes a control bundle in as foreign evidence, whole or not at all: it can be read, watched, exported and verified through ImportedDecisionService, and never
     * executed. No decision of this server is touched, whatever the bundle says. Everything is checked before anything is written: BUNDLE_INVALID. Once writing has
     * begun, it is finished though the caller leaves; what a crash cuts short stays invisible, and the same call finishes it.
     * </pre>
     */
    default void importBundle(io.nexusattest.v1.ImportBundleRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ImportBundleResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getImportBundleMethod(), responseObserver);
    }

    /**
     * <pre>
     * The public keys of the server that answers: the one it signs with, and those it signed with before. Where several servers share a store, each has its own.
     * NEVER PUT WHAT THIS ANSWERS INTO A TRUST POLICY UNCHECKED. Whoever can forge a package can stand in for a server and answer with a key of their own. Trust comes
     * another way: from whoever runs the server, who reads the key on its own machine (`nexus-attest keys export`). This is for comparing, and for finding out by
     * which key something was signed.
     * </pre>
     */
    default void listServerKeys(io.nexusattest.v1.ListServerKeysRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ListServerKeysResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListServerKeysMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service AuditService.
   * <pre>
   * Evidence: audit packages of executed decisions, and bundles of any decision.
   * </pre>
   */
  public static abstract class AuditServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return AuditServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service AuditService.
   * <pre>
   * Evidence: audit packages of executed decisions, and bundles of any decision.
   * </pre>
   */
  public static final class AuditServiceStub
      extends io.grpc.stub.AbstractAsyncStub<AuditServiceStub> {
    private AuditServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuditServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuditServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * The audit package of a decision that was run. Without a run: NO_RUN.
     * </pre>
     */
    public void exportAuditPackage(io.nexusattest.v1.ExportAuditPackageRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ExportAuditPackageResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getExportAuditPackageMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Checks a package. A bad package is a report, not an error; a trust policy that is not as it must be is INVALID_REQUEST.
     * </pre>
     */
    public void verifyAuditPackage(io.nexusattest.v1.VerifyAuditPackageRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.VerifyAuditPackageResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getVerifyAuditPackageMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * The control bundle of any decision in any state.
     * </pre>
     */
    public void exportBundle(io.nexusattest.v1.ExportBundleRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ExportBundleResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getExportBundleMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Checks a bundle. A bad bundle is a report, not an error; a trust policy that is not as it must be is INVALID_REQUEST.
     * </pre>
     */
    public void verifyBundle(io.nexusattest.v1.VerifyBundleRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.VerifyBundleResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getVerifyBundleMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Takes a control bundle in as foreign evidence, whole or not at all: it can be read, watched, exported and verified through ImportedDecisionService, and never
     * executed. No decision of this server is touched, whatever the bundle says. Everything is checked before anything is written: BUNDLE_INVALID. Once writing has
     * begun, it is finished though the caller leaves; what a crash cuts short stays invisible, and the same call finishes it.
     * </pre>
     */
    public void importBundle(io.nexusattest.v1.ImportBundleRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ImportBundleResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getImportBundleMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * The public keys of the server that answers: the one it signs with, and those it signed with before. Where several servers share a store, each has its own.
     * NEVER PUT WHAT THIS ANSWERS INTO A TRUST POLICY UNCHECKED. Whoever can forge a package can stand in for a server and answer with a key of their own. Trust comes
     * another way: from whoever runs the server, who reads the key on its own machine (`nexus-attest keys export`). This is for comparing, and for finding out by
     * which key something was signed.
     * </pre>
     */
    public void listServerKeys(io.nexusattest.v1.ListServerKeysRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ListServerKeysResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListServerKeysMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service AuditService.
   * <pre>
   * Evidence: audit packages of executed decisions, and bundles of any decision.
   * </pre>
   */
  public static final class AuditServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<AuditServiceBlockingV2Stub> {
    private AuditServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuditServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuditServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * The audit package of a decision that was run. Without a run: NO_RUN.
     * </pre>
     */
    public io.nexusattest.v1.ExportAuditPackageResponse exportAuditPackage(io.nexusattest.v1.ExportAuditPackageRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getExportAuditPackageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Checks a package. A bad package is a report, not an error; a trust policy that is not as it must be is INVALID_REQUEST.
     * </pre>
     */
    public io.nexusattest.v1.VerifyAuditPackageResponse verifyAuditPackage(io.nexusattest.v1.VerifyAuditPackageRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getVerifyAuditPackageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The control bundle of any decision in any state.
     * </pre>
     */
    public io.nexusattest.v1.ExportBundleResponse exportBundle(io.nexusattest.v1.ExportBundleRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getExportBundleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Checks a bundle. A bad bundle is a report, not an error; a trust policy that is not as it must be is INVALID_REQUEST.
     * </pre>
     */
    public io.nexusattest.v1.VerifyBundleResponse verifyBundle(io.nexusattest.v1.VerifyBundleRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getVerifyBundleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes a control bundle in as foreign evidence, whole or not at all: it can be read, watched, exported and verified through ImportedDecisionService, and never
     * executed. No decision of this server is touched, whatever the bundle says. Everything is checked before anything is written: BUNDLE_INVALID. Once writing has
     * begun, it is finished though the caller leaves; what a crash cuts short stays invisible, and the same call finishes it.
     * </pre>
     */
    public io.nexusattest.v1.ImportBundleResponse importBundle(io.nexusattest.v1.ImportBundleRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getImportBundleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The public keys of the server that answers: the one it signs with, and those it signed with before. Where several servers share a store, each has its own.
     * NEVER PUT WHAT THIS ANSWERS INTO A TRUST POLICY UNCHECKED. Whoever can forge a package can stand in for a server and answer with a key of their own. Trust comes
     * another way: from whoever runs the server, who reads the key on its own machine (`nexus-attest keys export`). This is for comparing, and for finding out by
     * which key something was signed.
     * </pre>
     */
    public io.nexusattest.v1.ListServerKeysResponse listServerKeys(io.nexusattest.v1.ListServerKeysRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListServerKeysMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service AuditService.
   * <pre>
   * Evidence: audit packages of executed decisions, and bundles of any decision.
   * </pre>
   */
  public static final class AuditServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<AuditServiceBlockingStub> {
    private AuditServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuditServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuditServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * The audit package of a decision that was run. Without a run: NO_RUN.
     * </pre>
     */
    public io.nexusattest.v1.ExportAuditPackageResponse exportAuditPackage(io.nexusattest.v1.ExportAuditPackageRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getExportAuditPackageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Checks a package. A bad package is a report, not an error; a trust policy that is not as it must be is INVALID_REQUEST.
     * </pre>
     */
    public io.nexusattest.v1.VerifyAuditPackageResponse verifyAuditPackage(io.nexusattest.v1.VerifyAuditPackageRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getVerifyAuditPackageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The control bundle of any decision in any state.
     * </pre>
     */
    public io.nexusattest.v1.ExportBundleResponse exportBundle(io.nexusattest.v1.ExportBundleRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getExportBundleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Checks a bundle. A bad bundle is a report, not an error; a trust policy that is not as it must be is INVALID_REQUEST.
     * </pre>
     */
    public io.nexusattest.v1.VerifyBundleResponse verifyBundle(io.nexusattest.v1.VerifyBundleRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getVerifyBundleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes a control bundle in as foreign evidence, whole or not at all: it can be read, watched, exported and verified through ImportedDecisionService, and never
     * executed. No decision of this server is touched, whatever the bundle says. Everything is checked before anything is written: BUNDLE_INVALID. Once writing has
     * begun, it is finished though the caller leaves; what a crash cuts short stays invisible, and the same call finishes it.
     * </pre>
     */
    public io.nexusattest.v1.ImportBundleResponse importBundle(io.nexusattest.v1.ImportBundleRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getImportBundleMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The public keys of the server that answers: the one it signs with, and those it signed with before. Where several servers share a store, each has its own.
     * NEVER PUT WHAT THIS ANSWERS INTO A TRUST POLICY UNCHECKED. Whoever can forge a package can stand in for a server and answer with a key of their own. Trust comes
     * another way: from whoever runs the server, who reads the key on its own machine (`nexus-attest keys export`). This is for comparing, and for finding out by
     * which key something was signed.
     * </pre>
     */
    public io.nexusattest.v1.ListServerKeysResponse listServerKeys(io.nexusattest.v1.ListServerKeysRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListServerKeysMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service AuditService.
   * <pre>
   * Evidence: audit packages of executed decisions, and bundles of any decision.
   * </pre>
   */
  public static final class AuditServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<AuditServiceFutureStub> {
    private AuditServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuditServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuditServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * The audit package of a decision that was run. Without a run: NO_RUN.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.ExportAuditPackageResponse> exportAuditPackage(
        io.nexusattest.v1.ExportAuditPackageRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getExportAuditPackageMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Checks a package. A bad package is a report, not an error; a trust policy that is not as it must be is INVALID_REQUEST.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.VerifyAuditPackageResponse> verifyAuditPackage(
        io.nexusattest.v1.VerifyAuditPackageRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getVerifyAuditPackageMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * The control bundle of any decision in any state.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.ExportBundleResponse> exportBundle(
        io.nexusattest.v1.ExportBundleRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getExportBundleMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Checks a bundle. A bad bundle is a report, not an error; a trust policy that is not as it must be is INVALID_REQUEST.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.VerifyBundleResponse> verifyBundle(
        io.nexusattest.v1.VerifyBundleRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getVerifyBundleMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Takes a control bundle in as foreign evidence, whole or not at all: it can be read, watched, exported and verified through ImportedDecisionService, and never
     * executed. No decision of this server is touched, whatever the bundle says. Everything is checked before anything is written: BUNDLE_INVALID. Once writing has
     * begun, it is finished though the caller leaves; what a crash cuts short stays invisible, and the same call finishes it.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.ImportBundleResponse> importBundle(
        io.nexusattest.v1.ImportBundleRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getImportBundleMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * The public keys of the server that answers: the one it signs with, and those it signed with before. Where several servers share a store, each has its own.
     * NEVER PUT WHAT THIS ANSWERS INTO A TRUST POLICY UNCHECKED. Whoever can forge a package can stand in for a server and answer with a key of their own. Trust comes
     * another way: from whoever runs the server, who reads the key on its own machine (`nexus-attest keys export`). This is for comparing, and for finding out by
     * which key something was signed.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.ListServerKeysResponse> listServerKeys(
        io.nexusattest.v1.ListServerKeysRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListServerKeysMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_EXPORT_AUDIT_PACKAGE = 0;
  private static final int METHODID_VERIFY_AUDIT_PACKAGE = 1;
  private static final int METHODID_EXPORT_BUNDLE = 2;
  private static final int METHODID_VERIFY_BUNDLE = 3;
  private static final int METHODID_IMPORT_BUNDLE = 4;
  private static final int METHODID_LIST_SERVER_KEYS = 5;

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
        case METHODID_EXPORT_AUDIT_PACKAGE:
          serviceImpl.exportAuditPackage((io.nexusattest.v1.ExportAuditPackageRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.ExportAuditPackageResponse>) responseObserver);
          break;
        case METHODID_VERIFY_AUDIT_PACKAGE:
          serviceImpl.verifyAuditPackage((io.nexusattest.v1.VerifyAuditPackageRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.VerifyAuditPackageResponse>) responseObserver);
          break;
        case METHODID_EXPORT_BUNDLE:
          serviceImpl.exportBundle((io.nexusattest.v1.ExportBundleRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.ExportBundleResponse>) responseObserver);
          break;
        case METHODID_VERIFY_BUNDLE:
          serviceImpl.verifyBundle((io.nexusattest.v1.VerifyBundleRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.VerifyBundleResponse>) responseObserver);
          break;
        case METHODID_IMPORT_BUNDLE:
          serviceImpl.importBundle((io.nexusattest.v1.ImportBundleRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.ImportBundleResponse>) responseObserver);
          break;
        case METHODID_LIST_SERVER_KEYS:
          serviceImpl.listServerKeys((io.nexusattest.v1.ListServerKeysRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.ListServerKeysResponse>) responseObserver);
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
          getExportAuditPackageMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.ExportAuditPackageRequest,
              io.nexusattest.v1.ExportAuditPackageResponse>(
                service, METHODID_EXPORT_AUDIT_PACKAGE)))
        .addMethod(
          getVerifyAuditPackageMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.VerifyAuditPackageRequest,
              io.nexusattest.v1.VerifyAuditPackageResponse>(
                service, METHODID_VERIFY_AUDIT_PACKAGE)))
        .addMethod(
          getExportBundleMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.ExportBundleRequest,
              io.nexusattest.v1.ExportBundleResponse>(
                service, METHODID_EXPORT_BUNDLE)))
        .addMethod(
          getVerifyBundleMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.VerifyBundleRequest,
              io.nexusattest.v1.VerifyBundleResponse>(
                service, METHODID_VERIFY_BUNDLE)))
        .addMethod(
          getImportBundleMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.ImportBundleRequest,
              io.nexusattest.v1.ImportBundleResponse>(
                service, METHODID_IMPORT_BUNDLE)))
        .addMethod(
          getListServerKeysMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.ListServerKeysRequest,
              io.nexusattest.v1.ListServerKeysResponse>(
                service, METHODID_LIST_SERVER_KEYS)))
        .build();
  }

  private static abstract class AuditServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    AuditServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.nexusattest.v1.AuditServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("AuditService");
    }
  }

  private static final class AuditServiceFileDescriptorSupplier
      extends AuditServiceBaseDescriptorSupplier {
    AuditServiceFileDescriptorSupplier() {}
  }

  private static final class AuditServiceMethodDescriptorSupplier
      extends AuditServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    AuditServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (AuditServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new AuditServiceFileDescriptorSupplier())
              .addMethod(getExportAuditPackageMethod())
              .addMethod(getVerifyAuditPackageMethod())
              .addMethod(getExportBundleMethod())
              .addMethod(getVerifyBundleMethod())
              .addMethod(getImportBundleMethod())
              .addMethod(getListServerKeysMethod())
              .build();
        }
      }
    }
    return result;
  }
}
