import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answered, api } from "./client.ts";
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

const filterOf = ({ since, rehearsal }: Counted) => ({
  ...(since === undefined ? {} : { since }),
  rehearsal: rehearsal ? ("true" as const) : ("false" as const),
});

/** The keys of both begin with the same word: whatever makes costs stale makes durations stale. */
export const costsQuery = (by: CostGroup, counted: Counted) =>
  queryOptions({
    queryKey: ["costs", by, counted.since ?? null, counted.rehearsal],
    queryFn: async ({ signal }) =>
      (await answered(api.GET("/api/v1/costs", { params: { query: { by, ...filterOf(counted) } }, signal }))).items,
    placeholderData: keepPreviousData,
  });

export const durationsQuery = (by: DurationGroup, counted: Counted) =>
  queryOptions({
    queryKey: ["costs", "durations", by, counted.since ?? null, counted.rehearsal],
    queryFn: async ({ signal }) =>
      (await answered(api.GET("/api/v1/durations", { params: { query: { by, ...filterOf(counted) } }, signal }))).items,
    placeholderData: keepPreviousData,
  });
