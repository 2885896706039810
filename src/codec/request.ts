import { create } from "@bufbuild/protobuf";
import { LabelSchema, type Label as WireLabel } from "../../gen/ts/nexus/attest/v1/label_pb.ts";
import { PlanSchema, type Plan as WirePlan } from "../../gen/ts/nexus/attest/v1/plan_pb.ts";
import { type Label, type Plan, sortLabels } from "../domain/request.ts";
import { CodecError } from "./codec-error.ts";

export function toWireLabels(labels: readonly Label[]): WireLabel[] {
  return labels.map(({ key, value }) => create(LabelSchema, { key, value }));
}

export function fromWireLabels(labels: readonly WireLabel[]): readonly Label[] {
  return sortLabels(labels.map(({ key, value }) => ({ key, value })));
}

export function toWirePlan(plan: Plan): WirePlan {
  return create(PlanSchema, { steps: plan.steps.map((step) => ({ ...step, call: { ...step.call } })) });
}

export function fromWirePlan(plan: WirePlan): Plan {
  return {
    steps: plan.steps.map(({ stepId, intent, call }, index) => {
      if (call === undefined) throw new CodecError(`plan.steps[${index}].call is missing`);
      const { tool, method, argumentsJson } = call;
      return { stepId, intent, call: { tool, method, argumentsJson } };
    }),
  };
}
