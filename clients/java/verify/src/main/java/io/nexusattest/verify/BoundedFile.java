package io.nexusattest.verify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads files of anybody's. */
final class BoundedFile {
  private BoundedFile() {}

  /** At most one byte more than is allowed, so that what is too large is seen to be, and never more. The file - is what is given as input. */
  static byte[] read(String file, int most, InputStream input) throws IOException {
    if (file.equals("-")) return read(input, file, most);
    try (InputStream opened = Files.newInputStream(Path.of(file))) {
      return read(opened, file, most);
    } catch (NoSuchFileException notThere) {
      throw unreadable(file, "there is no such file", notThere);
    } catch (AccessDeniedException denied) {
      throw unreadable(file, "permission denied", denied);
    } catch (InvalidPathException noPath) {
      throw unreadable(file, noPath.getReason(), noPath);
    }
  }

  private static byte[] read(InputStream from, String file, int most) throws IOException {
    try {
      return from.readNBytes(most + 1);
    } catch (IOException failed) {
      throw unreadable(file, failed.getMessage(), failed);
    }
  }

  private static IOException unreadable(String file, String why, Exception cause) {
    return new IOException(file + " cannot be read: " + why, cause);
  }
}
