package io.nexusattest.verify;

import java.util.function.Function;

/** Something that checks need, and what the check comes to that makes it; without it, they are NOT_CHECKED, and this says why. */
final class Stage<T> {
  private final T value;
  private final Finding judged;
  private final String missing;

  private Stage(T value, Finding judged, String missing) {
    this.value = value;
    this.judged = judged;
    this.missing = missing;
  }

  static <T> Stage<T> reached(T value) {
    return new Stage<>(value, Finding.PASS, "");
  }

  /** The check by this name failed that had to pass. */
  static <T> Stage<T> failed(String check, Finding why) {
    return new Stage<>(null, why, check + " did not pass");
  }

  static <T> Stage<T> missing(String why) {
    return new Stage<>(null, Finding.notChecked(why), why);
  }

  <U> Stage<U> then(Function<T, Stage<U>> next) {
    return value == null ? missing(missing) : next.apply(value);
  }

  Finding check(Function<T, Finding> check) {
    return value == null ? Finding.notChecked(missing) : check.apply(value);
  }

  Finding judged() {
    return judged;
  }

  T orElse(T otherwise) {
    return value == null ? otherwise : value;
  }
}
