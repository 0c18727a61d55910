import { queryOptions } from "@tanstack/react-query";
import { answered, api } from "./client.ts";
import type { components } from "./schema.d.ts";

export type Token = components["schemas"]["Token"];

/** No event tells of tokens and of what was asked: both are asked for anew whenever they are shown. */
export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: async ({ signal }) => (await answered(api.GET("/api/v1/tokens", { signal }))).items,
  staleTime: 0,
});

export const auditQuery = (limit: number) =>
  queryOptions({
    queryKey: ["audit", limit],
    queryFn: async ({ signal }) =>
      (await answered(api.GET("/api/v1/audit", { params: { query: { limit } }, signal }))).items,
    staleTime: 0,
  });
