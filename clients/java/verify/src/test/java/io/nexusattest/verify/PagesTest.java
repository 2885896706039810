package io.nexusattest.verify;

import static io.nexusattest.verify.Suite.check;
import static io.nexusattest.verify.Suite.same;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Checks and fields are those of docs/audit-package.md. */
final class PagesTest implements Suite {
  private static final String PAGE = "docs/audit-package.md";
  private static final Map<String, MessageType> BY_HEADING =
      Map.of(
          "### Package", Schema.PACKAGE,
          "### ControlBundle", Schema.CONTROL_BUNDLE,
          "### RouterSection", Schema.ROUTER_SECTION,
          "### Link", Schema.LINK);

  private final Checkout checkout;

  PagesTest(Checkout checkout) {
    this.checkout = checkout;
  }

  @Override
  public void run(Runner tests) {
    tests.run("the checks, in order, each with what it asks", () -> {
      List<List<String>> listed = Checkout.rows(checkout.section(PAGE, "## Verifying")).stream().filter(row -> row.get(0).matches("`[a-z_]+`")
          && row.get(1).endsWith(".")).toList();
      same(listed, Checklist.QUESTIONS.stream().map(question -> List.of("`" + question.name() + "`", question.description())).toList());
    });
    BY_HEADING.forEach((heading, type) -> tests.run(heading, () -> same(fieldsUnder(heading, type.name()), fields(type))));
    tests.run("### Event", () -> {
      List<String> inTables = new ArrayList<>();
      for (List<String> row : Checkout.rows(checkout.section(PAGE, "### Event"))) {
        if (row.get(0).startsWith("`")) inTables.add(row.get(0) + " " + (row.size() == 4 ? row.get(1) + " " + row.get(2) : "message"));
      }
      List<String> known = new ArrayList<>();
      Schema.EVENT.fields().forEach((name, field) -> known.add("`" + name + "` " + (Schema.BODIES.contains(field.type()) ? "message" : written(field))));
      same(inTables, known);
    });
    for (String heading : List.of("### TemplateEvent and TemplateCreated", "### DsseEnvelope and DsseSignature", "### Bodies and what is in them")) {
      tests.run(heading, () -> {
        Map<String, List<String>> listed = new LinkedHashMap<>();
        for (List<String> row : Checkout.rows(checkout.section(PAGE, heading))) {
          String[] named = row.get(0).split(" ", 2);
          if (named.length < 2) continue;
          String marks = row.size() > 2 ? row.get(2).replaceAll("[;:].*|the approver's|absent.*|within.*|which.*|present.*", "").replaceAll(" of `key`",
              "").strip() : "";
          listed.computeIfAbsent(named[0], name -> new ArrayList<>()).add((named[1] + " " + row.get(1) + " " + marks).strip());
        }
        listed.forEach((name, rows) -> same(rows, fields(byName(name)).stream().map(String::strip).toList()));
        check(!listed.isEmpty());
      });
    }
    tests.run("a policy has the fields of the schema, in order", () -> {
      List<String> components = Arrays.stream(Policy.class.getRecordComponents()).map(RecordComponent::getName).toList();
      same(new ArrayList<>(Schema.POLICY.fields().keySet()), components);
    });
  }

  private List<String> fieldsUnder(String heading, String name) throws IOException {
    List<String> fields = new ArrayList<>();
    for (List<String> row : Checkout.rows(checkout.section(PAGE, heading))) {
      if (row.get(0).startsWith("`") && row.size() == 3 && !row.get(0).startsWith("`PACKAGE_MODE")) fields.add(row.get(0) + " " + row.get(1) + " ");
    }
    check(!fields.isEmpty(), name);
    return fields;
  }

  private static MessageType byName(String name) {
    for (MessageType body : Schema.BODIES) {
      if (body.name().equals(name)) return body;
    }
    List<MessageType> others =
        List.of(
            Schema.ACTOR, Schema.LABEL, Schema.PLAN, Schema.PLAN_STEP, Schema.PLAN_CALL, Schema.POLICY, Schema.GROUP, Schema.TEMPLATE_USE, Schema.OVERRIDES,
                Schema.SETTLEMENT,
            Schema.GUARDRAIL_USE, Schema.GUARDRAIL,
            Schema.GUARDRAIL_MATCH, Schema.REQUIRED_LABEL, Schema.SEPARATION_OF_DUTIES, Schema.BREAK_GLASS, Schema.ENVELOPE, Schema.SIGNATURE,
                Schema.TEMPLATE_EVENT, Schema.TEMPLATE_CREATED);
    return others.stream().filter(type -> type.name().equals(name)).findFirst().orElseThrow(() -> new AssertionError("no message " + name));
  }

  private static List<String> fields(MessageType type) {
    List<String> fields = new ArrayList<>();
    type.fields().forEach((name, field) -> fields.add("`" + name + "` " + written(field)));
    return fields;
  }

  private static String written(MessageType.Field field) {
    String mark =
        switch (field.mark()) {
          case REQUIRED -> "required";
          case OPTIONAL -> "optional";
          case IN_ORDER -> "in order";
          case NONE -> "";
        };
    return written(field.type()) + " " + mark;
  }

  private static String written(FieldType type) {
    if (type instanceof FieldType.ListOf list) return "list of " + (list.element() instanceof FieldType.Name name ? written(name).replaceFirst("name",
        "names") : written(list.element()));
    if (type instanceof MessageType message) return message.name();
    if (type == Schema.MODE) return "name of a mode";
    if (type == Schema.ACTOR_TYPE) return "name of an actor type";
    if (type == Schema.SETTLEMENT_BASIS) return "name of a settlement basis";
    if (type == Schema.OVERRULED) return "name of what was overruled";
    if (type == Schema.REVIEW_VERDICT) return "name of a verdict of a review";
    if (type == Schema.PACKAGE_MODE) return "name of a package mode";
    return type.toString().toLowerCase(Locale.ROOT);
  }
}
