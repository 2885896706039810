package io.nexusattest.verify;

import java.util.Map;

/**
 * A recorded run that was allowed at a gate, and the checks of it.
 *
 * @param gate the gate
 * @param event the EXECUTION_COMPLETED or EXECUTION_FAILED that records it
 */
record Run(Gate gate, Event event) {
  /** The code of a run that made more steps than the policy allows, whatever became of it. */
  static final String TOO_MANY_STEPS = "MAX_STEPS_EXCEEDED";

  static Stage<Run> of(Gate gate) {
    Event event = gate.history().recordedRun();
    return event == null ? Stage.missing("there is no recorded run") : Stage.reached(new Run(gate, event));
  }

  PackageFile file() {
    return gate.history().file();
  }

  String text(String field) {
    return Fields.text(event.body(), field);
  }

  Finding routerSection() {
    Map<String, Object> router = file().router();
    for (String field : new String[] {"runId", "routerDigest"}) {
      if (!Fields.text(router, field).equals(text(field))) return Finding.same(field + " of the router section", text(field), Fields.text(router, field));
    }
    return Finding.same("adapterId of the router section", gate.text("adapterId"), Fields.text(router, "adapterId"));
  }

  Finding runBundle() {
    Map<String, Object> router = file().router();
    return switch (Fields.text(router, "mode")) {
      case "PACKAGE_MODE_REFERENCE" ->
          router.containsKey("runBundle") || router.containsKey("runBundleMediaType")
              ? Finding.fail("the package is by reference, and has a run bundle, or a media type of one")
              : Finding.notChecked("the package is by reference: compare the digest of the run bundle with routerDigest");
      case "PACKAGE_MODE_EMBEDDED" -> embedded(router);
      default -> Finding.fail("mode of the router section is none");
    };
  }

  private Finding embedded(Map<String, Object> router) {
    byte[] bundle = Base64Text.read(Fields.text(router, "runBundle"));
    if (bundle == null || bundle.length == 0) return Finding.fail("runBundle is not there, or not base64");
    String mediaType = Fields.text(router, "runBundleMediaType");
    if (!mediaType.equals(text("routerMediaType"))) return Finding.same("runBundleMediaType", text("routerMediaType"), mediaType);
    return Finding.same("the run bundle", text("routerDigest"), Digests.ofBytes(bundle));
  }

  Finding link() {
    Map<String, Object> link = file().link();
    Map<String, String> texts =
        Map.of(
            "decisionId", file().decisionId(),
            "runId", text("runId"),
            "routerDigest", text("routerDigest"),
            "adapterId", gate.text("adapterId"),
            "mode", gate.text("mode"),
            "routerRequestDigest", gate.text("routerRequestDigest"),
            "requestDigest", gate.requestDigest(),
            "policyDigest", gate.policyDigest(),
            "executionRequestedDigest", gate.event().digest());
    for (String field : Schema.LINK.fields().keySet()) {
      Object expected = texts.containsKey(field) ? texts.get(field) : gate.texts(field);
      Object actual = texts.containsKey(field) ? Fields.text(link, field) : Fields.texts(link, field);
      if (!expected.equals(actual)) return Finding.same(field + " of the link", expected, actual);
    }
    return Finding.PASS;
  }
}
