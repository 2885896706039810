import type { ServiceImpl } from "@connectrpc/connect";
import type { TemplateService } from "../../gen/ts/nexus/attest/v1/template_service_pb.ts";
import type { MakeTemplate } from "../app/create-template.ts";
import type { ListTemplates } from "../app/list-templates.ts";
import type { TemplateLog } from "../app/template-log.ts";
import { fromWireLabels } from "../codec/request.ts";
import { fromWireTemplateCreated, toWireTemplate } from "../codec/template.ts";
import { noSuchTemplate } from "./access.ts";
import { identityOf } from "./authentication.ts";
import { callerOf } from "./caller-of.ts";
import { permissionsOf } from "./permissions.ts";

const DEFAULT_PAGE = 50;

/** The RPCs about templates. */
export function createTemplateService(app: {
  readonly makeTemplate: MakeTemplate;
  readonly readTemplate: (name: string, signal: AbortSignal) => Promise<TemplateLog | undefined>;
  readonly listTemplates: ListTemplates;
  /** A random request id for callers that give none. */
  readonly newRequestId: () => string;
}): ServiceImpl<typeof TemplateService> {
  return {
    async createTemplate(request, context) {
      const caller = callerOf(request, context, app.newRequestId);
      const created = fromWireTemplateCreated(request);
      return { template: toWireTemplate(await app.makeTemplate(caller, request.name, created, context.signal)) };
    },

    async getTemplate({ name }, context) {
      identityOf(context.values);
      const log = await app.readTemplate(name, context.signal);
      if (log === undefined) throw noSuchTemplate(name);
      return { template: toWireTemplate(log.template) };
    },

    async listTemplates(request, context) {
      identityOf(context.values);
      const labels = fromWireLabels(request.labels);
      const { pageToken } = request;
      const pageSize = request.pageSize === 0 ? DEFAULT_PAGE : request.pageSize;
      const { seesTemplate: sees } = permissionsOf(context.values);
      const page = await app.listTemplates({ labels, pageSize, pageToken, sees }, context.signal);
      return { templates: page.templates.map(toWireTemplate), nextPageToken: page.nextPageToken };
    },
  };
}
