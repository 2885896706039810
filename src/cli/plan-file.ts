import { z } from "zod";
import { readJsonFile } from "./json-file.ts";

/** The text of one JSON value; `arguments` is a convenience for people, the server takes the text. */
const call = z
  .strictObject({
    tool: z.string().min(1),
    method: z.string().min(1),
    arguments: z.json().optional(),
    argumentsJson: z.string().optional(),
    arguments_json: z.string().optional(),
  })
  .refine((c) => [c.arguments, c.argumentsJson, c.arguments_json].filter((each) => each !== undefined).length <= 1, {
    message: "give either arguments or argumentsJson, not both",
  })
  .transform(({ tool, method, ...given }) => ({
    tool,
    method,
    argumentsJson:
      given.argumentsJson ??
      given.arguments_json ??
      (given.arguments === undefined ? "" : JSON.stringify(given.arguments)),
  }));

const step = z
  .strictObject({ stepId: z.string().optional(), step_id: z.string().optional(), intent: z.string().default(""), call })
  .refine((s) => (s.stepId === undefined) !== (s.step_id === undefined), { message: "a step has one stepId" })
  .transform(({ stepId, step_id, intent, call }) => ({ stepId: stepId ?? step_id ?? "", intent, call }));

const plan = z.strictObject({ steps: z.array(step).min(1) });

/** Reads a plan: `{"steps": [{"stepId", "intent", "call": {"tool", "method", "arguments"}}]}`. */
export function readPlanFile(file: string) {
  return readJsonFile(file, plan);
}
