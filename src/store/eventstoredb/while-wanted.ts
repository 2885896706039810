interface ClientStream {
  on(event: "error", listener: () => void): unknown;
  destroy(): unknown;
}

/** A stream of the client's that ends with a signal. It says nothing of a call that was cancelled; and what it says when nobody listens ends nothing. */
export function whileWanted<Stream extends ClientStream>(stream: Stream, signal: AbortSignal): Stream {
  stream.on("error", () => {});
  signal.addEventListener("abort", () => stream.destroy(), { once: true });
  return stream;
}
