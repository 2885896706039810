package io.nexusattest.client;

/** A decision came to an end at which what was waited for cannot come any more. */
public class WrongTurnException extends RuntimeException {
  private static final long serialVersionUID = 1;

  WrongTurnException(String message) {
    super(message);
  }
}
