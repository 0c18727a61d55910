import { queryOptions } from "@tanstack/react-query";
import { answered, api } from "./client.ts";
import type { components } from "./schema.d.ts";

export type Token = components["schemas"]["Token"];
export type AuditEntry = components["schemas"]["AuditEntry"];

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
