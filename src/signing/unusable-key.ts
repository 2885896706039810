/** A private key that cannot be used, or must not be. The message names the file and says what to do; nothing of what is in it. */
export class UnusableKey extends Error {
  override readonly name = "UnusableKey";
}
