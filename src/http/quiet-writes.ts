import type { connectNodeAdapter } from "@connectrpc/connect-node";

type NodeHandler = ReturnType<typeof connectNodeAdapter>;
type Told = (error: Error | null | undefined) => void;

/**
 * Makes whatever a client does to its stream or connection in the middle of a write look alike to the general handler: it is gone. That one knows some of these errors
 * and prints the others, with a stack, as faults of the server; so each client could fill its log.
 *
 * @param taken hears of each write that the client has taken.
 */
export function withQuietWrites(
  handler: NodeHandler,
  taken: (request: Parameters<NodeHandler>[0]) => void,
): NodeHandler {
  return (request, response) => {
    const write = response.write.bind(response) as (chunk: Uint8Array, encoding: string, told: Told) => boolean;
    response.write = ((chunk: Uint8Array, encoding: string, told: Told) =>
      write(chunk, encoding, (error) => {
        taken(request);
        told(error && gone(error));
      })) as typeof response.write;
    handler(request, response);
  };
}

/** ECONNRESET is the one by which the general handler knows a client that hung up. */
function gone(cause: Error): Error {
  return Object.assign(new Error("the client is gone", { cause }), { code: "ECONNRESET" });
}
