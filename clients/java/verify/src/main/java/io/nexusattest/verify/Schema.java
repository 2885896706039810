package io.nexusattest.verify;

import static io.nexusattest.verify.FieldType.Plain.BYTES;
import static io.nexusattest.verify.FieldType.Plain.FLAG;
import static io.nexusattest.verify.FieldType.Plain.NUMBER;
import static io.nexusattest.verify.FieldType.Plain.TEXT;
import static io.nexusattest.verify.FieldType.Plain.TIME;
import static io.nexusattest.verify.MessageType.Mark.IN_ORDER;
import static io.nexusattest.verify.MessageType.Mark.OPTIONAL;
import static io.nexusattest.verify.MessageType.Mark.REQUIRED;

import io.nexusattest.verify.FieldType.ListOf;
import io.nexusattest.verify.FieldType.Name;
import java.util.List;

/** The fields of an audit package: the tables under "Fields" in docs/audit-package.md, to which a test holds them. */
final class Schema {
  static final Name MODE = names("MODE_DRY_RUN", "MODE_APPLY");
  static final Name ACTOR_TYPE = names("ACTOR_TYPE_HUMAN", "ACTOR_TYPE_SYSTEM");
  static final Name SETTLEMENT_BASIS = names("SETTLEMENT_BASIS_ROUTER_ANSWER", "SETTLEMENT_BASIS_OPERATOR_STATEMENT");
  static final Name OVERRULED = names("OVERRULED_RUNNING", "OVERRULED_SUCCEEDED", "OVERRULED_FAILED", "OVERRULED_NOT_ASKED");
  static final Name REVIEW_VERDICT = names("REVIEW_VERDICT_JUSTIFIED", "REVIEW_VERDICT_UNJUSTIFIED");
  static final Name PACKAGE_MODE = names("PACKAGE_MODE_REFERENCE", "PACKAGE_MODE_EMBEDDED");
  static final ListOf TEXTS = list(TEXT);

  static final MessageType SIGNATURE = message("DsseSignature").with("keyid", TEXT).with("sig", BYTES);
  static final MessageType ENVELOPE =
      message("DsseEnvelope").with("payload", BYTES).with("payloadType", TEXT).with("signatures", list(SIGNATURE));
  static final MessageType ACTOR = message("Actor").with("type", ACTOR_TYPE, REQUIRED).with("id", TEXT, REQUIRED);
  static final MessageType LABEL = message("Label").with("key", TEXT).with("value", TEXT);
  static final MessageType PLAN_CALL = message("PlanCall").with("tool", TEXT).with("method", TEXT).with("argumentsJson", TEXT);
  static final MessageType PLAN_STEP = message("PlanStep").with("stepId", TEXT).with("intent", TEXT).with("call", PLAN_CALL, REQUIRED);
  static final MessageType PLAN = message("Plan").with("steps", list(PLAN_STEP));
  static final MessageType GROUP = message("ApproverGroup").with("group", TEXT).with("minApprovals", NUMBER);
  static final MessageType POLICY = policy("Policy", MessageType.Mark.NONE);
  static final MessageType OVERRIDES = policy("PolicyOverrides", OPTIONAL);
  static final MessageType TEMPLATE_USE =
      message("TemplateUse")
          .with("name", TEXT)
          .with("digest", TEXT)
          .with("templatePolicy", POLICY, REQUIRED)
          .with("overrides", OVERRIDES);
  static final MessageType GUARDRAIL_MATCH =
      message("GuardrailMatch").with("adapters", TEXTS).with("labels", list(LABEL), IN_ORDER).with("modes", list(MODE));
  static final MessageType REQUIRED_LABEL = message("RequiredLabel").with("key", TEXT).with("values", TEXTS);
  static final MessageType GUARDRAIL =
      message("Guardrail")
          .with("name", TEXT)
          .with("match", GUARDRAIL_MATCH)
          .with("minApprovals", NUMBER)
          .with("groups", list(GROUP))
          .with("humansOnly", FLAG)
          .with("requireSignedApprovals", FLAG)
          .with("allowedModes", list(MODE))
          .with("maxApprovalLifetimeSeconds", NUMBER)
          .with("requiredLabels", list(REQUIRED_LABEL))
          .with("allowSelfApproval", FLAG);
  static final MessageType GUARDRAIL_USE = message("GuardrailUse").with("digest", TEXT).with("guardrail", GUARDRAIL, REQUIRED);
  static final MessageType SEPARATION_OF_DUTIES =
      message("SeparationOfDuties").with("executorIsNotRequester", FLAG).with("approverIsNotExecutor", FLAG);
  static final MessageType BREAK_GLASS =
      message("BreakGlass").with("reason", TEXT).with("minApprovals", NUMBER).with("reviewBy", TIME, REQUIRED);
  static final MessageType SETTLEMENT =
      message("Settlement").with("basis", SETTLEMENT_BASIS, REQUIRED).with("reason", TEXT).with("overruled", OVERRULED);

  /** The bodies that an event can have, by the names of their fields: an event is of the type of the one that it has. */
  static final List<MessageType> BODIES =
      List.of(
          message("decisionCreated")
              .with("goal", TEXT)
              .with("mode", MODE, REQUIRED)
              .with("plan", PLAN)
              .with("adapterId", TEXT)
              .with("labels", list(LABEL), IN_ORDER),
          message("policyAttached").with("policy", POLICY, REQUIRED).with("template", TEMPLATE_USE).with("guardrails", list(GUARDRAIL_USE)),
          message("approvalGranted")
              .with("comment", TEXT)
              .with("expiresAt", TIME)
              .with("requestDigest", TEXT)
              .with("groups", TEXTS)
              .with("signature", ENVELOPE),
          message("approvalRevoked").with("approver", ACTOR, REQUIRED).with("reason", TEXT),
          message("executionRequested")
              .with("adapterId", TEXT)
              .with("mode", MODE, REQUIRED)
              .with("adapterCapabilities", TEXTS)
              .with("approvalDigests", TEXTS)
              .with("policyDigest", TEXT)
              .with("routerRequestDigest", TEXT)
              .with("guardrails", list(GUARDRAIL_USE))
              .with("separationOfDuties", SEPARATION_OF_DUTIES)
              .with("breakGlass", BREAK_GLASS),
          message("executionStarted").with("serverId", TEXT),
          outcome(message("executionCompleted")),
          outcome(message("executionFailed").with("code", TEXT).with("message", TEXT)),
          message("decisionRejected").with("reason", TEXT),
          message("decisionCancelled").with("reason", TEXT),
          message("executionOutcomeUnknown").with("reason", TEXT).with("runId", TEXT).with("settlement", SETTLEMENT),
          message("executionReviewed").with("verdict", REVIEW_VERDICT, REQUIRED).with("comment", TEXT).with("groups", TEXTS));

  static final MessageType EVENT = event();
  static final MessageType TEMPLATE_CREATED =
      message("TemplateCreated").with("policy", POLICY, REQUIRED).with("matchLabels", list(LABEL), IN_ORDER).with("description", TEXT);
  static final MessageType TEMPLATE_EVENT =
      message("TemplateEvent")
          .with("eventId", TEXT, REQUIRED)
          .with("name", TEXT)
          .with("occurredAt", TIME, REQUIRED)
          .with("actor", ACTOR, REQUIRED)
          .with("delegate", ACTOR)
          .with("requestId", TEXT)
          .with("templateCreated", TEMPLATE_CREATED, REQUIRED);
  static final MessageType CONTROL_BUNDLE =
      message("ControlBundle").with("bundleVersion", TEXT).with("decisionId", TEXT).with("events", list(EVENT)).with("headDigest", TEXT);
  static final MessageType ROUTER_SECTION =
      message("RouterSection")
          .with("mode", PACKAGE_MODE)
          .with("runId", TEXT)
          .with("adapterId", TEXT)
          .with("routerDigest", TEXT)
          .with("runBundle", BYTES)
          .with("runBundleMediaType", TEXT);
  static final MessageType LINK =
      message("Link")
          .with("decisionId", TEXT)
          .with("runId", TEXT)
          .with("adapterId", TEXT)
          .with("mode", MODE)
          .with("requestDigest", TEXT)
          .with("policyDigest", TEXT)
          .with("approvalDigests", TEXTS)
          .with("executionRequestedDigest", TEXT)
          .with("routerRequestDigest", TEXT)
          .with("routerDigest", TEXT);
  static final MessageType PACKAGE =
      message("Package")
          .with("packageVersion", TEXT)
          .with("controlBundle", CONTROL_BUNDLE)
          .with("controlDigest", TEXT)
          .with("router", ROUTER_SECTION)
          .with("link", LINK)
          .with("linkDigest", TEXT)
          .with("bindingDigest", TEXT)
          .with("signature", ENVELOPE)
          .with("template", TEMPLATE_EVENT);

  private Schema() {}

  static MessageType message(String name) {
    return new MessageType(name);
  }

  static ListOf list(FieldType element) {
    return new ListOf(element);
  }

  private static Name names(String... names) {
    return new Name(List.of(names));
  }

  /** A policy, and overrides of one: the same fields, with what can say that a limit or a flag is to be the default marked. */
  private static MessageType policy(String name, MessageType.Mark settable) {
    return message(name)
        .with("minApprovals", NUMBER, settable)
        .with("allowedModes", list(MODE))
        .with("requireAdapterCapabilities", TEXTS)
        .with("maxSteps", NUMBER, settable)
        .with("labels", list(LABEL), IN_ORDER)
        .with("allowedAdapters", TEXTS)
        .with("allowSelfApproval", FLAG, settable)
        .with("humansOnly", FLAG, settable)
        .with("groups", list(GROUP))
        .with("requireComment", FLAG, settable)
        .with("maxApprovalLifetimeSeconds", NUMBER, settable)
        .with("requireSignedApprovals", FLAG, settable);
  }

  private static MessageType outcome(MessageType body) {
    return body.with("runId", TEXT)
        .with("routerDigest", TEXT)
        .with("stepsExecuted", NUMBER)
        .with("settlement", SETTLEMENT)
        .with("routerMediaType", TEXT)
        .with("routerSignature", ENVELOPE);
  }

  private static MessageType event() {
    MessageType event =
        message("Event")
            .with("eventId", TEXT, REQUIRED)
            .with("decisionId", TEXT)
            .with("seq", NUMBER)
            .with("occurredAt", TIME, REQUIRED)
            .with("actor", ACTOR, REQUIRED)
            .with("delegate", ACTOR)
            .with("requestId", TEXT)
            .with("previousDigest", TEXT);
    for (MessageType body : BODIES) event.with(body.name(), body);
    return event;
  }
}
