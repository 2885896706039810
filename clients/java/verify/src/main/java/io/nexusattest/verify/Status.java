package io.nexusattest.verify;

/** How a check ended. */
public enum Status {
  /** It holds. */
  PASS,
  /** It does not. */
  FAIL,
  /** It could not be judged, or there was nothing to judge. */
  NOT_CHECKED
}
