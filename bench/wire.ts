/** Makes one unary call with bytes that are encoded already; fails unless it succeeds. What comes back is not decoded. */
export type Call = (path: string, actor: string, request: Uint8Array) => Promise<Uint8Array>;

export type Protocol = "grpc" | "connect";
