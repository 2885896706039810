package io.nexusattest.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Request, policy, approvals, execution: the whole way of a decision.
 * Every call needs an authenticated actor, and where roles are configured, a role whose scope covers what the call is about: docs/security.md has the table. Every error
 * carries a google.rpc.ErrorInfo whose reason is a value of ErrorReason; see there.
 * Commands take a request_id. Repeated with the same content by the same actor, a command gets its first answer and writes nothing; used again
 * for something else it is refused with REQUEST_ID_REUSED. Without one, the server makes one up and the call must not be repeated blindly.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class DecisionServiceGrpc {

  private DecisionServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "nexus.attest.v1.DecisionService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.CreateDecisionRequest,
      io.nexusattest.v1.CreateDecisionResponse> getCreateDecisionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateDecision",
      requestType = io.nexusattest.v1.CreateDecisionRequest.class,
      responseType = io.nexusattest.v1.CreateDecisionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.CreateDecisionRequest,
      io.nexusattest.v1.CreateDecisionResponse> getCreateDecisionMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.CreateDecisionRequest, io.nexusattest.v1.CreateDecisionResponse> getCreateDecisionMethod;
    if ((getCreateDecisionMethod = DecisionServiceGrpc.getCreateDecisionMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getCreateDecisionMethod = DecisionServiceGrpc.getCreateDecisionMethod) == null) {
          DecisionServiceGrpc.getCreateDecisionMethod = getCreateDecisionMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.CreateDecisionRequest, io.nexusattest.v1.CreateDecisionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateDecision"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.CreateDecisionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.CreateDecisionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("CreateDecision"))
              .build();
        }
      }
    }
    return getCreateDecisionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.AttachPolicyRequest,
      io.nexusattest.v1.AttachPolicyResponse> getAttachPolicyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "AttachPolicy",
      requestType = io.nexusattest.v1.AttachPolicyRequest.class,
      responseType = io.nexusattest.v1.AttachPolicyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.AttachPolicyRequest,
      io.nexusattest.v1.AttachPolicyResponse> getAttachPolicyMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.AttachPolicyRequest, io.nexusattest.v1.AttachPolicyResponse> getAttachPolicyMethod;
    if ((getAttachPolicyMethod = DecisionServiceGrpc.getAttachPolicyMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getAttachPolicyMethod = DecisionServiceGrpc.getAttachPolicyMethod) == null) {
          DecisionServiceGrpc.getAttachPolicyMethod = getAttachPolicyMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.AttachPolicyRequest, io.nexusattest.v1.AttachPolicyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "AttachPolicy"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.AttachPolicyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.AttachPolicyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("AttachPolicy"))
              .build();
        }
      }
    }
    return getAttachPolicyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.GrantApprovalRequest,
      io.nexusattest.v1.GrantApprovalResponse> getGrantApprovalMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GrantApproval",
      requestType = io.nexusattest.v1.GrantApprovalRequest.class,
      responseType = io.nexusattest.v1.GrantApprovalResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.GrantApprovalRequest,
      io.nexusattest.v1.GrantApprovalResponse> getGrantApprovalMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.GrantApprovalRequest, io.nexusattest.v1.GrantApprovalResponse> getGrantApprovalMethod;
    if ((getGrantApprovalMethod = DecisionServiceGrpc.getGrantApprovalMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getGrantApprovalMethod = DecisionServiceGrpc.getGrantApprovalMethod) == null) {
          DecisionServiceGrpc.getGrantApprovalMethod = getGrantApprovalMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.GrantApprovalRequest, io.nexusattest.v1.GrantApprovalResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GrantApproval"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.GrantApprovalRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.GrantApprovalResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("GrantApproval"))
              .build();
        }
      }
    }
    return getGrantApprovalMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.RevokeApprovalRequest,
      io.nexusattest.v1.RevokeApprovalResponse> getRevokeApprovalMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RevokeApproval",
      requestType = io.nexusattest.v1.RevokeApprovalRequest.class,
      responseType = io.nexusattest.v1.RevokeApprovalResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.RevokeApprovalRequest,
      io.nexusattest.v1.RevokeApprovalResponse> getRevokeApprovalMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.RevokeApprovalRequest, io.nexusattest.v1.RevokeApprovalResponse> getRevokeApprovalMethod;
    if ((getRevokeApprovalMethod = DecisionServiceGrpc.getRevokeApprovalMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getRevokeApprovalMethod = DecisionServiceGrpc.getRevokeApprovalMethod) == null) {
          DecisionServiceGrpc.getRevokeApprovalMethod = getRevokeApprovalMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.RevokeApprovalRequest, io.nexusattest.v1.RevokeApprovalResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RevokeApproval"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.RevokeApprovalRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.RevokeApprovalResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("RevokeApproval"))
              .build();
        }
      }
    }
    return getRevokeApprovalMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.RejectDecisionRequest,
      io.nexusattest.v1.RejectDecisionResponse> getRejectDecisionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RejectDecision",
      requestType = io.nexusattest.v1.RejectDecisionRequest.class,
      responseType = io.nexusattest.v1.RejectDecisionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.RejectDecisionRequest,
      io.nexusattest.v1.RejectDecisionResponse> getRejectDecisionMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.RejectDecisionRequest, io.nexusattest.v1.RejectDecisionResponse> getRejectDecisionMethod;
    if ((getRejectDecisionMethod = DecisionServiceGrpc.getRejectDecisionMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getRejectDecisionMethod = DecisionServiceGrpc.getRejectDecisionMethod) == null) {
          DecisionServiceGrpc.getRejectDecisionMethod = getRejectDecisionMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.RejectDecisionRequest, io.nexusattest.v1.RejectDecisionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RejectDecision"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.RejectDecisionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.RejectDecisionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("RejectDecision"))
              .build();
        }
      }
    }
    return getRejectDecisionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.CancelDecisionRequest,
      io.nexusattest.v1.CancelDecisionResponse> getCancelDecisionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CancelDecision",
      requestType = io.nexusattest.v1.CancelDecisionRequest.class,
      responseType = io.nexusattest.v1.CancelDecisionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.CancelDecisionRequest,
      io.nexusattest.v1.CancelDecisionResponse> getCancelDecisionMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.CancelDecisionRequest, io.nexusattest.v1.CancelDecisionResponse> getCancelDecisionMethod;
    if ((getCancelDecisionMethod = DecisionServiceGrpc.getCancelDecisionMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getCancelDecisionMethod = DecisionServiceGrpc.getCancelDecisionMethod) == null) {
          DecisionServiceGrpc.getCancelDecisionMethod = getCancelDecisionMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.CancelDecisionRequest, io.nexusattest.v1.CancelDecisionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CancelDecision"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.CancelDecisionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.CancelDecisionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("CancelDecision"))
              .build();
        }
      }
    }
    return getCancelDecisionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.ExplainDecisionRequest,
      io.nexusattest.v1.ExplainDecisionResponse> getExplainDecisionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExplainDecision",
      requestType = io.nexusattest.v1.ExplainDecisionRequest.class,
      responseType = io.nexusattest.v1.ExplainDecisionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.ExplainDecisionRequest,
      io.nexusattest.v1.ExplainDecisionResponse> getExplainDecisionMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.ExplainDecisionRequest, io.nexusattest.v1.ExplainDecisionResponse> getExplainDecisionMethod;
    if ((getExplainDecisionMethod = DecisionServiceGrpc.getExplainDecisionMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getExplainDecisionMethod = DecisionServiceGrpc.getExplainDecisionMethod) == null) {
          DecisionServiceGrpc.getExplainDecisionMethod = getExplainDecisionMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.ExplainDecisionRequest, io.nexusattest.v1.ExplainDecisionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExplainDecision"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ExplainDecisionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ExplainDecisionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("ExplainDecision"))
              .build();
        }
      }
    }
    return getExplainDecisionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.ExecuteDecisionRequest,
      io.nexusattest.v1.ExecuteDecisionResponse> getExecuteDecisionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExecuteDecision",
      requestType = io.nexusattest.v1.ExecuteDecisionRequest.class,
      responseType = io.nexusattest.v1.ExecuteDecisionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.ExecuteDecisionRequest,
      io.nexusattest.v1.ExecuteDecisionResponse> getExecuteDecisionMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.ExecuteDecisionRequest, io.nexusattest.v1.ExecuteDecisionResponse> getExecuteDecisionMethod;
    if ((getExecuteDecisionMethod = DecisionServiceGrpc.getExecuteDecisionMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getExecuteDecisionMethod = DecisionServiceGrpc.getExecuteDecisionMethod) == null) {
          DecisionServiceGrpc.getExecuteDecisionMethod = getExecuteDecisionMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.ExecuteDecisionRequest, io.nexusattest.v1.ExecuteDecisionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExecuteDecision"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ExecuteDecisionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ExecuteDecisionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("ExecuteDecision"))
              .build();
        }
      }
    }
    return getExecuteDecisionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.SettleExecutionRequest,
      io.nexusattest.v1.SettleExecutionResponse> getSettleExecutionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SettleExecution",
      requestType = io.nexusattest.v1.SettleExecutionRequest.class,
      responseType = io.nexusattest.v1.SettleExecutionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.SettleExecutionRequest,
      io.nexusattest.v1.SettleExecutionResponse> getSettleExecutionMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.SettleExecutionRequest, io.nexusattest.v1.SettleExecutionResponse> getSettleExecutionMethod;
    if ((getSettleExecutionMethod = DecisionServiceGrpc.getSettleExecutionMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getSettleExecutionMethod = DecisionServiceGrpc.getSettleExecutionMethod) == null) {
          DecisionServiceGrpc.getSettleExecutionMethod = getSettleExecutionMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.SettleExecutionRequest, io.nexusattest.v1.SettleExecutionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SettleExecution"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.SettleExecutionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.SettleExecutionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("SettleExecution"))
              .build();
        }
      }
    }
    return getSettleExecutionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.ReviewExecutionRequest,
      io.nexusattest.v1.ReviewExecutionResponse> getReviewExecutionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ReviewExecution",
      requestType = io.nexusattest.v1.ReviewExecutionRequest.class,
      responseType = io.nexusattest.v1.ReviewExecutionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.ReviewExecutionRequest,
      io.nexusattest.v1.ReviewExecutionResponse> getReviewExecutionMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.ReviewExecutionRequest, io.nexusattest.v1.ReviewExecutionResponse> getReviewExecutionMethod;
    if ((getReviewExecutionMethod = DecisionServiceGrpc.getReviewExecutionMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getReviewExecutionMethod = DecisionServiceGrpc.getReviewExecutionMethod) == null) {
          DecisionServiceGrpc.getReviewExecutionMethod = getReviewExecutionMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.ReviewExecutionRequest, io.nexusattest.v1.ReviewExecutionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ReviewExecution"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ReviewExecutionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ReviewExecutionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("ReviewExecution"))
              .build();
        }
      }
    }
    return getReviewExecutionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.GetDecisionRequest,
      io.nexusattest.v1.GetDecisionResponse> getGetDecisionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetDecision",
      requestType = io.nexusattest.v1.GetDecisionRequest.class,
      responseType = io.nexusattest.v1.GetDecisionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.GetDecisionRequest,
      io.nexusattest.v1.GetDecisionResponse> getGetDecisionMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.GetDecisionRequest, io.nexusattest.v1.GetDecisionResponse> getGetDecisionMethod;
    if ((getGetDecisionMethod = DecisionServiceGrpc.getGetDecisionMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getGetDecisionMethod = DecisionServiceGrpc.getGetDecisionMethod) == null) {
          DecisionServiceGrpc.getGetDecisionMethod = getGetDecisionMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.GetDecisionRequest, io.nexusattest.v1.GetDecisionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetDecision"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.GetDecisionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.GetDecisionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("GetDecision"))
              .build();
        }
      }
    }
    return getGetDecisionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.ListDecisionsRequest,
      io.nexusattest.v1.ListDecisionsResponse> getListDecisionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListDecisions",
      requestType = io.nexusattest.v1.ListDecisionsRequest.class,
      responseType = io.nexusattest.v1.ListDecisionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.ListDecisionsRequest,
      io.nexusattest.v1.ListDecisionsResponse> getListDecisionsMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.ListDecisionsRequest, io.nexusattest.v1.ListDecisionsResponse> getListDecisionsMethod;
    if ((getListDecisionsMethod = DecisionServiceGrpc.getListDecisionsMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getListDecisionsMethod = DecisionServiceGrpc.getListDecisionsMethod) == null) {
          DecisionServiceGrpc.getListDecisionsMethod = getListDecisionsMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.ListDecisionsRequest, io.nexusattest.v1.ListDecisionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListDecisions"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ListDecisionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ListDecisionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("ListDecisions"))
              .build();
        }
      }
    }
    return getListDecisionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.ListDecisionEventsRequest,
      io.nexusattest.v1.ListDecisionEventsResponse> getListDecisionEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListDecisionEvents",
      requestType = io.nexusattest.v1.ListDecisionEventsRequest.class,
      responseType = io.nexusattest.v1.ListDecisionEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.ListDecisionEventsRequest,
      io.nexusattest.v1.ListDecisionEventsResponse> getListDecisionEventsMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.ListDecisionEventsRequest, io.nexusattest.v1.ListDecisionEventsResponse> getListDecisionEventsMethod;
    if ((getListDecisionEventsMethod = DecisionServiceGrpc.getListDecisionEventsMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getListDecisionEventsMethod = DecisionServiceGrpc.getListDecisionEventsMethod) == null) {
          DecisionServiceGrpc.getListDecisionEventsMethod = getListDecisionEventsMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.ListDecisionEventsRequest, io.nexusattest.v1.ListDecisionEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListDecisionEvents"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ListDecisionEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.ListDecisionEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("ListDecisionEvents"))
              .build();
        }
      }
    }
    return getListDecisionEventsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.WatchDecisionRequest,
      io.nexusattest.v1.WatchDecisionResponse> getWatchDecisionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchDecision",
      requestType = io.nexusattest.v1.WatchDecisionRequest.class,
      responseType = io.nexusattest.v1.WatchDecisionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.WatchDecisionRequest,
      io.nexusattest.v1.WatchDecisionResponse> getWatchDecisionMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.WatchDecisionRequest, io.nexusattest.v1.WatchDecisionResponse> getWatchDecisionMethod;
    if ((getWatchDecisionMethod = DecisionServiceGrpc.getWatchDecisionMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getWatchDecisionMethod = DecisionServiceGrpc.getWatchDecisionMethod) == null) {
          DecisionServiceGrpc.getWatchDecisionMethod = getWatchDecisionMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.WatchDecisionRequest, io.nexusattest.v1.WatchDecisionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchDecision"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.WatchDecisionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.WatchDecisionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("WatchDecision"))
              .build();
        }
      }
    }
    return getWatchDecisionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.nexusattest.v1.WatchDecisionsRequest,
      io.nexusattest.v1.WatchDecisionsResponse> getWatchDecisionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchDecisions",
      requestType = io.nexusattest.v1.WatchDecisionsRequest.class,
      responseType = io.nexusattest.v1.WatchDecisionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.nexusattest.v1.WatchDecisionsRequest,
      io.nexusattest.v1.WatchDecisionsResponse> getWatchDecisionsMethod() {
    io.grpc.MethodDescriptor<io.nexusattest.v1.WatchDecisionsRequest, io.nexusattest.v1.WatchDecisionsResponse> getWatchDecisionsMethod;
    if ((getWatchDecisionsMethod = DecisionServiceGrpc.getWatchDecisionsMethod) == null) {
      synchronized (DecisionServiceGrpc.class) {
        if ((getWatchDecisionsMethod = DecisionServiceGrpc.getWatchDecisionsMethod) == null) {
          DecisionServiceGrpc.getWatchDecisionsMethod = getWatchDecisionsMethod =
              io.grpc.MethodDescriptor.<io.nexusattest.v1.WatchDecisionsRequest, io.nexusattest.v1.WatchDecisionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchDecisions"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.WatchDecisionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.nexusattest.v1.WatchDecisionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new DecisionServiceMethodDescriptorSupplier("WatchDecisions"))
              .build();
        }
      }
    }
    return getWatchDecisionsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static DecisionServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DecisionServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DecisionServiceStub>() {
        @java.lang.Override
        public DecisionServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DecisionServiceStub(channel, callOptions);
        }
      };
    return DecisionServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static DecisionServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DecisionServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DecisionServiceBlockingV2Stub>() {
        @java.lang.Override
        public DecisionServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DecisionServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return DecisionServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static DecisionServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DecisionServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DecisionServiceBlockingStub>() {
        @java.lang.Override
        public DecisionServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DecisionServiceBlockingStub(channel, callOptions);
        }
      };
    return DecisionServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static DecisionServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<DecisionServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<DecisionServiceFutureStub>() {
        @java.lang.Override
        public DecisionServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new DecisionServiceFutureStub(channel, callOptions);
        }
      };
    return DecisionServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Request, policy, approvals, execution: the whole way of a decision.
   * Every call needs an authenticated actor, and where roles are configured, a role whose scope covers what the call is about: docs/security.md has the table. Every error
   * carries a google.rpc.ErrorInfo whose reason is a value of ErrorReason; see there.
   * Commands take a request_id. Repeated with the same content by the same actor, a command gets its first answer and writes nothing; used again
   * for something else it is refused with REQUEST_ID_REUSED. Without one, the server makes one up and the call must not be repeated blindly.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Opens a decision and, unless it is to be a draft, attaches its policy, both in one append.
     * </pre>
     */
    default void createDecision(io.nexusattest.v1.CreateDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.CreateDecisionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateDecisionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Attaches the policy of a draft, whoever asked for it. A policy attaches once.
     * </pre>
     */
    default void attachPolicy(io.nexusattest.v1.AttachPolicyRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.AttachPolicyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getAttachPolicyMethod(), responseObserver);
    }

    /**
     * <pre>
     * Says yes. Refused to the requester (unless the policy allows self-approval) and while an approval of the same actor stands.
     * </pre>
     */
    default void grantApproval(io.nexusattest.v1.GrantApprovalRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.GrantApprovalResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGrantApprovalMethod(), responseObserver);
    }

    /**
     * <pre>
     * Takes a yes back; possible until the gate.
     * </pre>
     */
    default void revokeApproval(io.nexusattest.v1.RevokeApprovalRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.RevokeApprovalResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRevokeApprovalMethod(), responseObserver);
    }

    /**
     * <pre>
     * A veto, open to everybody: ends the decision; possible until the gate.
     * </pre>
     */
    default void rejectDecision(io.nexusattest.v1.RejectDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.RejectDecisionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRejectDecisionMethod(), responseObserver);
    }

    /**
     * <pre>
     * The requester's withdrawal: ends the decision; possible until the gate.
     * </pre>
     */
    default void cancelDecision(io.nexusattest.v1.CancelDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.CancelDecisionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCancelDecisionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Says what would become of a request: its policy, the guardrails, what they ask for, and what stands in its way. Writes nothing.
     * </pre>
     */
    default void explainDecision(io.nexusattest.v1.ExplainDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ExplainDecisionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExplainDecisionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Passes the gate and starts the run, once. A closed gate is FAILED_PRECONDITION with reason GATE_CLOSED and a GateClosed detail that holds the
     * blocking reasons. Answers once EXECUTION_STARTED is durable, or with `wait` at the run's end if that comes first.
     * </pre>
     */
    default void executeDecision(io.nexusattest.v1.ExecuteDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ExecuteDecisionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExecuteDecisionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Resolves an execution that has been started and has no outcome: asks the router again, or records an operator's statement. A statement that ends the decision is
     * taken where the router does not answer or cannot tell; else it has to be forced. What the router says of the run later is not recorded.
     * </pre>
     */
    default void settleExecution(io.nexusattest.v1.SettleExecutionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.SettleExecutionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSettleExecutionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Reviews an execution by break-glass, while its review is not done: an approval after the fact, or an objection. Possible as soon as the gate has been passed, and also when the
     * decision has ended. A person reviews once, and nobody what they executed themselves.
     * </pre>
     */
    default void reviewExecution(io.nexusattest.v1.ReviewExecutionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ReviewExecutionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getReviewExecutionMethod(), responseObserver);
    }

    /**
     * <pre>
     * One decision, now or at any point of its past, judged by now or by any clock.
     * </pre>
     */
    default void getDecision(io.nexusattest.v1.GetDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.GetDecisionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetDecisionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Decisions, newest first, filtered.
     * </pre>
     */
    default void listDecisions(io.nexusattest.v1.ListDecisionsRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ListDecisionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListDecisionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * The log of one decision, in order.
     * </pre>
     */
    default void listDecisionEvents(io.nexusattest.v1.ListDecisionEventsRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ListDecisionEventsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListDecisionEventsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Follows one decision: every event from from_seq in order, exactly once, then live. Ends OK once a terminal state has been delivered. If it ends
     * in any other way, call again with the last seq + 1: nothing is lost or repeated.
     * </pre>
     */
    default void watchDecision(io.nexusattest.v1.WatchDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.WatchDecisionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchDecisionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Follows all decisions that match a filter: first as they stand, then each change. If it ends, call again with the last cursor.
     * </pre>
     */
    default void watchDecisions(io.nexusattest.v1.WatchDecisionsRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.WatchDecisionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchDecisionsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service DecisionService.
   * <pre>
   * Request, policy, approvals, execution: the whole way of a decision.
   * Every call needs an authenticated actor, and where roles are configured, a role whose scope covers what the call is about: docs/security.md has the table. Every error
   * carries a google.rpc.ErrorInfo whose reason is a value of ErrorReason; see there.
   * Commands take a request_id. Repeated with the same content by the same actor, a command gets its first answer and writes nothing; used again
   * for something else it is refused with REQUEST_ID_REUSED. Without one, the server makes one up and the call must not be repeated blindly.
   * </pre>
   */
  public static abstract class DecisionServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return DecisionServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service DecisionService.
   * <pre>
   * Request, policy, approvals, execution: the whole way of a decision.
   * Every call needs an authenticated actor, and where roles are configured, a role whose scope covers what the call is about: docs/security.md has the table. Every error
   * carries a google.rpc.ErrorInfo whose reason is a value of ErrorReason; see there.
   * Commands take a request_id. Repeated with the same content by the same actor, a command gets its first answer and writes nothing; used again
   * for something else it is refused with REQUEST_ID_REUSED. Without one, the server makes one up and the call must not be repeated blindly.
   * </pre>
   */
  public static final class DecisionServiceStub
      extends io.grpc.stub.AbstractAsyncStub<DecisionServiceStub> {
    private DecisionServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DecisionServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DecisionServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens a decision and, unless it is to be a draft, attaches its policy, both in one append.
     * </pre>
     */
    public void createDecision(io.nexusattest.v1.CreateDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.CreateDecisionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateDecisionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Attaches the policy of a draft, whoever asked for it. A policy attaches once.
     * </pre>
     */
    public void attachPolicy(io.nexusattest.v1.AttachPolicyRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.AttachPolicyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getAttachPolicyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Says yes. Refused to the requester (unless the policy allows self-approval) and while an approval of the same actor stands.
     * </pre>
     */
    public void grantApproval(io.nexusattest.v1.GrantApprovalRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.GrantApprovalResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGrantApprovalMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Takes a yes back; possible until the gate.
     * </pre>
     */
    public void revokeApproval(io.nexusattest.v1.RevokeApprovalRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.RevokeApprovalResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRevokeApprovalMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * A veto, open to everybody: ends the decision; possible until the gate.
     * </pre>
     */
    public void rejectDecision(io.nexusattest.v1.RejectDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.RejectDecisionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRejectDecisionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * The requester's withdrawal: ends the decision; possible until the gate.
     * </pre>
     */
    public void cancelDecision(io.nexusattest.v1.CancelDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.CancelDecisionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCancelDecisionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Says what would become of a request: its policy, the guardrails, what they ask for, and what stands in its way. Writes nothing.
     * </pre>
     */
    public void explainDecision(io.nexusattest.v1.ExplainDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ExplainDecisionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getExplainDecisionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Passes the gate and starts the run, once. A closed gate is FAILED_PRECONDITION with reason GATE_CLOSED and a GateClosed detail that holds the
     * blocking reasons. Answers once EXECUTION_STARTED is durable, or with `wait` at the run's end if that comes first.
     * </pre>
     */
    public void executeDecision(io.nexusattest.v1.ExecuteDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ExecuteDecisionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getExecuteDecisionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Resolves an execution that has been started and has no outcome: asks the router again, or records an operator's statement. A statement that ends the decision is
     * taken where the router does not answer or cannot tell; else it has to be forced. What the router says of the run later is not recorded.
     * </pre>
     */
    public void settleExecution(io.nexusattest.v1.SettleExecutionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.SettleExecutionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSettleExecutionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Reviews an execution by break-glass, while its review is not done: an approval after the fact, or an objection. Possible as soon as the gate has been passed, and also when the
     * decision has ended. A person reviews once, and nobody what they executed themselves.
     * </pre>
     */
    public void reviewExecution(io.nexusattest.v1.ReviewExecutionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ReviewExecutionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getReviewExecutionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * One decision, now or at any point of its past, judged by now or by any clock.
     * </pre>
     */
    public void getDecision(io.nexusattest.v1.GetDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.GetDecisionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetDecisionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Decisions, newest first, filtered.
     * </pre>
     */
    public void listDecisions(io.nexusattest.v1.ListDecisionsRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ListDecisionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListDecisionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * The log of one decision, in order.
     * </pre>
     */
    public void listDecisionEvents(io.nexusattest.v1.ListDecisionEventsRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.ListDecisionEventsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListDecisionEventsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Follows one decision: every event from from_seq in order, exactly once, then live. Ends OK once a terminal state has been delivered. If it ends
     * in any other way, call again with the last seq + 1: nothing is lost or repeated.
     * </pre>
     */
    public void watchDecision(io.nexusattest.v1.WatchDecisionRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.WatchDecisionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchDecisionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Follows all decisions that match a filter: first as they stand, then each change. If it ends, call again with the last cursor.
     * </pre>
     */
    public void watchDecisions(io.nexusattest.v1.WatchDecisionsRequest request,
        io.grpc.stub.StreamObserver<io.nexusattest.v1.WatchDecisionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchDecisionsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service DecisionService.
   * <pre>
   * Request, policy, approvals, execution: the whole way of a decision.
   * Every call needs an authenticated actor, and where roles are configured, a role whose scope covers what the call is about: docs/security.md has the table. Every error
   * carries a google.rpc.ErrorInfo whose reason is a value of ErrorReason; see there.
   * Commands take a request_id. Repeated with the same content by the same actor, a command gets its first answer and writes nothing; used again
   * for something else it is refused with REQUEST_ID_REUSED. Without one, the server makes one up and the call must not be repeated blindly.
   * </pre>
   */
  public static final class DecisionServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<DecisionServiceBlockingV2Stub> {
    private DecisionServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DecisionServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DecisionServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens a decision and, unless it is to be a draft, attaches its policy, both in one append.
     * </pre>
     */
    public io.nexusattest.v1.CreateDecisionResponse createDecision(io.nexusattest.v1.CreateDecisionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Attaches the policy of a draft, whoever asked for it. A policy attaches once.
     * </pre>
     */
    public io.nexusattest.v1.AttachPolicyResponse attachPolicy(io.nexusattest.v1.AttachPolicyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getAttachPolicyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says yes. Refused to the requester (unless the policy allows self-approval) and while an approval of the same actor stands.
     * </pre>
     */
    public io.nexusattest.v1.GrantApprovalResponse grantApproval(io.nexusattest.v1.GrantApprovalRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGrantApprovalMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes a yes back; possible until the gate.
     * </pre>
     */
    public io.nexusattest.v1.RevokeApprovalResponse revokeApproval(io.nexusattest.v1.RevokeApprovalRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRevokeApprovalMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * A veto, open to everybody: ends the decision; possible until the gate.
     * </pre>
     */
    public io.nexusattest.v1.RejectDecisionResponse rejectDecision(io.nexusattest.v1.RejectDecisionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRejectDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The requester's withdrawal: ends the decision; possible until the gate.
     * </pre>
     */
    public io.nexusattest.v1.CancelDecisionResponse cancelDecision(io.nexusattest.v1.CancelDecisionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCancelDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says what would become of a request: its policy, the guardrails, what they ask for, and what stands in its way. Writes nothing.
     * </pre>
     */
    public io.nexusattest.v1.ExplainDecisionResponse explainDecision(io.nexusattest.v1.ExplainDecisionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getExplainDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Passes the gate and starts the run, once. A closed gate is FAILED_PRECONDITION with reason GATE_CLOSED and a GateClosed detail that holds the
     * blocking reasons. Answers once EXECUTION_STARTED is durable, or with `wait` at the run's end if that comes first.
     * </pre>
     */
    public io.nexusattest.v1.ExecuteDecisionResponse executeDecision(io.nexusattest.v1.ExecuteDecisionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getExecuteDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Resolves an execution that has been started and has no outcome: asks the router again, or records an operator's statement. A statement that ends the decision is
     * taken where the router does not answer or cannot tell; else it has to be forced. What the router says of the run later is not recorded.
     * </pre>
     */
    public io.nexusattest.v1.SettleExecutionResponse settleExecution(io.nexusattest.v1.SettleExecutionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSettleExecutionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reviews an execution by break-glass, while its review is not done: an approval after the fact, or an objection. Possible as soon as the gate has been passed, and also when the
     * decision has ended. A person reviews once, and nobody what they executed themselves.
     * </pre>
     */
    public io.nexusattest.v1.ReviewExecutionResponse reviewExecution(io.nexusattest.v1.ReviewExecutionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getReviewExecutionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * One decision, now or at any point of its past, judged by now or by any clock.
     * </pre>
     */
    public io.nexusattest.v1.GetDecisionResponse getDecision(io.nexusattest.v1.GetDecisionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Decisions, newest first, filtered.
     * </pre>
     */
    public io.nexusattest.v1.ListDecisionsResponse listDecisions(io.nexusattest.v1.ListDecisionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListDecisionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The log of one decision, in order.
     * </pre>
     */
    public io.nexusattest.v1.ListDecisionEventsResponse listDecisionEvents(io.nexusattest.v1.ListDecisionEventsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListDecisionEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Follows one decision: every event from from_seq in order, exactly once, then live. Ends OK once a terminal state has been delivered. If it ends
     * in any other way, call again with the last seq + 1: nothing is lost or repeated.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.nexusattest.v1.WatchDecisionResponse>
        watchDecision(io.nexusattest.v1.WatchDecisionRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Follows all decisions that match a filter: first as they stand, then each change. If it ends, call again with the last cursor.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.nexusattest.v1.WatchDecisionsResponse>
        watchDecisions(io.nexusattest.v1.WatchDecisionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchDecisionsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service DecisionService.
   * <pre>
   * Request, policy, approvals, execution: the whole way of a decision.
   * Every call needs an authenticated actor, and where roles are configured, a role whose scope covers what the call is about: docs/security.md has the table. Every error
   * carries a google.rpc.ErrorInfo whose reason is a value of ErrorReason; see there.
   * Commands take a request_id. Repeated with the same content by the same actor, a command gets its first answer and writes nothing; used again
   * for something else it is refused with REQUEST_ID_REUSED. Without one, the server makes one up and the call must not be repeated blindly.
   * </pre>
   */
  public static final class DecisionServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<DecisionServiceBlockingStub> {
    private DecisionServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DecisionServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DecisionServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens a decision and, unless it is to be a draft, attaches its policy, both in one append.
     * </pre>
     */
    public io.nexusattest.v1.CreateDecisionResponse createDecision(io.nexusattest.v1.CreateDecisionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Attaches the policy of a draft, whoever asked for it. A policy attaches once.
     * </pre>
     */
    public io.nexusattest.v1.AttachPolicyResponse attachPolicy(io.nexusattest.v1.AttachPolicyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getAttachPolicyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says yes. Refused to the requester (unless the policy allows self-approval) and while an approval of the same actor stands.
     * </pre>
     */
    public io.nexusattest.v1.GrantApprovalResponse grantApproval(io.nexusattest.v1.GrantApprovalRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGrantApprovalMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes a yes back; possible until the gate.
     * </pre>
     */
    public io.nexusattest.v1.RevokeApprovalResponse revokeApproval(io.nexusattest.v1.RevokeApprovalRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRevokeApprovalMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * A veto, open to everybody: ends the decision; possible until the gate.
     * </pre>
     */
    public io.nexusattest.v1.RejectDecisionResponse rejectDecision(io.nexusattest.v1.RejectDecisionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRejectDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The requester's withdrawal: ends the decision; possible until the gate.
     * </pre>
     */
    public io.nexusattest.v1.CancelDecisionResponse cancelDecision(io.nexusattest.v1.CancelDecisionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCancelDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says what would become of a request: its policy, the guardrails, what they ask for, and what stands in its way. Writes nothing.
     * </pre>
     */
    public io.nexusattest.v1.ExplainDecisionResponse explainDecision(io.nexusattest.v1.ExplainDecisionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getExplainDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Passes the gate and starts the run, once. A closed gate is FAILED_PRECONDITION with reason GATE_CLOSED and a GateClosed detail that holds the
     * blocking reasons. Answers once EXECUTION_STARTED is durable, or with `wait` at the run's end if that comes first.
     * </pre>
     */
    public io.nexusattest.v1.ExecuteDecisionResponse executeDecision(io.nexusattest.v1.ExecuteDecisionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getExecuteDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Resolves an execution that has been started and has no outcome: asks the router again, or records an operator's statement. A statement that ends the decision is
     * taken where the router does not answer or cannot tell; else it has to be forced. What the router says of the run later is not recorded.
     * </pre>
     */
    public io.nexusattest.v1.SettleExecutionResponse settleExecution(io.nexusattest.v1.SettleExecutionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSettleExecutionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reviews an execution by break-glass, while its review is not done: an approval after the fact, or an objection. Possible as soon as the gate has been passed, and also when the
     * decision has ended. A person reviews once, and nobody what they executed themselves.
     * </pre>
     */
    public io.nexusattest.v1.ReviewExecutionResponse reviewExecution(io.nexusattest.v1.ReviewExecutionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getReviewExecutionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * One decision, now or at any point of its past, judged by now or by any clock.
     * </pre>
     */
    public io.nexusattest.v1.GetDecisionResponse getDecision(io.nexusattest.v1.GetDecisionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Decisions, newest first, filtered.
     * </pre>
     */
    public io.nexusattest.v1.ListDecisionsResponse listDecisions(io.nexusattest.v1.ListDecisionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListDecisionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * The log of one decision, in order.
     * </pre>
     */
    public io.nexusattest.v1.ListDecisionEventsResponse listDecisionEvents(io.nexusattest.v1.ListDecisionEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListDecisionEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Follows one decision: every event from from_seq in order, exactly once, then live. Ends OK once a terminal state has been delivered. If it ends
     * in any other way, call again with the last seq + 1: nothing is lost or repeated.
     * </pre>
     */
    public java.util.Iterator<io.nexusattest.v1.WatchDecisionResponse> watchDecision(
        io.nexusattest.v1.WatchDecisionRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchDecisionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Follows all decisions that match a filter: first as they stand, then each change. If it ends, call again with the last cursor.
     * </pre>
     */
    public java.util.Iterator<io.nexusattest.v1.WatchDecisionsResponse> watchDecisions(
        io.nexusattest.v1.WatchDecisionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchDecisionsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service DecisionService.
   * <pre>
   * Request, policy, approvals, execution: the whole way of a decision.
   * Every call needs an authenticated actor, and where roles are configured, a role whose scope covers what the call is about: docs/security.md has the table. Every error
   * carries a google.rpc.ErrorInfo whose reason is a value of ErrorReason; see there.
   * Commands take a request_id. Repeated with the same content by the same actor, a command gets its first answer and writes nothing; used again
   * for something else it is refused with REQUEST_ID_REUSED. Without one, the server makes one up and the call must not be repeated blindly.
   * </pre>
   */
  public static final class DecisionServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<DecisionServiceFutureStub> {
    private DecisionServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected DecisionServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new DecisionServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens a decision and, unless it is to be a draft, attaches its policy, both in one append.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.CreateDecisionResponse> createDecision(
        io.nexusattest.v1.CreateDecisionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateDecisionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Attaches the policy of a draft, whoever asked for it. A policy attaches once.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.AttachPolicyResponse> attachPolicy(
        io.nexusattest.v1.AttachPolicyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getAttachPolicyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Says yes. Refused to the requester (unless the policy allows self-approval) and while an approval of the same actor stands.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.GrantApprovalResponse> grantApproval(
        io.nexusattest.v1.GrantApprovalRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGrantApprovalMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Takes a yes back; possible until the gate.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.RevokeApprovalResponse> revokeApproval(
        io.nexusattest.v1.RevokeApprovalRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRevokeApprovalMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * A veto, open to everybody: ends the decision; possible until the gate.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.RejectDecisionResponse> rejectDecision(
        io.nexusattest.v1.RejectDecisionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRejectDecisionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * The requester's withdrawal: ends the decision; possible until the gate.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.CancelDecisionResponse> cancelDecision(
        io.nexusattest.v1.CancelDecisionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCancelDecisionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Says what would become of a request: its policy, the guardrails, what they ask for, and what stands in its way. Writes nothing.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.ExplainDecisionResponse> explainDecision(
        io.nexusattest.v1.ExplainDecisionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getExplainDecisionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Passes the gate and starts the run, once. A closed gate is FAILED_PRECONDITION with reason GATE_CLOSED and a GateClosed detail that holds the
     * blocking reasons. Answers once EXECUTION_STARTED is durable, or with `wait` at the run's end if that comes first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.ExecuteDecisionResponse> executeDecision(
        io.nexusattest.v1.ExecuteDecisionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getExecuteDecisionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Resolves an execution that has been started and has no outcome: asks the router again, or records an operator's statement. A statement that ends the decision is
     * taken where the router does not answer or cannot tell; else it has to be forced. What the router says of the run later is not recorded.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.SettleExecutionResponse> settleExecution(
        io.nexusattest.v1.SettleExecutionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSettleExecutionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Reviews an execution by break-glass, while its review is not done: an approval after the fact, or an objection. Possible as soon as the gate has been passed, and also when the
     * decision has ended. A person reviews once, and nobody what they executed themselves.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.ReviewExecutionResponse> reviewExecution(
        io.nexusattest.v1.ReviewExecutionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getReviewExecutionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * One decision, now or at any point of its past, judged by now or by any clock.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.GetDecisionResponse> getDecision(
        io.nexusattest.v1.GetDecisionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetDecisionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Decisions, newest first, filtered.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.ListDecisionsResponse> listDecisions(
        io.nexusattest.v1.ListDecisionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListDecisionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * The log of one decision, in order.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.nexusattest.v1.ListDecisionEventsResponse> listDecisionEvents(
        io.nexusattest.v1.ListDecisionEventsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListDecisionEventsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_DECISION = 0;
  private static final int METHODID_ATTACH_POLICY = 1;
  private static final int METHODID_GRANT_APPROVAL = 2;
  private static final int METHODID_REVOKE_APPROVAL = 3;
  private static final int METHODID_REJECT_DECISION = 4;
  private static final int METHODID_CANCEL_DECISION = 5;
  private static final int METHODID_EXPLAIN_DECISION = 6;
  private static final int METHODID_EXECUTE_DECISION = 7;
  private static final int METHODID_SETTLE_EXECUTION = 8;
  private static final int METHODID_REVIEW_EXECUTION = 9;
  private static final int METHODID_GET_DECISION = 10;
  private static final int METHODID_LIST_DECISIONS = 11;
  private static final int METHODID_LIST_DECISION_EVENTS = 12;
  private static final int METHODID_WATCH_DECISION = 13;
  private static final int METHODID_WATCH_DECISIONS = 14;

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
        case METHODID_CREATE_DECISION:
          serviceImpl.createDecision((io.nexusattest.v1.CreateDecisionRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.CreateDecisionResponse>) responseObserver);
          break;
        case METHODID_ATTACH_POLICY:
          serviceImpl.attachPolicy((io.nexusattest.v1.AttachPolicyRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.AttachPolicyResponse>) responseObserver);
          break;
        case METHODID_GRANT_APPROVAL:
          serviceImpl.grantApproval((io.nexusattest.v1.GrantApprovalRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.GrantApprovalResponse>) responseObserver);
          break;
        case METHODID_REVOKE_APPROVAL:
          serviceImpl.revokeApproval((io.nexusattest.v1.RevokeApprovalRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.RevokeApprovalResponse>) responseObserver);
          break;
        case METHODID_REJECT_DECISION:
          serviceImpl.rejectDecision((io.nexusattest.v1.RejectDecisionRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.RejectDecisionResponse>) responseObserver);
          break;
        case METHODID_CANCEL_DECISION:
          serviceImpl.cancelDecision((io.nexusattest.v1.CancelDecisionRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.CancelDecisionResponse>) responseObserver);
          break;
        case METHODID_EXPLAIN_DECISION:
          serviceImpl.explainDecision((io.nexusattest.v1.ExplainDecisionRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.ExplainDecisionResponse>) responseObserver);
          break;
        case METHODID_EXECUTE_DECISION:
          serviceImpl.executeDecision((io.nexusattest.v1.ExecuteDecisionRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.ExecuteDecisionResponse>) responseObserver);
          break;
        case METHODID_SETTLE_EXECUTION:
          serviceImpl.settleExecution((io.nexusattest.v1.SettleExecutionRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.SettleExecutionResponse>) responseObserver);
          break;
        case METHODID_REVIEW_EXECUTION:
          serviceImpl.reviewExecution((io.nexusattest.v1.ReviewExecutionRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.ReviewExecutionResponse>) responseObserver);
          break;
        case METHODID_GET_DECISION:
          serviceImpl.getDecision((io.nexusattest.v1.GetDecisionRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.GetDecisionResponse>) responseObserver);
          break;
        case METHODID_LIST_DECISIONS:
          serviceImpl.listDecisions((io.nexusattest.v1.ListDecisionsRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.ListDecisionsResponse>) responseObserver);
          break;
        case METHODID_LIST_DECISION_EVENTS:
          serviceImpl.listDecisionEvents((io.nexusattest.v1.ListDecisionEventsRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.ListDecisionEventsResponse>) responseObserver);
          break;
        case METHODID_WATCH_DECISION:
          serviceImpl.watchDecision((io.nexusattest.v1.WatchDecisionRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.WatchDecisionResponse>) responseObserver);
          break;
        case METHODID_WATCH_DECISIONS:
          serviceImpl.watchDecisions((io.nexusattest.v1.WatchDecisionsRequest) request,
              (io.grpc.stub.StreamObserver<io.nexusattest.v1.WatchDecisionsResponse>) responseObserver);
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
          getCreateDecisionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.CreateDecisionRequest,
              io.nexusattest.v1.CreateDecisionResponse>(
                service, METHODID_CREATE_DECISION)))
        .addMethod(
          getAttachPolicyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.AttachPolicyRequest,
              io.nexusattest.v1.AttachPolicyResponse>(
                service, METHODID_ATTACH_POLICY)))
        .addMethod(
          getGrantApprovalMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.GrantApprovalRequest,
              io.nexusattest.v1.GrantApprovalResponse>(
                service, METHODID_GRANT_APPROVAL)))
        .addMethod(
          getRevokeApprovalMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.RevokeApprovalRequest,
              io.nexusattest.v1.RevokeApprovalResponse>(
                service, METHODID_REVOKE_APPROVAL)))
        .addMethod(
          getRejectDecisionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.RejectDecisionRequest,
              io.nexusattest.v1.RejectDecisionResponse>(
                service, METHODID_REJECT_DECISION)))
        .addMethod(
          getCancelDecisionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.CancelDecisionRequest,
              io.nexusattest.v1.CancelDecisionResponse>(
                service, METHODID_CANCEL_DECISION)))
        .addMethod(
          getExplainDecisionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.ExplainDecisionRequest,
              io.nexusattest.v1.ExplainDecisionResponse>(
                service, METHODID_EXPLAIN_DECISION)))
        .addMethod(
          getExecuteDecisionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.ExecuteDecisionRequest,
              io.nexusattest.v1.ExecuteDecisionResponse>(
                service, METHODID_EXECUTE_DECISION)))
        .addMethod(
          getSettleExecutionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.SettleExecutionRequest,
              io.nexusattest.v1.SettleExecutionResponse>(
                service, METHODID_SETTLE_EXECUTION)))
        .addMethod(
          getReviewExecutionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.ReviewExecutionRequest,
              io.nexusattest.v1.ReviewExecutionResponse>(
                service, METHODID_REVIEW_EXECUTION)))
        .addMethod(
          getGetDecisionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.GetDecisionRequest,
              io.nexusattest.v1.GetDecisionResponse>(
                service, METHODID_GET_DECISION)))
        .addMethod(
          getListDecisionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.ListDecisionsRequest,
              io.nexusattest.v1.ListDecisionsResponse>(
                service, METHODID_LIST_DECISIONS)))
        .addMethod(
          getListDecisionEventsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.nexusattest.v1.ListDecisionEventsRequest,
              io.nexusattest.v1.ListDecisionEventsResponse>(
                service, METHODID_LIST_DECISION_EVENTS)))
        .addMethod(
          getWatchDecisionMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.nexusattest.v1.WatchDecisionRequest,
              io.nexusattest.v1.WatchDecisionResponse>(
                service, METHODID_WATCH_DECISION)))
        .addMethod(
          getWatchDecisionsMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.nexusattest.v1.WatchDecisionsRequest,
              io.nexusattest.v1.WatchDecisionsResponse>(
                service, METHODID_WATCH_DECISIONS)))
        .build();
  }

  private static abstract class DecisionServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    DecisionServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.nexusattest.v1.DecisionServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("DecisionService");
    }
  }

  private static final class DecisionServiceFileDescriptorSupplier
      extends DecisionServiceBaseDescriptorSupplier {
    DecisionServiceFileDescriptorSupplier() {}
  }

  private static final class DecisionServiceMethodDescriptorSupplier
      extends DecisionServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    DecisionServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (DecisionServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new DecisionServiceFileDescriptorSupplier())
              .addMethod(getCreateDecisionMethod())
              .addMethod(getAttachPolicyMethod())
              .addMethod(getGrantApprovalMethod())
              .addMethod(getRevokeApprovalMethod())
              .addMethod(getRejectDecisionMethod())
              .addMethod(getCancelDecisionMethod())
              .addMethod(getExplainDecisionMethod())
              .addMethod(getExecuteDecisionMethod())
              .addMethod(getSettleExecutionMethod())
              .addMethod(getReviewExecutionMethod())
              .addMethod(getGetDecisionMethod())
              .addMethod(getListDecisionsMethod())
              .addMethod(getListDecisionEventsMethod())
              .addMethod(getWatchDecisionMethod())
              .addMethod(getWatchDecisionsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
