import { TEMPLATES } from "@claude-orchestrator/core";
import { type Api, needs } from "../api.js";
import type { Context } from "../context.js";
import * as schemas from "../schemas/catalogue.js";
import { estimateRequest } from "../schemas/task.js";

const config = needs("view");
const tags = ["catalogue"];

/** What a new task can be made of. */
export function registerCatalogue(api: Api, context: Context): void {
  const { directories } = context;
  const placeOf = (directory: string | undefined) => directories.require(directory ?? directories.roots[0] ?? "");

  api.get(
    "/roles",
    { config, schema: { tags, querystring: schemas.directoryQuery, response: { 200: schemas.rolesAnswer } } },
    async ({ query }) => context.orchestrator.listRoles(placeOf(query.directory)),
  );

  api.get(
    "/workflows",
    { config, schema: { tags, querystring: schemas.directoryQuery, response: { 200: schemas.workflowsAnswer } } },
    async ({ query }) => ({ workflows: context.orchestrator.listWorkflows(placeOf(query.directory)) }),
  );

  api.get("/templates", { config, schema: { tags, response: { 200: schemas.templatesAnswer } } }, async () => ({
    templates: TEMPLATES,
  }));

  api.post(
    "/estimate",
    { config, schema: { tags, body: estimateRequest, response: { 200: schemas.estimate } } },
    async ({ body }) => context.orchestrator.estimate({ ...body, workingDirectory: placeOf(body.workingDirectory) }),
  );

  api.get(
    "/directories",
    { config, schema: { tags, querystring: schemas.pathQuery, response: { 200: schemas.directoriesAnswer } } },
    async ({ query }) => directories.list(query.path),
  );
}
