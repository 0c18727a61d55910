import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fastify from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Api } from "../api.js";
import { toProblem } from "../problems.js";
import { temporaryFolder } from "../temporary-folder.testsuite.js";
import { servePage } from "./serve-page.js";

/** A built page beside a secret; the guard stands elsewhere. */
async function served(isBuilt = true) {
  const base = temporaryFolder();
  const root = join(base, "dist");
  mkdirSync(join(root, "assets/deep"), { recursive: true });
  writeFileSync(join(base, "secret.txt"), "SECRET");
  writeFileSync(join(root, "icon.svg"), "<svg/>");
  writeFileSync(join(root, "assets/main-1a2b.js"), "run()");
  if (isBuilt) writeFileSync(join(root, "index.html"), "<!doctype html>PAGE");
  const api: Api = fastify({ routerOptions: { maxParamLength: 300 } }).withTypeProvider<ZodTypeProvider>();
  api.setErrorHandler((error, _, reply) => {
    const problem = toProblem(error);
    return reply.code(problem.status).send(problem);
  });
  await servePage(api, root);
  onTestFinished(() => api.close());
  const get = (url: string, accept = "text/html") => api.inject({ url, headers: { accept } });
  return { get };
}

describe("the page", () => {
  test.each(["/", "/tasks/task_1", "/agents/a.b", "/nowhere"])("answers %s", async (url) => {
    const { get } = await served();
    const answer = await get(url);
    expect([answer.statusCode, answer.headers["cache-control"]]).toEqual([200, "no-cache"]);
    expect(answer.body).toContain("PAGE");
  });

  test("has files that never change, and others", async () => {
    const { get } = await served();
    const asset = await get("/assets/main-1a2b.js", "*/*");
    expect([asset.body, asset.headers["cache-control"]]).toEqual(["run()", "public, max-age=31536000, immutable"]);
    expect((await get("/icon.svg", "image/*")).body).toBe("<svg/>");
  });

  test.each(["/api/v1/nothing", "/api/"])("is not what %s is answered with", async (url) => {
    const { get } = await served();
    expect((await get(url)).statusCode).toBe(404);
  });

  test("is not sent to a program that asks for something else", async () => {
    const { get } = await served();
    expect((await get("/nowhere", "application/json")).statusCode).toBe(404);
    expect((await get("/icon.png", "image/*")).statusCode).toBe(404);
  });

  test("says so where it was not built", async () => {
    const { get } = await served(false);
    const answer = await get("/");
    expect([answer.statusCode, answer.json().detail]).toEqual([404, "The page was not built."]);
  });
});

const OUTWARD = [
  "../secret.txt",
  "../../secret.txt",
  "..%2fsecret.txt",
  "..%2f..%2fsecret.txt",
  "%2e%2e%2f%2e%2e%2fsecret.txt",
  "%2e%2e/%2e%2e/secret.txt",
  "%252e%252e%252fsecret.txt",
  "..%5c..%5csecret.txt",
  "..\\..\\secret.txt",
  "%c0%ae%c0%ae%2fsecret.txt",
  "....//....//secret.txt",
  "%2fetc%2fpasswd",
  "//etc/passwd",
  "main-1a2b.js%00.html",
  "%00",
  "deep",
  "deep/",
  "%",
  "%ff",
  "x".repeat(3_000),
];

describe("nothing but its files is told", () => {
  test.each(OUTWARD)("/assets/%s", async (path) => {
    const { get } = await served();
    const answer = await get(`/assets/${path}`, "*/*");
    expect([400, 404]).toContain(answer.statusCode);
    expect(answer.body).not.toMatch(/SECRET|root:|run\(\)/);
  });

  test.each(OUTWARD)("/%s", async (path) => {
    const { get } = await served();
    const answer = await get(`/${path}`, "*/*");
    expect([400, 404]).toContain(answer.statusCode);
    expect(answer.body).not.toMatch(/SECRET|root:/);
  });
});
