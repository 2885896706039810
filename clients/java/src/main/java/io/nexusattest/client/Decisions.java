package io.nexusattest.client;

import io.nexusattest.v1.AttachPolicyRequest;
import io.nexusattest.v1.AttachPolicyResponse;
import io.nexusattest.v1.CancelDecisionRequest;
import io.nexusattest.v1.CancelDecisionResponse;
import io.nexusattest.v1.CreateDecisionRequest;
import io.nexusattest.v1.CreateDecisionResponse;
import io.nexusattest.v1.DecisionServiceGrpc.DecisionServiceBlockingStub;
import io.nexusattest.v1.DecisionServiceGrpc;
import io.nexusattest.v1.ExecuteDecisionRequest;
import io.nexusattest.v1.ExecuteDecisionResponse;
import io.nexusattest.v1.ExplainDecisionRequest;
import io.nexusattest.v1.ExplainDecisionResponse;
import io.nexusattest.v1.GetDecisionRequest;
import io.nexusattest.v1.GetDecisionResponse;
import io.nexusattest.v1.GrantApprovalRequest;
import io.nexusattest.v1.GrantApprovalResponse;
import io.nexusattest.v1.ListDecisionEventsRequest;
import io.nexusattest.v1.ListDecisionEventsResponse;
import io.nexusattest.v1.ListDecisionsRequest;
import io.nexusattest.v1.ListDecisionsResponse;
import io.nexusattest.v1.RejectDecisionRequest;
import io.nexusattest.v1.RejectDecisionResponse;
import io.nexusattest.v1.ReviewExecutionRequest;
import io.nexusattest.v1.ReviewExecutionResponse;
import io.nexusattest.v1.RevokeApprovalRequest;
import io.nexusattest.v1.RevokeApprovalResponse;
import io.nexusattest.v1.SettleExecutionRequest;
import io.nexusattest.v1.SettleExecutionResponse;
import java.time.Duration;

/** Request, policy, approvals, execution. Each call is explained in full at the method of the same name of {@link DecisionServiceBlockingStub}, which makes it. */
public final class Decisions {
  private final Calls calls;
  private final DecisionServiceBlockingStub stub;

  Decisions(Calls calls) {
    this.calls = calls;
    stub = DecisionServiceGrpc.newBlockingStub(calls.connection().channel());
  }

  /** The same calls, with another time for each, all its tries together. */
  public Decisions withTimeout(Duration timeout) {
    return new Decisions(calls.within(timeout));
  }

  /** Opens a decision and, unless it is to be a draft, attaches its policy. */
  public CreateDecisionResponse createDecision(CreateDecisionRequest request) {
    return calls.make(stub, DecisionServiceBlockingStub::createDecision, request);
  }

  /** Attaches the policy of a draft. A policy attaches once. */
  public AttachPolicyResponse attachPolicy(AttachPolicyRequest request) {
    return calls.make(stub, DecisionServiceBlockingStub::attachPolicy, request);
  }

  /** Says yes. */
  public GrantApprovalResponse grantApproval(GrantApprovalRequest request) {
    return calls.make(stub, DecisionServiceBlockingStub::grantApproval, request);
  }

  /** Takes a yes back; possible until the gate. */
  public RevokeApprovalResponse revokeApproval(RevokeApprovalRequest request) {
    return calls.make(stub, DecisionServiceBlockingStub::revokeApproval, request);
  }

  /** A veto: ends the decision; possible until the gate. */
  public RejectDecisionResponse rejectDecision(RejectDecisionRequest request) {
    return calls.make(stub, DecisionServiceBlockingStub::rejectDecision, request);
  }

  /** The requester's withdrawal: ends the decision; possible until the gate. */
  public CancelDecisionResponse cancelDecision(CancelDecisionRequest request) {
    return calls.make(stub, DecisionServiceBlockingStub::cancelDecision, request);
  }

  /** Says what would become of a request: its policy, the guardrails, and what would stand in its way. Writes nothing. */
  public ExplainDecisionResponse explainDecision(ExplainDecisionRequest request) {
    return calls.make(stub, DecisionServiceBlockingStub::explainDecision, request);
  }

  /** Passes the gate and starts the run, once. A closed gate is {@code GATE_CLOSED}, with blocking reasons. */
  public ExecuteDecisionResponse executeDecision(ExecuteDecisionRequest request) {
    return calls.make(stub, DecisionServiceBlockingStub::executeDecision, request);
  }

  /** Reviews an execution by break-glass. A person reviews once, and nobody what they executed themselves. */
  public ReviewExecutionResponse reviewExecution(ReviewExecutionRequest request) {
    return calls.make(stub, DecisionServiceBlockingStub::reviewExecution, request);
  }

  /** Resolves an execution that has been started and has no outcome. */
  public SettleExecutionResponse settleExecution(SettleExecutionRequest request) {
    return calls.make(stub, DecisionServiceBlockingStub::settleExecution, request);
  }

  /** One decision, now or at any point of its past. */
  public GetDecisionResponse getDecision(GetDecisionRequest request) {
    return calls.make(stub, DecisionServiceBlockingStub::getDecision, request);
  }

  /** Decisions, newest first, filtered. */
  public ListDecisionsResponse listDecisions(ListDecisionsRequest request) {
    return calls.make(stub, DecisionServiceBlockingStub::listDecisions, request);
  }

  /** The log of one decision, in order. */
  public ListDecisionEventsResponse listDecisionEvents(ListDecisionEventsRequest request) {
    return calls.make(stub, DecisionServiceBlockingStub::listDecisionEvents, request);
  }
}
