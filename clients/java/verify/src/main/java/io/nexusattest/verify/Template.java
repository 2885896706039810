package io.nexusattest.verify;

import java.util.Map;

/** The check of where a policy came from. */
final class Template {
  private Template() {}

  static Finding check(History history) {
    Map<String, Object> carried = history.file().template();
    Map<String, Object> attached = history.attached() == null ? Map.of() : history.attached().body();
    Map<String, Object> use = Fields.message(attached, "template");
    if (use == null) {
      return carried == null ? Finding.notChecked("the policy came from no template") : Finding.fail("the package has a template, and the log names none");
    }
    Policy templatePolicy = Policy.of(Fields.message(use, "templatePolicy"));
    String wrong = templatePolicy.outOfBounds();
    if (wrong == null) wrong = Tightening.disagreement(templatePolicy, Fields.message(use, "overrides"), history.policy());
    if (wrong == null && carried != null) wrong = differs(carried, use, templatePolicy);
    if (wrong != null) return Finding.fail(wrong);
    return carried == null ? Finding.notChecked("the template is not in the package: whether it said what the log says is not known") : Finding.PASS;
  }

  private static String differs(Map<String, Object> carried, Map<String, Object> use, Policy templatePolicy) {
    Shape shape = Shape.of(Schema.TEMPLATE_EVENT, carried);
    if (shape.brokenRule() != null) return shape.brokenRule() + " of the template is not written as ProtoJSON writes it";
    if (shape.unreadable() != null) return shape.unreadable() + ", of the template";
    if (!Digests.of(carried).equals(Fields.text(use, "digest"))) return "the digest of the template is not the one that the log names";
    if (!Fields.text(carried, "name").equals(Fields.text(use, "name"))) return "the name of the template is not the one that the log names";
    Policy own = Policy.of(Fields.message(Fields.message(carried, "templateCreated"), "policy"));
    return own.equals(templatePolicy) ? null : "the policy of the template is not the one that the log has of it";
  }
}
