import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { readJson } from "./request.ts";
import type { components, paths } from "./schema.d.ts";

export type CostRow = components["schemas"]["CostRow"];
export type DurationRow = components["schemas"]["DurationRow"];
export type CostGroup = paths["/api/v1/costs"]["get"]["parameters"]["query"]["by"];
export type DurationGroup = paths["/api/v1/durations"]["get"]["parameters"]["query"]["by"];

/** What is counted: from when, and whether the rehearsals alone or everything but them. */
export interface Counted {
  /** ISO 8601; everything where it is missing. */
  since?: string | undefined;
  rehearsal: boolean;
}

/** The keys of both begin with the same word: whatever makes costs stale makes durations stale. */
export const costsQuery = (by: CostGroup, { since, rehearsal }: Counted) =>
  queryOptions({
    queryKey: ["costs", by, since ?? null, rehearsal],
    queryFn: async ({ signal }) =>
      (await readJson<{ items: CostRow[] }>("/costs", { query: { by, since, rehearsal }, signal })).items,
    placeholderData: keepPreviousData,
  });

export const durationsQuery = (by: DurationGroup, { since, rehearsal }: Counted) =>
  queryOptions({
    queryKey: ["costs", "durations", by, since ?? null, rehearsal],
    queryFn: async ({ signal }) =>
      (await readJson<{ items: DurationRow[] }>("/durations", { query: { by, since, rehearsal }, signal })).items,
    placeholderData: keepPreviousData,
  });
