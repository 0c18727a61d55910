import { z } from "zod";
import { type Api, needs } from "../api.js";
import type { Context } from "../context.js";
import * as schemas from "../schemas/task.js";
import { begin } from "./background.js";

const params = schemas.taskParams;
const config = needs("operate");
const tags = ["tasks"];
const accepted = { 202: z.object({ taskId: z.string() }) };

/** What steers a task that is there. Whatever starts agents wants a directory that this server may work in. */
export function registerTaskControl(api: Api, context: Context): void {
  const workingDirectoryOf = async (taskId: string) => {
    const task = await context.orchestrator.getTaskDetails(taskId);
    return { task, directory: context.directories.require(task.workingDirectory) };
  };

  api.post(
    "/tasks/:taskId/cancel",
    { config, schema: { tags, params, body: schemas.cancelRequest, response: accepted } },
    async ({ params: { taskId }, body }, reply) => {
      await context.orchestrator.cancel(taskId, body?.reason);
      return reply.code(202).send({ taskId });
    },
  );

  api.post(
    "/tasks/:taskId/pause",
    { config, schema: { tags, params, body: schemas.pauseRequest, response: accepted } },
    async ({ params: { taskId }, body }, reply) => {
      await context.orchestrator.pause(taskId, { interrupt: body?.interrupt });
      return reply.code(202).send({ taskId });
    },
  );

  api.post(
    "/tasks/:taskId/resume",
    { config, schema: { tags, params, response: accepted } },
    async ({ params: { taskId } }, reply) => {
      const { task } = await workingDirectoryOf(taskId);
      await begin<void>((onResumed) => context.orchestrator.resume(task.taskId, { onResumed }), context);
      return reply.code(202).send({ taskId: task.taskId });
    },
  );

  api.post(
    "/tasks/:taskId/retry",
    { config, schema: { tags, params, body: schemas.retryRequest, response: accepted } },
    async ({ params: { taskId }, body }, reply) => {
      const { task } = await workingDirectoryOf(taskId);
      await begin<void>((onResumed) => context.orchestrator.retry(task.taskId, body.stepKey, { onResumed }), context);
      return reply.code(202).send({ taskId: task.taskId });
    },
  );

  api.post(
    "/tasks/:taskId/fork",
    { config, schema: { tags, params, body: schemas.forkRequest, response: { 201: schemas.created } } },
    async ({ params: { taskId }, body }, reply) => {
      const { task } = await workingDirectoryOf(taskId);
      const created = await begin<string>(
        (onCreated) => context.orchestrator.fork(task.taskId, { ...body, onCreated }),
        context,
      );
      return reply.code(201).send({ taskId: created });
    },
  );

  api.post(
    "/tasks/:taskId/follow-up",
    {
      config,
      schema: {
        tags,
        params,
        body: schemas.newTask.omit({ roles: true, dependencies: true }),
        response: { 201: schemas.created },
      },
    },
    async ({ params: { taskId }, body }, reply) => {
      const { task, directory } = await workingDirectoryOf(taskId);
      const workingDirectory =
        body.workingDirectory === undefined ? directory : context.directories.require(body.workingDirectory);
      const created = await begin<string>(
        (onCreated) => context.orchestrator.followUp(task.taskId, { ...body, workingDirectory, onCreated }),
        context,
      );
      return reply.code(201).send({ taskId: created });
    },
  );

  api.post(
    "/tasks/:taskId/apply",
    { config, schema: { tags, params, body: schemas.applyRequest, response: { 200: schemas.applyAnswer } } },
    async ({ params: { taskId }, body }) => {
      const { task } = await workingDirectoryOf(taskId);
      return context.orchestrator.apply(task.taskId, body ?? {});
    },
  );

  api.post(
    "/tasks/:taskId/undo",
    { config, schema: { tags, params, response: { 200: z.object({ paths: z.array(z.string()) }) } } },
    async ({ params: { taskId } }) => {
      const { task } = await workingDirectoryOf(taskId);
      return { paths: await context.orchestrator.undo(task.taskId) };
    },
  );
}
