/** Something on the wire or in the store is not what the schema says. The message names the field. */
export class CodecError extends Error {
  override readonly name = "CodecError";
}
