import type { HttpAdapterConfig } from "./adapter-config.ts";
import { type CallAdapter, failed, readAnswer, succeeded } from "./step.ts";

/**
 * Posts each step to the adapter's URL as JSON: `{"decision_id", "step_id", "tool", "method", "arguments"}`, the arguments spliced in as the text that was approved.
 * A 2xx answer with a JSON body is success. Redirects are not followed.
 */
export function createHttpAdapter(config: HttpAdapterConfig): CallAdapter {
  return async ({ decisionId, step, signal }) => {
    const { tool, method, argumentsJson } = step.call;
    const head = JSON.stringify({ decision_id: decisionId, step_id: step.stepId, tool, method });
    const body = `${head.slice(0, -1)},"arguments":${argumentsJson || "{}"}}`;
    const timeout = AbortSignal.timeout(config.timeout);
    let httpStatus: number | undefined;
    try {
      const response = await fetch(config.url, {
        method: "POST",
        redirect: "manual",
        headers: {
          ...config.headers,
          "content-type": "application/json",
          accept: "application/json",
          "idempotency-key": `${decisionId}/${step.stepId}`,
        },
        body,
        signal: AbortSignal.any([signal, timeout]),
      });
      httpStatus = response.status;
      const bytes = await readBounded(response, config.maxOutputBytes);
      if (bytes === undefined)
        return failed("OUTPUT_TOO_LARGE", `The answer is larger than ${config.maxOutputBytes} bytes.`, { httpStatus });
      if (!response.ok) return failed("STEP_FAILED", `The answer has HTTP status ${httpStatus}.`, { httpStatus });
      const answer = readAnswer(bytes);
      if ("problem" in answer) return failed("OUTPUT_NOT_JSON", `The HTTP answer: ${answer.problem}.`, { httpStatus });
      return succeeded({ httpStatus, outputJson: answer.json });
    } catch (error) {
      if (signal.aborted) return failed("CANCELLED", "The run was cancelled.", { httpStatus });
      if (timeout.aborted)
        return failed("STEP_TIMEOUT", `The answer did not come within ${config.timeout / 1000} seconds.`, {
          httpStatus,
        });
      const cause = (error as { readonly cause?: { readonly code?: string } }).cause?.code;
      return failed("STEP_FAILED", `The request failed: ${cause ?? (error as Error).message}.`, { httpStatus });
    }
  };
}

/** The body, or undefined if it is larger than allowed. */
async function readBounded(response: Response, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
