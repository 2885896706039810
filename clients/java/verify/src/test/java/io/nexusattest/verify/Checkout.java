package io.nexusattest.verify;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The files that tests read. */
record Checkout(Path root) {
  byte[] bytes(String path) throws IOException {
    return Files.readAllBytes(root.resolve(path));
  }

  String path(String path) {
    return root.resolve(path).toString();
  }

  /** The lines of a page under a heading, up to the next of the same depth or above. */
  List<String> section(String path, String heading) throws IOException {
    List<String> section = new ArrayList<>();
    int depth = heading.indexOf(' ');
    boolean inside = false;
    for (String line : new String(bytes(path), StandardCharsets.UTF_8).lines().toList()) {
      int hashes = line.startsWith("#") ? line.indexOf(' ') : 0;
      if (line.equals(heading)) {
        inside = true;
      } else if (inside && hashes > 0 && hashes <= depth) {
        return section;
      } else if (inside) {
        section.add(line);
      }
    }
    Suite.check(inside, heading, "is not in", path);
    return section;
  }

  /** The cells of the rows of a table, whatever its first column says, between backquotes. */
  static List<List<String>> rows(List<String> lines) {
    return lines.stream().filter(line -> line.startsWith("| ")).map(line -> List.of(line.substring(2).replaceAll(" ?\\|$", "").split(" ?\\| ?", -1)))
        .toList();
  }

  @SuppressWarnings("unchecked") // The reader makes no other maps.
  Map<String, Object> json(String path) throws IOException {
    return (Map<String, Object>) Checkout.parsed(bytes(path));
  }

  static Object parsed(byte[] text) {
    try {
      return new JsonReader(text).read();
    } catch (NotJsonException notJson) {
      throw new AssertionError(notJson);
    }
  }

  static byte[] canonical(Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CanonicalJson.write(value, (buffer, length) -> bytes.write(buffer, 0, length));
    return bytes.toByteArray();
  }
}
