package io.nexusattest.verify;

import java.util.Arrays;

/** Compares a text with a canonical form while that is written. */
final class Comparison implements CanonicalJson.Sink {
  private final byte[] text;
  private int seen;
  private int different = -1;

  Comparison(byte[] text) {
    this.text = text;
  }

  @Override
  public void take(byte[] buffer, int length) {
    if (different >= 0) return;
    int end = (int) Math.min(text.length, (long) seen + length);
    int mismatch = Arrays.mismatch(text, seen, end, buffer, 0, length);
    if (mismatch >= 0) different = seen + mismatch;
    seen = end;
  }

  /** The place of the first byte that differs; -1 if none does and none is missing. */
  int firstDifference() {
    return different < 0 && seen < text.length ? seen : different;
  }
}
