import type { HandlerContext } from "@connectrpc/connect";
import type { FindTemplates } from "../app/find-templates.ts";
import { permissionsOf } from "./permissions.ts";

/** A template that the caller may not know of is not there, if it is named. Those that match by labels are the server's choice, and all of them count. */
export function visibleTemplates(
  findTemplates: FindTemplates,
  { values }: Pick<HandlerContext, "values">,
): FindTemplates {
  const { seesTemplate } = permissionsOf(values);
  return async (command, decision, signal) => {
    const found = await findTemplates(command, decision, signal);
    const isNamed = "policy" in command && command.policy?.type === "NAMED_TEMPLATE";
    return isNamed ? found.filter(seesTemplate) : found;
  };
}
