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

/** An address holds texts only. */
const toQuery = ({ since, rehearsal }: Counted) => ({
  rehearsal: rehearsal ? ("true" as const) : ("false" as const),
  ...(since === undefined ? {} : { since }),
});

/** The keys of both begin with the same word: whatever makes costs stale makes durations stale. */
export const costsQuery = (by: CostGroup, { since, rehearsal }: Counted) =>
  queryOptions({
    queryKey: ["costs", by, since ?? null, rehearsal],
    queryFn: async ({ signal }) =>
      (
        await answered(
          api.GET("/api/v1/costs", { params: { query: { by, ...toQuery({ since, rehearsal }) } }, signal }),
        )
      ).items,
    placeholderData: keepPreviousData,
  });

export const durationsQuery = (by: DurationGroup, { since, rehearsal }: Counted) =>
  queryOptions({
    queryKey: ["costs", "durations", by, since ?? null, rehearsal],
    queryFn: async ({ signal }) =>
      (
        await answered(
          api.GET("/api/v1/durations", { params: { query: { by, ...toQuery({ since, rehearsal }) } }, signal }),
        )
      ).items,
    placeholderData: keepPreviousData,
  });
