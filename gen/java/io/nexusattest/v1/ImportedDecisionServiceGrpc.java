package io.nexusattest.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Foreign evidence: the logs of decisions that were made elsewhere and taken in by AuditService.ImportBundle. They can be read, watched and exported; no command
 * knows them. An import is there once it is whole, and not before.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ImportedDecisionServiceGrpc {

  private ImportedDecisionServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "nexus.attest.v1.ImportedDecisionService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.ListImportedDecisionsRequest,
      io.nexusattest.v1.ListImportedDecisionsResponse> getListImportedDecisionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListImportedDecisions",
      requestType = io.nexusattest.v1.ListImportedDecisionsRequest.class,
      responseType = io.nexusattest.v1.ListImportedDecisionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.ListImportedDecisionsRequest,
      io.nexusattest.v1.ListImportedDecisionsResponse> getListImportedDecisionsMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.ListImportedDecisionsRequest, io.nexusattest.v1.ListImportedDecisionsResponse> getListImportedDecisionsMethod;
    if ((getListImportedDecisionsMethod = ImportedDecisionServiceGrpc.getListImportedDecisionsMethod) == null) {
      synchronized (ImportedDecisionServiceGrpc.class) {
        if ((getListImportedDecisionsMethod = ImportedDecisionServiceGrpc.getListImportedDecisionsMethod) == null) {
          ImportedDecisionServiceGrpc.getListImportedDecisionsMethod = getListImportedDecisionsMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.ListImportedDecisionsRequest, io.nexusattest.v1.ListImportedDecisionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListImportedDecisions"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ListImportedDecisionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ListImportedDecisionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ImportedDecisionServiceMethodDescriptorSupplier("ListImportedDecisions"))
              .build();
        }
      }
    }
    return getListImportedDecisionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.GetImportedDecisionRequest,
      io.nexusattest.v1.GetImportedDecisionResponse> getGetImportedDecisionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetImportedDecision",
      requestType = io.nexusattest.v1.GetImportedDecisionRequest.class,
      responseType = io.nexusattest.v1.GetImportedDecisionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.GetImportedDecisionRequest,
      io.nexusattest.v1.GetImportedDecisionResponse> getGetImportedDecisionMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.GetImportedDecisionRequest, io.nexusattest.v1.GetImportedDecisionResponse> getGetImportedDecisionMethod;
    if ((getGetImportedDecisionMethod = ImportedDecisionServiceGrpc.getGetImportedDecisionMethod) == null) {
      synchronized (ImportedDecisionServiceGrpc.class) {
        if ((getGetImportedDecisionMethod = ImportedDecisionServiceGrpc.getGetImportedDecisionMethod) == null) {
          ImportedDecisionServiceGrpc.getGetImportedDecisionMethod = getGetImportedDecisionMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.GetImportedDecisionRequest, io.nexusattest.v1.GetImportedDecisionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetImportedDecision"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.GetImportedDecisionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.GetImportedDecisionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ImportedDecisionServiceMethodDescriptorSupplier("GetImportedDecision"))
              .build();
        }
      }
    }
    return getGetImportedDecisionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.ListImportedDecisionEventsRequest,
      io.nexusattest.v1.ListImportedDecisionEventsResponse> getListImportedDecisionEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListImportedDecisionEvents",
      requestType = io.nexusattest.v1.ListImportedDecisionEventsRequest.class,
      responseType = io.nexusattest.v1.ListImportedDecisionEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.ListImportedDecisionEventsRequest,
      io.nexusattest.v1.ListImportedDecisionEventsResponse> getListImportedDecisionEventsMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.ListImportedDecisionEventsRequest, io.nexusattest.v1.ListImportedDecisionEventsResponse> getListImportedDecisionEventsMethod;
    if ((getListImportedDecisionEventsMethod = ImportedDecisionServiceGrpc.getListImportedDecisionEventsMethod) == null) {
      synchronized (ImportedDecisionServiceGrpc.class) {
        if ((getListImportedDecisionEventsMethod = ImportedDecisionServiceGrpc.getListImportedDecisionEventsMethod) == null) {
          ImportedDecisionServiceGrpc.getListImportedDecisionEventsMethod = getListImportedDecisionEventsMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.ListImportedDecisionEventsRequest, io.nexusattest.v1.ListImportedDecisionEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListImportedDecisionEvents"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ListImportedDecisionEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ListImportedDecisionEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ImportedDecisionServiceMethodDescriptorSupplier("ListImportedDecisionEvents"))
              .build();
        }
      }
    }
    return getListImportedDecisionEventsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.WatchImportedDecisionRequest,
      io.nexusattest.v1.WatchImportedDecisionResponse> getWatchImportedDecisionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchImportedDecision",
      requestType = io.nexusattest.v1.WatchImportedDecisionRequest.class,
      responseType = io.nexusattest.v1.WatchImportedDecisionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.WatchImportedDecisionRequest,
      io.nexusattest.v1.WatchImportedDecisionResponse> getWatchImportedDecisionMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.WatchImportedDecisionRequest, io.nexusattest.v1.WatchImportedDecisionResponse> getWatchImportedDecisionMethod;
    if ((getWatchImportedDecisionMethod = ImportedDecisionServiceGrpc.getWatchImportedDecisionMethod) == null) {
      synchronized (ImportedDecisionServiceGrpc.class) {
        if ((getWatchImportedDecisionMethod = ImportedDecisionServiceGrpc.getWatchImportedDecisionMethod) == null) {
          ImportedDecisionServiceGrpc.getWatchImportedDecisionMethod = getWatchImportedDecisionMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.WatchImportedDecisionRequest, io.nexusattest.v1.WatchImportedDecisionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchImportedDecision"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.WatchImportedDecisionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.WatchImportedDecisionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ImportedDecisionServiceMethodDescriptorSupplier("WatchImportedDecision"))
              .build();
        }
      }
    }
    return getWatchImportedDecisionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.ExportImportedBundleRequest,
      io.nexusattest.v1.ExportImportedBundleResponse> getExportImportedBundleMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExportImportedBundle",
      requestType = io.nexusattest.v1.ExportImportedBundleRequest.class,
      responseType = io.nexusattest.v1.ExportImportedBundleResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.ExportImportedBundleRequest,
      io.nexusattest.v1.ExportImportedBundleResponse> getExportImportedBundleMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.ExportImportedBundleRequest, io.nexusattest.v1.ExportImportedBundleResponse> getExportImportedBundleMethod;
    if ((getExportImportedBundleMethod = ImportedDecisionServiceGrpc.getExportImportedBundleMethod) == null) {
      synchronized (ImportedDecisionServiceGrpc.class) {
        if ((getExportImportedBundleMethod = ImportedDecisionServiceGrpc.getExportImportedBundleMethod) == null) {
          ImportedDecisionServiceGrpc.getExportImportedBundleMethod = getExportImportedBundleMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.ExportImportedBundleRequest, io.nexusattest.v1.ExportImportedBundleResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExportImportedBundle"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ExportImportedBundleRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ExportImportedBundleResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ImportedDecisionServiceMethodDescriptorSupplier("ExportImportedBundle"))
              .build();
        }
      }
    }
    return getExportImportedBundleMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ImportedDecisionServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ImportedDecisionServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ImportedDecisionServiceStub>() {
        @java.lang.Override
        public ImportedDecisionServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ImportedDecisionServiceStub(channel, callOptions);
        }
      };
    return ImportedDecisionServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ImportedDecisionServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ImportedDecisionServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ImportedDecisionServiceBlockingV2Stub>() {
        @java.lang.Override
        public ImportedDecisionServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ImportedDecisionServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ImportedDecisionServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ImportedDecisionServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ImportedDecisionServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ImportedDecisionServiceBlockingStub>() {
        @java.lang.Override
        public ImportedDecisionServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ImportedDecisionServiceBlockingStub(channel, callOptions);
        }
      };
    return ImportedDecisionServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ImportedDecisionServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ImportedDecisionServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ImportedDecisionServiceFutureStub>() {
        @java.lang.Override
        public ImportedDecisionServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ImportedDecisionServiceFutureStub(channel, callOptions);
        }
      };
    return ImportedDecisionServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Foreign evidence: the logs of decisions that were made elsewhere and taken in by AuditService.ImportBundle. They can be read, watched and exported; no command
   * knows them. An import is there once it is whole, and not before.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Imports, newest first, filtered. A new import is listed within milliseconds as a rule.
     * </pre>
     */
    default void listImportedDecisions(io.nexusattest.v1.ListImportedDecisionsRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ListImportedDecisionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListImportedDecisionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * One import, now or at any point of its log, judged by now or by any clock.
     * </pre>
     */
    default void getImportedDecision(io.nexusattest.v1.GetImportedDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.GetImportedDecisionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetImportedDecisionMethod(), responseObserver);
    }

    /**
     * <pre>
     * The log of one import.
     * </pre>
     */
    default void listImportedDecisionEvents(io.nexusattest.v1.ListImportedDecisionEventsRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ListImportedDecisionEventsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListImportedDecisionEventsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Follows one import as WatchDecision follows a decision: every event from from_seq on, in order, exactly once, then live as fast-forwards bring more; the
     * lifecycle after each, and when time alone changes it. Reconnecting with the last seq + 1 loses and repeats nothing. It ends OK once a terminal state has been
     * delivered.
     * </pre>
     */
    default void watchImportedDecision(io.nexusattest.v1.WatchImportedDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.WatchImportedDecisionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchImportedDecisionMethod(), responseObserver);
    }

    /**
     * <pre>
     * The bundle as it came in, to the byte; after a fast-forward the one that came last. Of an audit package that was imported: the bundle of its log and template;
     * of a file of nexus-attest (Python) that very file.
     * </pre>
     */
    default void exportImportedBundle(io.nexusattest.v1.ExportImportedBundleRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ExportImportedBundleResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExportImportedBundleMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ImportedDecisionService.
   * <pre>
   * Foreign evidence: the logs of decisions that were made elsewhere and taken in by AuditService.ImportBundle. They can be read, watched and exported; no command
   * knows them. An import is there once it is whole, and not before.
   * </pre>
   */
  public static abstract class ImportedDecisionServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ImportedDecisionServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ImportedDecisionService.
   * <pre>
   * Foreign evidence: the logs of decisions that were made elsewhere and taken in by AuditService.ImportBundle. They can be read, watched and exported; no command
   * knows them. An import is there once it is whole, and not before.
   * </pre>
   */
  public static final class ImportedDecisionServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ImportedDecisionServiceStub> {
    private ImportedDecisionServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ImportedDecisionServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ImportedDecisionServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Imports, newest first, filtered. A new import is listed within milliseconds as a rule.
     * </pre>
     */
    public void listImportedDecisions(io.nexusattest.v1.ListImportedDecisionsRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ListImportedDecisionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListImportedDecisionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * One import, now or at any point of its log, judged by now or by any clock.
     * </pre>
     */
    public void getImportedDecision(io.nexusattest.v1.GetImportedDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.GetImportedDecisionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetImportedDecisionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * The log of one import.
     * </pre>
     */
    public void listImportedDecisionEvents(io.nexusattest.v1.ListImportedDecisionEventsRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ListImportedDecisionEventsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListImportedDecisionEventsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Follows one import as WatchDecision follows a decision: every event from from_seq on, in order, exactly once, then live as fast-forwards bring more; the
     * lifecycle after each, and when time alone changes it. Reconnecting with the last seq + 1 loses and repeats nothing. It ends OK once a terminal state has been
     * delivered.
     * </pre>
     */
    public void watchImportedDecision(io.nexusattest.v1.WatchImportedDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.WatchImportedDecisionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchImportedDecisionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * The bundle as it came in, to the byte; after a fast-forward the one that came last. Of an audit package that was imported: the bundle of its log and template;
     * of a file of nexus-attest (Python) that very file.
     * </pre>
     */
    public void exportImportedBundle(io.nexusattest.v1.ExportImportedBundleRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ExportImportedBundleResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getExportImportedBundleMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ImportedDecisionService.
   * <pre>
   * Foreign evidence: the logs of decisions that were made elsewhere and taken in by AuditService.ImportBundle. They can be read, watched and exported; no command
   * knows them. An import is there once it is whole, and not before.
   * </pre>
   */
  public static final class ImportedDecisionServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ImportedDecisionServiceBlockingV2Stub> {
    private ImportedDecisionServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ImportedDecisionServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ImportedDecisionServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Imports, newest first, filtered. A new import is listed within milliseconds as a rule.
     * </pre>
     */
    public io.nexusattest.v1.ListImportedDecisionsResponse listImportedDecisions(io.nexusattest.v1.ListImportedDecisionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListImportedDecisionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * One import, now or at any point of its log, judged by now or by any clock.
     * </pre>
     */
    public io.nexusattest.v1.GetImportedDecisionResponse getImportedDecision(io.nexusattest.v1.GetImportedDecisionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetImportedDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The log of one import.
     * </pre>
     */
    public io.nexusattest.v1.ListImportedDecisionEventsResponse listImportedDecisionEvents(io.nexusattest.v1.ListImportedDecisionEventsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListImportedDecisionEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Follows one import as WatchDecision follows a decision: every event from from_seq on, in order, exactly once, then live as fast-forwards bring more; the
     * lifecycle after each, and when time alone changes it. Reconnecting with the last seq + 1 loses and repeats nothing. It ends OK once a terminal state has been
     * delivered.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.nexusattest.v1.WatchImportedDecisionResponse>
        watchImportedDecision(io.nexusattest.v1.WatchImportedDecisionRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchImportedDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The bundle as it came in, to the byte; after a fast-forward the one that came last. Of an audit package that was imported: the bundle of its log and template;
     * of a file of nexus-attest (Python) that very file.
     * </pre>
     */
    public io.nexusattest.v1.ExportImportedBundleResponse exportImportedBundle(io.nexusattest.v1.ExportImportedBundleRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getExportImportedBundleMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ImportedDecisionService.
   * <pre>
   * Foreign evidence: the logs of decisions that were made elsewhere and taken in by AuditService.ImportBundle. They can be read, watched and exported; no command
   * knows them. An import is there once it is whole, and not before.
   * </pre>
   */
  public static final class ImportedDecisionServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ImportedDecisionServiceBlockingStub> {
    private ImportedDecisionServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ImportedDecisionServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ImportedDecisionServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Imports, newest first, filtered. A new import is listed within milliseconds as a rule.
     * </pre>
     */
    public io.nexusattest.v1.ListImportedDecisionsResponse listImportedDecisions(io.nexusattest.v1.ListImportedDecisionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListImportedDecisionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * One import, now or at any point of its log, judged by now or by any clock.
     * </pre>
     */
    public io.nexusattest.v1.GetImportedDecisionResponse getImportedDecision(io.nexusattest.v1.GetImportedDecisionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetImportedDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The log of one import.
     * </pre>
     */
    public io.nexusattest.v1.ListImportedDecisionEventsResponse listImportedDecisionEvents(io.nexusattest.v1.ListImportedDecisionEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListImportedDecisionEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Follows one import as WatchDecision follows a decision: every event from from_seq on, in order, exactly once, then live as fast-forwards bring more; the
     * lifecycle after each, and when time alone changes it. Reconnecting with the last seq + 1 loses and repeats nothing. It ends OK once a terminal state has been
     * delivered.
     * </pre>
     */
    public java.util.Iterator<io.nexusattest.v1.WatchImportedDecisionResponse> watchImportedDecision(
        io.nexusattest.v1.WatchImportedDecisionRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchImportedDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The bundle as it came in, to the byte; after a fast-forward the one that came last. Of an audit package that was imported: the bundle of its log and template;
     * of a file of nexus-attest (Python) that very file.
     * </pre>
     */
    public io.nexusattest.v1.ExportImportedBundleResponse exportImportedBundle(io.nexusattest.v1.ExportImportedBundleRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getExportImportedBundleMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ImportedDecisionService.
   * <pre>
   * Foreign evidence: the logs of decisions that were made elsewhere and taken in by AuditService.ImportBundle. They can be read, watched and exported; no command
   * knows them. An import is there once it is whole, and not before.
   * </pre>
   */
  public static final class ImportedDecisionServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ImportedDecisionServiceFutureStub> {
    private ImportedDecisionServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ImportedDecisionServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ImportedDecisionServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Imports, newest first, filtered. A new import is listed within milliseconds as a rule.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.ListImportedDecisionsResponse> listImportedDecisions(
        io.nexusattest.v1.ListImportedDecisionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListImportedDecisionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * One import, now or at any point of its log, judged by now or by any clock.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.GetImportedDecisionResponse> getImportedDecision(
        io.nexusattest.v1.GetImportedDecisionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetImportedDecisionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * The log of one import.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.ListImportedDecisionEventsResponse> listImportedDecisionEvents(
        io.nexusattest.v1.ListImportedDecisionEventsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListImportedDecisionEventsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * The bundle as it came in, to the byte; after a fast-forward the one that came last. Of an audit package that was imported: the bundle of its log and template;
     * of a file of nexus-attest (Python) that very file.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.ExportImportedBundleResponse> exportImportedBundle(
        io.nexusattest.v1.ExportImportedBundleRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getExportImportedBundleMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_IMPORTED_DECISIONS = 0;
  private static final int METHODID_GET_IMPORTED_DECISION = 1;
  private static final int METHODID_LIST_IMPORTED_DECISION_EVENTS = 2;
  private static final int METHODID_WATCH_IMPORTED_DECISION = 3;
  private static final int METHODID_EXPORT_IMPORTED_BUNDLE = 4;

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
        case METHODID_LIST_IMPORTED_DECISIONS:
          serviceImpl.listImportedDecisions((io.nexusattest.v1.ListImportedDecisionsRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.ListImportedDecisionsResponse>) responseObserver);
          break;
        case METHODID_GET_IMPORTED_DECISION:
          serviceImpl.getImportedDecision((io.nexusattest.v1.GetImportedDecisionRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.GetImportedDecisionResponse>) responseObserver);
          break;
        case METHODID_LIST_IMPORTED_DECISION_EVENTS:
          serviceImpl.listImportedDecisionEvents((io.nexusattest.v1.ListImportedDecisionEventsRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.ListImportedDecisionEventsResponse>) responseObserver);
          break;
        case METHODID_WATCH_IMPORTED_DECISION:
          serviceImpl.watchImportedDecision((io.nexusattest.v1.WatchImportedDecisionRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.WatchImportedDecisionResponse>) responseObserver);
          break;
        case METHODID_EXPORT_IMPORTED_BUNDLE:
          serviceImpl.exportImportedBundle((io.nexusattest.v1.ExportImportedBundleRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.ExportImportedBundleResponse>) responseObserver);
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
          getListImportedDecisionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.ListImportedDecisionsRequest,
              io.nexusattest.v1.ListImportedDecisionsResponse>(
                service, METHODID_LIST_IMPORTED_DECISIONS)))
        .addMethod(
          getGetImportedDecisionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.GetImportedDecisionRequest,
              io.nexusattest.v1.GetImportedDecisionResponse>(
                service, METHODID_GET_IMPORTED_DECISION)))
        .addMethod(
          getListImportedDecisionEventsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.ListImportedDecisionEventsRequest,
              io.nexusattest.v1.ListImportedDecisionEventsResponse>(
                service, METHODID_LIST_IMPORTED_DECISION_EVENTS)))
        .addMethod(
          getWatchImportedDecisionMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.nexusattest.v1.WatchImportedDecisionRequest,
              io.nexusattest.v1.WatchImportedDecisionResponse>(
                service, METHODID_WATCH_IMPORTED_DECISION)))
        .addMethod(
          getExportImportedBundleMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.ExportImportedBundleRequest,
              io.nexusattest.v1.ExportImportedBundleResponse>(
                service, METHODID_EXPORT_IMPORTED_BUNDLE)))
        .build();
  }

  private static abstract class ImportedDecisionServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ImportedDecisionServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.nexusattest.v1.ImportedDecisionServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ImportedDecisionService");
    }
  }

  private static final class ImportedDecisionServiceFileDescriptorSupplier
      extends ImportedDecisionServiceBaseDescriptorSupplier {
    ImportedDecisionServiceFileDescriptorSupplier() {}
  }

  private static final class ImportedDecisionServiceMethodDescriptorSupplier
      extends ImportedDecisionServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ImportedDecisionServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ImportedDecisionServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ImportedDecisionServiceFileDescriptorSupplier())
              .addMethod(getListImportedDecisionsMethod())
              .addMethod(getGetImportedDecisionMethod())
              .addMethod(getListImportedDecisionEventsMethod())
              .addMethod(getWatchImportedDecisionMethod())
              .addMethod(getExportImportedBundleMethod())
              .build();
        }
      }
    }
    return result;
  }
}
