package io.nexusattest.verify;

/** A number of JSON, which is the nearest double, be it infinite. */
final class JsonNumber {
  private final double value;
  private String canonical;

  JsonNumber(double value) {
    this.value = value;
  }

  double value() {
    return value;
  }

  /** The number as ECMAScript writes it, worked out once, for it is hashed more than once. Not for infinite ones. */
  String canonical() {
    if (canonical == null) canonical = ShortestDecimal.of(value);
    return canonical;
  }
}
