export { type Abortable, type AttestClient, createAttestClient } from "./client.js";
export { AttestError, type FieldViolation, WrongTurn } from "./errors.js";
export { type Identity, identify } from "./identity.js";
export { insist } from "./retry.js";
