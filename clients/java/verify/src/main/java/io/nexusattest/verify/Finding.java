package io.nexusattest.verify;

import java.util.List;

/** What a check comes to. */
record Finding(Status status, String expected, String actual, String detail, List<Signer> signers) {
  static final Finding PASS = passBy(List.of());
  private static final int LONGEST = 256;

  Finding {
    expected = cut(expected);
    actual = cut(actual);
    detail = cut(detail);
  }

  static Finding passBy(List<Signer> signers) {
    return new Finding(Status.PASS, "", "", "", signers);
  }

  static Finding fail(String detail) {
    return new Finding(Status.FAIL, "", "", detail, List.of());
  }

  static Finding notChecked(String why) {
    return new Finding(Status.NOT_CHECKED, "", "", why, List.of());
  }

  /** FAIL with a detail, unless there is none, that is, null. */
  static Finding unless(String detail) {
    return detail == null ? PASS : fail(detail);
  }

  /** PASS if both are the same. */
  static Finding same(String what, Object expected, Object actual) {
    if (expected.equals(actual)) return PASS;
    return new Finding(Status.FAIL, expected.toString(), actual.toString(), what + " is another", List.of());
  }

  private static String cut(String text) {
    if (text.length() <= LONGEST) return text;
    int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
    return text.substring(0, end) + "…";
  }
}
