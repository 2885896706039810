package io.nexusattest.verify;

import java.util.List;
import java.util.Map;

/**
 * A file that is a package of a version that this verifier knows, all known fields of which have the JSON types that they have to have; and the checks of the
 * file alone.
 */
final class PackageFile {
  static final int MOST_BYTES = 64 * 1024 * 1024;
  static final int MOST_EVENTS = 10_000;
  static final String PACKAGE_VERSION = "nexus.attest/audit-package/v1";
  static final String BUNDLE_VERSION = "nexus.attest/control-bundle/v1";

  private final byte[] bytes;
  private final Map<String, Object> root;
  private final Shape shape;
  private final String controlDigest;
  private final String linkDigest;

  private PackageFile(byte[] bytes, Map<String, Object> root, Shape shape) {
    this.bytes = bytes;
    this.root = root;
    this.shape = shape;
    this.controlDigest = Digests.of(controlBundle());
    this.linkDigest = Digests.of(link());
  }

  @SuppressWarnings("unchecked") // The reader makes no other maps.
  static Stage<PackageFile> open(byte[] bytes) {
    if (bytes.length > MOST_BYTES) return noPackage("larger than " + MOST_BYTES + " bytes");
    Object value;
    try {
      value = new JsonReader(bytes).read();
    } catch (NotJsonException notJson) {
      return noPackage(notJson.getMessage());
    }
    if (!(value instanceof Map<?, ?>)) return noPackage("not a JSON object");
    Map<String, Object> root = (Map<String, Object>) value;
    if (!CanonicalJson.isWritable(root)) return noPackage("half of a surrogate pair in a string, or a number that no double holds");
    Shape shape = Shape.of(Schema.PACKAGE, root);
    if (shape.wrongType() != null) return noPackage(shape.wrongType() + " has another JSON type than its own");
    for (String part : List.of("controlBundle", "router", "link")) {
      if (!root.containsKey(part)) return noPackage(part + " is not there");
    }
    if (!Fields.text(root, "packageVersion").equals(PACKAGE_VERSION)) return noPackage("packageVersion is not " + PACKAGE_VERSION);
    Map<String, Object> bundle = Fields.message(root, "controlBundle");
    if (!Fields.text(bundle, "bundleVersion").equals(BUNDLE_VERSION)) return noPackage("bundleVersion is not " + BUNDLE_VERSION);
    int events = Fields.messages(bundle, "events").size();
    if (events < 1 || events > MOST_EVENTS) return noPackage(events + " events, not 1 to " + MOST_EVENTS);
    return Stage.reached(new PackageFile(bytes, root, shape));
  }

  private static Stage<PackageFile> noPackage(String detail) {
    return Stage.failed("format", Finding.fail(detail));
  }

  Map<String, Object> root() {
    return root;
  }

  Map<String, Object> controlBundle() {
    return Fields.message(root, "controlBundle");
  }

  List<Map<String, Object>> events() {
    return Fields.messages(controlBundle(), "events");
  }

  String decisionId() {
    return Fields.text(controlBundle(), "decisionId");
  }

  Map<String, Object> router() {
    return Fields.message(root, "router");
  }

  Map<String, Object> link() {
    return Fields.message(root, "link");
  }

  /** The template's event; null if there is none. */
  Map<String, Object> template() {
    return Fields.message(root, "template");
  }

  /** As recomputed. */
  String controlDigest() {
    return controlDigest;
  }

  /** As recomputed. */
  String linkDigest() {
    return linkDigest;
  }

  /** As recomputed. */
  String bindingDigest() {
    GivenFields binding = new GivenFields();
    binding.take(root, "packageVersion").put("controlDigest", controlDigest).take(router(), "routerDigest").put("linkDigest", linkDigest);
    return Digests.of(binding.made());
  }

  Finding canonicalForm() {
    int different = CanonicalJson.firstDifference(root, bytes);
    return Finding.unless(different < 0 ? null : "not the canonical form of its JSON, from byte " + different + " on");
  }

  Finding protoJson() {
    return Finding.unless(shape.brokenRule() == null ? null : shape.brokenRule() + " is not written as ProtoJSON writes it");
  }

  Finding unknownFields() {
    return shape.unknownField() == null ? Finding.PASS : Finding.notChecked(shape.unknownField() + " is a field that this verifier does not know");
  }

  Finding headDigest() {
    List<Map<String, Object>> events = events();
    return Finding.same("headDigest", Digests.of(events.get(events.size() - 1)), Fields.text(controlBundle(), "headDigest"));
  }

  Finding controlDigestHolds() {
    return Finding.same("controlDigest", controlDigest, Fields.text(root, "controlDigest"));
  }

  Finding linkDigestHolds() {
    return Finding.same("linkDigest", linkDigest, Fields.text(root, "linkDigest"));
  }

  Finding bindingDigestHolds() {
    return Finding.same("bindingDigest", bindingDigest(), Fields.text(root, "bindingDigest"));
  }
}
