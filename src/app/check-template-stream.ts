import type { Template } from "../domain/template.ts";
import { BrokenLog } from "../evidence/chain.ts";
import { policyFlaw } from "../evidence/check-log.ts";
import { assertBeside, type CheckStream, withoutPlace } from "./check-stream.ts";
import { takeUpStoredTemplate, templateNameOf } from "./template-log.ts";

/** Checks the log of a template. */
export const checkTemplateStream: CheckStream = async (stream, events, _ports, report) => {
  let template: Template | undefined;
  for await (const stored of events) {
    const seq = stored.revision;
    try {
      const taken = takeUpStoredTemplate(templateNameOf(stream), template, stored);
      assertBeside(stored, taken.recorded.event.eventId);
      template = taken.template;
    } catch (error) {
      if (!(error instanceof BrokenLog)) throw error;
      report({ kind: "LOG", seq, message: withoutPlace(error.message, `event ${seq}`) });
      return;
    }
    const flaw = policyFlaw(template.policy);
    if (flaw !== undefined) report({ kind: "RULE", seq, message: `event_schema: policy.${flaw}` });
  }
};
