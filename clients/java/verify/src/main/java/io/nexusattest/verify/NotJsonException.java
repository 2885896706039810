package io.nexusattest.verify;

/** A text is no JSON, or more than is read of it. */
final class NotJsonException extends Exception {
  private static final long serialVersionUID = 1;

  NotJsonException(String message) {
    super(message);
  }
}
