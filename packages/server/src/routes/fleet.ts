import { type Api, needs } from "../api.js";
import type { Context } from "../context.js";
import { readFleet } from "../live/index.js";
import { costFilter, costsAnswer, durationFilter, durationsAnswer } from "../schemas/catalogue.js";
import { fleet } from "../schemas/fleet.js";

const config = needs("view");
const tags = ["fleet"];

/** The fleet as a whole: what it does now, and what it has cost and taken. */
export function registerFleet(api: Api, context: Context): void {
  api.get("/fleet", { config, schema: { tags, response: { 200: fleet } } }, async () =>
    readFleet(context.orchestrator),
  );

  api.get(
    "/costs",
    { config, schema: { tags, querystring: costFilter, response: { 200: costsAnswer } } },
    async ({ query: { by, ...filter } }) => ({ items: await context.orchestrator.costs(by, filter) }),
  );

  api.get(
    "/durations",
    { config, schema: { tags, querystring: durationFilter, response: { 200: durationsAnswer } } },
    async ({ query: { by, ...filter } }) => ({ items: await context.orchestrator.durations(by, filter) }),
  );
}
