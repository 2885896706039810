import { POLICY } from "./decision-fields.js";
import { type Finding, fail, notChecked, PASS } from "./finding.js";
import { flawsOf } from "./flaws.js";
import type { History } from "./history.js";
import type { Json } from "./json.js";
import { sameKnown } from "./known.js";
import { outOfBounds } from "./log.js";
import type { OpenedPackage } from "./opened-package.js";
import { TEMPLATE_EVENT } from "./package-fields.js";
import { tighten } from "./tighten.js";

export function template({ attached }: History, { given, templateDigest }: OpenedPackage): Finding {
  const { template: use, policy = {} } = attached?.body.value ?? {};
  const { template } = given;
  if (use === undefined)
    return template === undefined
      ? notChecked("the policy came from no template")
      : fail("there is a template, and the policy came from none");
  const { templatePolicy = {}, overrides = {} } = use;
  const bounds = outOfBounds(templatePolicy);
  if (bounds !== "") return fail(`the template's policy is out of bounds: ${bounds}`);
  const tightened = tighten(templatePolicy, overrides);
  if (typeof tightened === "string") return fail(tightened);
  if (!sameKnown(POLICY, tightened, policy)) return fail("the policy is not what template and overrides make");
  if (template === undefined) return notChecked("the package does not hold the template");
  const flaws = flawsOf(TEMPLATE_EVENT, template as Json, "template");
  const flaw = flaws.default ?? flaws.value ?? flaws.missing ?? flaws.order;
  if (flaw !== undefined) return fail(flaw);
  if (templateDigest !== (use.digest ?? ""))
    return fail("the template is not the one that the log names by its digest");
  if ((template.name ?? "") !== (use.name ?? "")) return fail("the template has another name than the log says");
  return sameKnown(POLICY, template.templateCreated?.policy ?? {}, templatePolicy)
    ? PASS
    : fail("the template's policy is not the one in the log");
}
