import type { Socket } from "node:net";

/** How an HTTP/2 connection with prior knowledge begins (RFC 9113, section 3.4), and no HTTP/1.1 method does. */
const PREFACE = "PRI";

/** Tells by a connection's first bytes, which stay unread, whether it speaks HTTP/2. */
export function firstBytes(socket: Socket, tell: (isHttp2: boolean) => void, before = Buffer.alloc(0)): void {
  socket.once("readable", () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) {
      socket.destroy();
      return;
    }
    const bytes = Buffer.concat([before, chunk]);
    const start = bytes.toString("latin1", 0, PREFACE.length);
    if (start.length < PREFACE.length && PREFACE.startsWith(start)) return firstBytes(socket, tell, bytes);
    socket.unshift(bytes);
    tell(start === PREFACE);
  });
}
