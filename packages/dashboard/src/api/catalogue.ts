import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answered, api } from "./client.ts";
import type { components, paths } from "./schema.d.ts";

/** What a new task can be made of, as the server describes it. */
export type Estimate = components["schemas"]["Estimate"];
export type RoleDescription = components["schemas"]["Role"];

type Body<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody: { content: { "application/json": infer Content } } };
}
  ? Content
  : never;
export type NewTask = Body<"/api/v1/tasks">;
export type EstimateRequest = Body<"/api/v1/estimate">;
export type NewAgent = Body<"/api/v1/agents">;

const inDirectory = (directory: string | undefined) => ({ query: directory === undefined ? {} : { directory } });

export const rolesQuery = (directory: string | undefined) =>
  queryOptions({
    queryKey: ["roles", directory ?? null],
    queryFn: ({ signal }) => answered(api.GET("/api/v1/roles", { params: inDirectory(directory), signal })),
    placeholderData: keepPreviousData,
  });

export const workflowsQuery = (directory: string | undefined) =>
  queryOptions({
    queryKey: ["workflows", directory ?? null],
    queryFn: async ({ signal }) =>
      (await answered(api.GET("/api/v1/workflows", { params: inDirectory(directory), signal }))).workflows,
  });

export const directoriesQuery = (path: string | undefined) =>
  queryOptions({
    queryKey: ["directories", path ?? null],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/v1/directories", { params: { query: path === undefined ? {} : { path } }, signal })),
  });

/** The last estimate stays in sight until the next one has come; an answer to an earlier request is never shown. */
export const estimateQuery = (request: EstimateRequest) =>
  queryOptions({
    queryKey: ["estimate", request],
    queryFn: ({ signal }) => answered(api.POST("/api/v1/estimate", { body: request, signal })),
    placeholderData: keepPreviousData,
  });

/** So many tasks, the newest, say which directories were used. */
const MAX_REMEMBERED_TASKS = 200;

/** Directories of earlier tasks, the newest first. Not kept up to date with each event: a choice must not move away. */
export const usedDirectoriesQuery = queryOptions({
  queryKey: ["usedDirectories"],
  queryFn: async ({ signal }) => {
    const query = { limit: MAX_REMEMBERED_TASKS, sort: "createdAt", order: "desc" } as const;
    const { items } = await answered(api.GET("/api/v1/tasks", { params: { query }, signal }));
    return [...new Set(items.map((task) => task.workingDirectory))];
  },
});

export type Comparison = components["schemas"]["Comparison"];

/** Below the key of tasks, so that it follows them. */
export const comparisonQuery = (left: string, right: string) =>
  queryOptions({
    queryKey: ["tasks", "comparison", left, right],
    queryFn: ({ signal }) => answered(api.GET("/api/v1/compare", { params: { query: { left, right } }, signal })),
  });
