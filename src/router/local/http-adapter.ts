import { lookup as systemLookup } from "node:dns";
import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import type { HttpAdapterConfig } from "./adapter-config.ts";
import { AddressForbidden, guardedLookup } from "./guarded-lookup.ts";
import { type CallAdapter, failed, readAnswer, type StepCall, succeeded } from "./step.ts";

/**
 * Posts each step to the adapter's URL as JSON: `{"decision_id", "step_id", "tool", "method", "arguments"}`, the arguments spliced in as the text that was approved.
 * A 2xx answer with a JSON body is success. Redirects are not followed, nor are the environment's proxies. Nothing of a plan has a say in where it goes.
 *
 * @param lookup how names are looked up.
 */
export function createHttpAdapter(config: HttpAdapterConfig, lookup = systemLookup): CallAdapter {
  return async (call) => {
    const { signal } = call;
    const timeout = AbortSignal.timeout(config.timeout);
    let httpStatus: number | undefined;
    try {
      const response = await post(config, call, lookup, AbortSignal.any([signal, timeout]));
      httpStatus = response.statusCode ?? 0;
      if (httpStatus < 200 || httpStatus > 299) {
        response.destroy();
        return failed("STEP_FAILED", `The answer has HTTP status ${httpStatus}.`, { httpStatus });
      }
      const bytes = await readBounded(response, config.maxOutputBytes);
      if (bytes === undefined)
        return failed("OUTPUT_TOO_LARGE", `The answer is larger than ${config.maxOutputBytes} bytes.`, { httpStatus });
      const answer = readAnswer(bytes);
      if ("problem" in answer) return failed("OUTPUT_NOT_JSON", `The HTTP answer: ${answer.problem}.`, { httpStatus });
      return succeeded({ httpStatus, outputJson: answer.json });
    } catch (error) {
      if (signal.aborted) return failed("CANCELLED", "The run was cancelled.", { httpStatus });
      if (timeout.aborted)
        return failed("STEP_TIMEOUT", `The answer did not come within ${config.timeout / 1000} seconds.`, {
          httpStatus,
        });
      if (error instanceof AddressForbidden)
        return failed("ADDRESS_FORBIDDEN", `Nothing was sent: ${error.message}; see allowedAddresses.`);
      // A code only: a message could quote a header, and with it a secret.
      const code = (error as NodeJS.ErrnoException).code ?? (error as Error).name;
      return failed("STEP_FAILED", `The request failed: ${code}.`, { httpStatus });
    }
  };
}

/** Sends a step over a connection of its own: one that was kept open could turn out dead when it is too late to tell what the other side got. */
function post(
  config: HttpAdapterConfig,
  { decisionId, step }: StepCall,
  lookup: typeof systemLookup,
  signal: AbortSignal,
) {
  const { tool, method, argumentsJson } = step.call;
  const head = JSON.stringify({ decision_id: decisionId, step_id: step.stepId, tool, method });
  const body = Buffer.from(`${head.slice(0, -1)},"arguments":${argumentsJson || "{}"}}`);
  // Of two headers of one name, in whatever case, the later one is sent.
  const headers = {
    ...config.headers,
    "content-type": "application/json",
    "content-length": String(body.length),
    accept: "application/json",
    "idempotency-key": `${decisionId}/${step.stepId}`,
  };
  // Not fetch: it gives up after five minutes whatever the timeout, follows its own list of bad ports, and quotes headers in its errors.
  const request = new URL(config.url).protocol === "https:" ? requestSecure : requestPlain;
  const options = {
    method: "POST",
    headers,
    // An agent of its own, which knows of no proxies either.
    agent: false as const,
    signal,
    lookup: guardedLookup(config.allowedAddresses, lookup),
    // Whatever Node's environment variables say.
    rejectUnauthorized: true,
  };
  return new Promise<IncomingMessage>((resolve, reject) => {
    request(config.url, options, resolve)
      .on("error", reject)
      // An answer with status 101. Unless somebody hears of it, Node closes the connection without a word, and no signal ends what has ended.
      .on("upgrade", (response, socket) => {
        socket.destroy();
        resolve(response);
      })
      .end(body);
  });
}

/** The body, or undefined if it is larger than allowed. */
async function readBounded(response: IncomingMessage, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
