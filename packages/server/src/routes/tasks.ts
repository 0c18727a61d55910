import {
  type CustomWorkflowOptions,
  type DependencyWorkflowOptions,
  type ExecuteOptions,
  OrchestratorError,
  TASK_STATUSES,
  type TaskFilter,
  type TaskResult,
} from "@claude-orchestrator/core";
import { z } from "zod";
import { type Api, needs } from "../api.js";
import type { Context } from "../context.js";
import { readLog } from "../logs.js";
import * as schemas from "../schemas/task.js";
import { spansOf, TIMED_EVENTS } from "../timing.js";
import { begin } from "./background.js";
import { parseList } from "./lists.js";

const params = schemas.taskParams;
const view = needs("view");
const operate = needs("operate");
const tags = ["tasks"];

/** So many events are looked through for the times of a task. */
const MAX_TIMED_EVENTS = 20_000;

export function registerTasks(api: Api, context: Context): void {
  const { directories } = context;

  api.get(
    "/tasks",
    { config: view, schema: { tags, querystring: schemas.taskFilter, response: { 200: schemas.taskPage } } },
    async ({ query }) => {
      const filter = toFilter(query);
      const { orchestrator } = context;
      const [items, total] = await Promise.all([orchestrator.listTasks(filter), orchestrator.countTasks(filter)]);
      return { items, total };
    },
  );

  api.post(
    "/tasks",
    { config: operate, schema: { tags, body: schemas.newTask, response: { 201: schemas.created } } },
    async ({ body }, reply) => {
      const workingDirectory = directories.require(body.workingDirectory ?? directories.roots[0] ?? "");
      const taskId = await begin<string>(
        (onCreated) => runTask(context, { ...body, workingDirectory }, onCreated),
        context,
      );
      return reply.code(201).header("location", `/api/v1/tasks/${taskId}`).send({ taskId });
    },
  );

  api.get(
    "/tasks/:taskId",
    { config: view, schema: { tags, params, response: { 200: schemas.taskAnswer } } },
    async ({ params: { taskId } }) => {
      const { orchestrator } = context;
      const seq = await orchestrator.lastEvent();
      return { task: await orchestrator.getTaskDetails(taskId), seq };
    },
  );

  api.delete(
    "/tasks/:taskId",
    { config: operate, schema: { tags, params, response: { 200: z.object({ kept: z.array(z.string()) }) } } },
    async ({ params: { taskId } }) => ({ kept: await context.orchestrator.deleteTask(taskId) }),
  );

  api.get(
    "/tasks/:taskId/diff",
    {
      config: view,
      schema: {
        tags,
        params,
        querystring: z.object({ stepKey: z.string().optional() }),
        response: { 200: schemas.diffAnswer },
      },
    },
    async ({ params: { taskId }, query }) => context.orchestrator.getDiff(taskId, query),
  );

  api.get(
    "/tasks/:taskId/checks/:position/log",
    {
      config: view,
      schema: { tags, params: params.extend({ position: z.coerce.number().int().min(0) }) },
    },
    async ({ params: { taskId, position } }, reply) => {
      const { orchestrator } = context;
      const check = (await orchestrator.getTaskDetails(taskId)).checks[position];
      if (!check) throw new OrchestratorError("not_found", `The task has no check ${position}.`, "Count from 0.");
      const log = readLog(orchestrator.config.home, check.logPath, { offset: 0, limit: Number.MAX_SAFE_INTEGER });
      return reply.type("text/plain; charset=utf-8").send(log.text);
    },
  );

  api.get("/tasks/:taskId/report", { config: view, schema: { tags, params } }, async ({ params: { taskId } }, reply) =>
    reply
      .type("text/html; charset=utf-8")
      .header("content-disposition", 'attachment; filename="report.html"')
      .send(await context.orchestrator.renderReport(taskId)),
  );

  api.get(
    "/tasks/:taskId/timing",
    { config: view, schema: { tags, params, response: { 200: schemas.timingAnswer } } },
    async ({ params: { taskId } }) => {
      const { orchestrator } = context;
      const task = await orchestrator.getTaskDetails(taskId);
      const events = await orchestrator.listEvents({
        taskId: task.taskId,
        types: TIMED_EVENTS,
        limit: MAX_TIMED_EVENTS,
      });
      return { spans: spansOf(events), isCut: events.length === MAX_TIMED_EVENTS };
    },
  );

  api.get(
    "/compare",
    {
      config: view,
      schema: {
        tags,
        querystring: z.object({ left: z.string(), right: z.string() }),
        response: { 200: schemas.comparison },
      },
    },
    async ({ query: { left, right } }) => context.orchestrator.compare(left, right),
  );
}

/** Runs the caller's own steps, or those that its kind of task has. */
function runTask(
  { orchestrator }: Context,
  { roles, dependencies, ...given }: schemas.NewTask,
  onCreated: (taskId: string) => void,
): Promise<TaskResult> {
  const { taskType, executionMode, includeAnalyst, plan, workflow, ...common } = given;
  if (roles === undefined) {
    if (dependencies !== undefined) throw contradiction("dependencies without roles", "Name the roles in order.");
    const options: ExecuteOptions = { ...common, taskType, executionMode, includeAnalyst, plan, workflow, onCreated };
    return orchestrator.execute(options);
  }
  for (const [name, value] of Object.entries({ taskType, includeAnalyst, plan, workflow })) {
    if (value !== undefined && value !== "auto")
      throw contradiction(`${name} with roles, which say already what runs`, "Give one of them.");
  }
  if (dependencies !== undefined) {
    const options: DependencyWorkflowOptions = { ...common, steps: roles, dependencies, onCreated };
    return orchestrator.executeWithDependencies(options);
  }
  const options: CustomWorkflowOptions = { ...common, roles, parallel: executionMode === "parallel", onCreated };
  return orchestrator.executeCustomWorkflow(options);
}

function contradiction(what: string, remedy: string): OrchestratorError {
  return new OrchestratorError("invalid_input", `The request has ${what}.`, remedy);
}

function toFilter(query: z.output<typeof schemas.taskFilter>): TaskFilter {
  const { status, directory, order, ...rest } = query;
  return {
    ...rest,
    status: status === undefined ? undefined : parseList(status, TASK_STATUSES, "a status"),
    workingDirectory: directory,
    ascending: order === "asc",
  };
}
