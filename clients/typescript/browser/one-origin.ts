import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Serves a page and, under the same origin, what the server at `target` answers: as a page and an API belong behind one proxy. */
export async function serveOneOrigin(
  script: Uint8Array,
  target: URL,
): Promise<{ readonly origin: string; readonly server: Server }> {
  const server = createServer((incoming, outgoing) => {
    if (incoming.url === "/") {
      outgoing
        .setHeader("content-type", "text/html")
        .end('<!doctype html><script type="module" src="/page.js"></script>');
      return;
    }
    if (incoming.url === "/page.js") {
      outgoing.setHeader("content-type", "text/javascript").end(script);
      return;
    }
    // The name by which the page was called goes along: by it the server knows a page of its own.
    const { method, url: path, headers } = incoming;
    const onward = request({ host: target.hostname, port: target.port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.on("error", () => outgoing.destroy());
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
