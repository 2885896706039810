/** A file is not what the original writes, or says what cannot have happened. The message says where and why. */
export class ForeignProblem extends Error {
  override readonly name = "ForeignProblem";
}
