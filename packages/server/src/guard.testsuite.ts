import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, openServerStage, type ServerStage } from "./stage.testsuite.js";

/** Who is let in where, by which name and page, and with what kind of request. */
export function specifyGuard(): void {
  let stage: ServerStage;

  beforeAll(async () => {
    stage = await openServerStage();
  });
  afterAll(() => stage.close());

  /** What anybody may look at. */
  const OPEN = ["GET /health", "GET /sign-in", "GET /sign-in.css", "GET /sign-in.js", "POST /api/v1/session"];
  /** What the description leaves out. */
  const UNDESCRIBED = ["/api/v1/ws", "/api/docs", "/api/docs/json", "/api/docs/static/swagger-ui.css", "/", "/nowhere"];

  /** Every route as `METHOD path`. */
  function routes(): string[] {
    const { paths } = stage.server.describe() as { paths: Record<string, object> };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    return [...described, ...UNDESCRIBED.map((path) => `GET ${path}`)];
  }

  const split = (route: string) => {
    const [method = "", path = ""] = route.split(" ");
    return { method, path: path.replace(/\{\w+\}/g, "1") };
  };

  describe("whoever has no token", () => {
    test("is let in nowhere but where one signs in, and where one asks whether the server lives", async () => {
      const closed = routes().filter((route) => !OPEN.includes(route));
      expect(closed.length).toBeGreaterThan(45);
      for (const route of closed) {
        const { method, path } = split(route);
        const answer = await stage.ask(path, { as: null, method });
        expect([route, answer.status]).toEqual([route, 401]);
        expect(answer.json()).toMatchObject({ code: "unauthenticated", status: 401 });
        expect(answer.headers["www-authenticate"]).toBe("Bearer");
      }
    });

    test.each(["HEAD", "OPTIONS", "PUT", "TRACE", "PROPFIND"])("nor by %s", async (method) => {
      for (const path of ["/api/v1/tasks", "/api/v1/session", "/api/v1/ws", "/metrics"])
        expect((await stage.ask(path, { as: null, method })).status).toBe(401);
    });

    test("may look at the few pages that tell nothing", async () => {
      for (const route of OPEN.filter((each) => each.startsWith("GET"))) {
        const answer = await stage.ask(split(route).path, { as: null });
        expect([route, answer.status]).toEqual([route, 200]);
        expect(answer.text).not.toContain(stage.home);
      }
    });

    test("is shown the way to sign in, in a browser", async () => {
      const answer = await stage.ask("/tasks/task_1", { as: null, headers: { accept: "text/html" } });
      expect(answer.status).toBe(401);
      expect(answer.text).toContain("<title>Sign in");
      const policy = String(answer.headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    });

    test.each(["Bearer", "Bearer ", "Basic YTpi", "Bearer orc_wrong", "orc_wrong", `Bearer ${"x".repeat(4_000)}`])(
      "is not let in by %j",
      async (authorization) => {
        const server = await stage.start();
        const answer = await stage.ask("/api/v1/tasks", { as: null, headers: { authorization }, server });
        expect(answer.status).toBe(401);
        await server.close();
      },
    );
  });

  describe("roles", () => {
    const FOR_ADMINS = ["/api/v1/tokens", "/api/v1/audit"];
    /** They ask or sign out, and change nothing of the fleet. */
    const FOR_VIEWERS = ["POST /api/v1/session", "DELETE /api/v1/session", "POST /api/v1/estimate"];

    test("a viewer changes nothing", async () => {
      const changing = routes().filter((route) => !route.startsWith("GET") && !FOR_VIEWERS.includes(route));
      expect(changing.length).toBeGreaterThan(14);
      for (const route of changing) {
        const { method, path } = split(route);
        const answer = await stage.ask(path, { as: "viewer", method, body: {} });
        expect([route, answer.status, answer.json().code]).toEqual([route, 403, "forbidden"]);
      }
    });

    test("only an administrator sees tokens and the audit log", async () => {
      const administering = routes().filter((route) => FOR_ADMINS.some((path) => route.includes(path)));
      expect(administering.length).toBe(4);
      for (const as of ["viewer", "operator"] as const)
        for (const route of administering) {
          const { method, path } = split(route);
          expect([route, (await stage.ask(path, { as, method })).status]).toEqual([route, 403]);
        }
      for (const path of FOR_ADMINS) expect((await stage.ask(path)).status).toBe(200);
    });

    test("a viewer reads", async () => {
      for (const path of [
        "/session",
        "/fleet",
        "/tasks",
        "/agents",
        "/events",
        "/costs?by=day",
        "/roles",
        "/directories",
      ])
        expect([path, (await stage.ask(`/api/v1${path}`, { as: "viewer" })).status]).toEqual([path, 200]);
      for (const path of ["/metrics", "/api/docs/json"])
        expect([path, (await stage.ask(path, { as: "viewer" })).status]).toEqual([path, 200]);
    });

    test("an operator makes agents", async () => {
      const made = await stage.ask("/api/v1/agents", { as: "operator", method: "POST", body: { role: "scout" } });
      expect(made.status).toBe(201);
      const path = `/api/v1/agents/${String(made.json().agentId)}`;
      expect((await stage.ask(path, { as: "viewer" })).json()).toMatchObject({ agent: { role: "scout" } });
      expect((await stage.ask(`${path}?record=true`, { as: "operator", method: "DELETE" })).status).toBe(204);
      expect((await stage.ask(path)).status).toBe(404);
    });

    test("whoever is refused is written down, with who it was", async () => {
      await stage.ask("/api/v1/tasks/abc", { as: "viewer", method: "DELETE" });
      const { items } = (await stage.ask("/api/v1/audit?limit=1")).json() as { items: unknown[] };
      expect(items).toEqual([
        expect.objectContaining({
          who: "the viewer",
          role: "viewer",
          action: "DELETE /api/v1/tasks/:taskId",
          subject: "abc",
          status: 403,
        }),
      ]);
    });
  });

  describe("paths that lead elsewhere", () => {
    const OUTWARD = [
      "../../../../etc/passwd",
      "..%2f..%2f..%2f..%2fetc%2fpasswd",
      "%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
      "%252e%252e%252f%252e%252e%252fetc%252fpasswd",
      "..%5c..%5caccess.json",
      "..\\..\\access.json",
      "%00",
      "prompt.txt%00",
      "%",
      "%ff%fe",
      "..",
      "%2e%2e",
      "x".repeat(5_000),
    ];

    test("are nowhere, in every parameter of every address", async () => {
      const agent = await stage.ask("/api/v1/agents", { method: "POST", body: { role: "scout" } });
      const { agentId } = agent.json();
      const parametered = [
        ...routes().filter((route) => route.includes("{")),
        `GET /api/v1/agents/${agentId}/logs/{file}`,
        `GET /api/v1/agents/${agentId}/tools/{toolUseId}`,
        "GET /assets/{file}",
        "GET /api/docs/static/{file}",
      ];
      for (const route of parametered)
        for (const outward of OUTWARD) {
          const [method = "", path = ""] = route.split(" ");
          const body = method === "GET" || method === "DELETE" ? undefined : {};
          const asked = path.replace(/\{\w+\}/g, outward);
          const answer = await stage.ask(asked, { method, ...(body ? { body } : {}) });
          expect([route, outward.slice(0, 60), [400, 404].includes(answer.status), answer.status]).toEqual([
            route,
            outward.slice(0, 60),
            true,
            answer.status,
          ]);
          expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
          expect(answer.json()).toMatchObject({ code: expect.any(String), hint: expect.any(String) });
          expect(answer.text).not.toMatch(/root:|"hash"|\bat .*\.js:\d/);
        }
    });

    test("are no directories to work in", async () => {
      for (const workingDirectory of ["/etc", `${stage.work}/..`, `${stage.work}2`, "\0", "~", ".."]) {
        const path = encodeURIComponent(workingDirectory);
        const asked = [
          stage.ask("/api/v1/tasks", { method: "POST", body: { prompt: "p", workingDirectory } }),
          stage.ask("/api/v1/estimate", { method: "POST", body: { prompt: "p", workingDirectory } }),
          stage.ask("/api/v1/agents", { method: "POST", body: { role: "scout", workingDirectory } }),
          stage.ask(`/api/v1/directories?path=${path}`),
          stage.ask(`/api/v1/roles?directory=${path}`),
          stage.ask(`/api/v1/workflows?directory=${path}`),
        ];
        for (const answer of await Promise.all(asked))
          expect([workingDirectory, answer.status, answer.json().code]).toEqual([
            workingDirectory,
            403,
            "directory_not_allowed",
          ]);
      }
      const { total } = (await stage.ask("/api/v1/tasks")).json();
      expect(total).toBe(0);
    });
  });

  describe("other pages and other names", () => {
    test("a foreign name is refused before anything else, also where nobody need sign in", async () => {
      for (const path of ["/api/v1/tasks", "/health", "/sign-in", "/nowhere"]) {
        const answer = await stage.ask(path, { headers: { host: "evil.example" } });
        expect([path, answer.status, answer.json().code]).toEqual([path, 403, "host_refused"]);
      }
    });

    test.each(["https://evil.example", "http://localhost:1", "null"])("the page %s is refused", async (origin) => {
      for (const method of ["GET", "POST"]) {
        const answer = await stage.ask("/api/v1/session", { method, headers: { origin } });
        expect([answer.status, answer.json().code]).toEqual([403, "origin_refused"]);
      }
      expect(await connect(stage.server, "", { origin, authorization: `Bearer ${stage.token("admin")}` }).closed).toBe(
        403,
      );
    });

    test("nobody is told that other pages may ask", async () => {
      const answer = await stage.ask("/api/v1/tasks", { headers: { origin: stage.server.url } });
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    });
  });

  /** Signs a browser in; answers its cookie as it sends it. */
  async function signIn(given: object): Promise<{ status: number; cookie: string; setCookie: string }> {
    const answer = await stage.ask("/api/v1/session", { as: null, method: "POST", body: given });
    const setCookie = answer.headers["set-cookie"]?.[0] ?? "";
    return { status: answer.status, cookie: setCookie.split(";")[0] ?? "", setCookie };
  }

  describe("a browser", () => {
    test("is signed in by a link once, with a cookie that no script and no other site gets", async () => {
      const { access } = stage.server;
      const code = await access.createCode(access.listTokens().find(({ role }) => role === "viewer")?.tokenId ?? "");
      const first = await signIn({ code });
      expect(first.status).toBe(201);
      expect(first.setCookie).toMatch(/; HttpOnly/);
      expect(first.setCookie).toMatch(/; SameSite=Strict/);
      expect(first.setCookie).toMatch(/; Path=\/(;|$)/);
      expect(first.setCookie).toMatch(/; Max-Age=2592000/);
      expect(first.setCookie).not.toMatch(/Domain/);
      expect((await signIn({ code })).status).toBe(401);
      const session = await stage.ask("/api/v1/session", { as: null, headers: { cookie: first.cookie } });
      expect(session.json()).toMatchObject({ name: "the viewer", role: "viewer", directories: [stage.work] });
    });

    test("that comes over TLS, which a proxy ends, keeps its cookie to that", async () => {
      const { host } = new URL(stage.server.url);
      for (const [origin, isSecure] of [
        [`https://${host}`, true],
        [`http://${host}`, false],
      ] as const) {
        const request = { as: null, method: "POST", body: { token: stage.token("viewer") }, headers: { origin } };
        const answer = await stage.ask("/api/v1/session", request);
        expect([answer.status, /; Secure/.test(String(answer.headers["set-cookie"]))]).toEqual([201, isSecure]);
      }
    });

    test("changes something only from the server's own page", async () => {
      const { cookie } = await signIn({ token: stage.token("operator") });
      const create = (headers: Record<string, string>) =>
        stage.ask("/api/v1/agents", {
          as: null,
          method: "POST",
          body: { role: "scout" },
          headers: { cookie, ...headers },
        });
      expect((await create({})).json().code).toBe("origin_refused");
      expect((await create({ "sec-fetch-site": "cross-site" })).status).toBe(403);
      expect((await create({ "sec-fetch-site": "same-site" })).status).toBe(403);
      expect((await create({ origin: "https://evil.example", "sec-fetch-site": "same-origin" })).status).toBe(403);
      expect((await create({ "sec-fetch-site": "same-origin" })).status).toBe(201);
      expect((await create({ origin: stage.server.url })).status).toBe(201);
    });

    test("opens a stream only from the server's own page", async () => {
      const { cookie } = await signIn({ token: stage.token("viewer") });
      expect(await connect(stage.server, "", { cookie }).closed).toBe(403);
      const client = connect(stage.server, "", { cookie, origin: stage.server.url });
      await client.until("the snapshot", () => client.messages.length > 0);
      client.socket.close();
    });

    test("stays signed in when the server starts again, and is signed out at its word", async () => {
      const { cookie } = await signIn({ token: stage.token("viewer") });
      const [name = "", session = ""] = cookie.split("=");
      const server = await stage.start();
      const again = {
        as: null,
        headers: { cookie: `${name.replace(/\d+$/, new URL(server.url).port)}=${session}` },
        server,
      };
      expect((await stage.ask("/api/v1/session", again)).status).toBe(200);
      const signedOut = await stage.ask("/api/v1/session", {
        as: null,
        method: "DELETE",
        headers: { cookie, origin: stage.server.url },
      });
      expect(signedOut.status).toBe(204);
      expect(signedOut.headers["set-cookie"]?.[0]).toMatch(/=;.*Expires=Thu, 01 Jan 1970/);
      expect((await stage.ask("/api/v1/session", again)).status).toBe(401);
      await server.close();
    });

    test("is told in the audit log by name when it signs in", async () => {
      await signIn({ token: stage.token("operator") });
      const { items } = (await stage.ask("/api/v1/audit?limit=1")).json() as { items: unknown[] };
      expect(items).toEqual([
        expect.objectContaining({ who: "the operator", action: "POST /api/v1/session", status: 201 }),
      ]);
    });
  });

  describe("whoever guesses", () => {
    test("waits after twenty failures, and keeps nobody else out", async () => {
      const server = await stage.start();
      const { access } = server;
      const guess = (headers: Record<string, string>) => stage.ask("/api/v1/fleet", { as: null, headers, server });
      for (let time = 0; time < 20; time += 1)
        expect((await guess({ authorization: `Bearer orc_${time}` })).status).toBe(401);
      const late = await guess({ authorization: "Bearer orc_20" });
      expect([late.status, late.json().code]).toEqual([429, "too_many_requests"]);
      expect(Number(late.headers["retry-after"])).toBeGreaterThan(0);
      const code = { as: null, method: "POST", body: { code: "guess" }, server } as const;
      expect((await stage.ask("/api/v1/session", code)).status).toBe(429);
      // What is valid comes in: by token, by link, and where none is needed.
      expect((await stage.ask("/api/v1/fleet", { server })).status).toBe(200);
      const link = { ...code, body: { code: await access.createCode(access.listTokens()[0]?.tokenId ?? "") } };
      expect((await stage.ask("/api/v1/session", link)).status).toBe(201);
      expect((await stage.ask("/health", { as: null, server })).status).toBe(200);
      await server.close();
    });

    test("does not push out of the audit log what others did", async () => {
      const server = await stage.start();
      const lines = () => readFileSync(join(stage.home, "audit.jsonl"), "utf8").trimEnd().split("\n").length;
      const before = lines();
      for (let time = 0; time < 60; time += 1) await stage.ask("/api/v1/tasks", { as: null, method: "POST", server });
      expect(lines() - before).toBe(20);
      await stage.ask("/api/v1/tasks", { as: "viewer", method: "POST", server });
      expect(lines() - before).toBe(21);
      await server.close();
    });
  });

  describe("a request that is not right", () => {
    const post = (body: unknown, headers: Record<string, string> = {}) =>
      stage.ask("/api/v1/tasks", { method: "POST", body, headers });

    test.each([
      ["too large a body", "x".repeat(1024 * 1024 + 1), {}, 413, "payload_too_large"],
      [
        "another type",
        "prompt=x",
        { "content-type": "application/x-www-form-urlencoded" },
        415,
        "unsupported_media_type",
      ],
      ["plain text", '{"prompt":"x"}', { "content-type": "text/plain" }, 415, "unsupported_media_type"],
      ["what is no JSON", '{"prompt":', {}, 400, "invalid_input"],
      ["nothing", "", {}, 400, "invalid_input"],
      ["a poisoned prototype", '{"__proto__":{"isAdmin":true},"prompt":"x"}', {}, 400, "invalid_input"],
      ["null", "null", {}, 400, "invalid_input"],
      ["a list", "[]", {}, 400, "invalid_input"],
    ])("%s", async (_, body, headers, status, code) => {
      const answer = await post(body, headers);
      expect([answer.status, answer.json().code]).toEqual([status, code]);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      expect(Object.keys(answer.json()).sort()).toEqual(["code", "detail", "hint", "status", "title", "type"]);
      expect(answer.text).not.toMatch(/node_modules|\bat .*\.js/);
    });

    test("an unknown field is named", async () => {
      for (const [path, body] of [
        ["/tasks", { prompt: "x", budgetUSD: 1 }],
        ["/tasks", { prompt: "x", roles: [{ role: "builder", promt: "y" }] }],
        ["/agents", { role: "scout", promt: "y" }],
        ["/tokens", { name: "x", role: "admin", admin: true }],
        ["/session", { token: "x", remember: true }],
      ] as const) {
        const answer = await stage.ask(`/api/v1${path}`, { method: "POST", body });
        expect(answer.status).toBe(400);
        expect(String(answer.json().detail)).toMatch(/budgetUSD|promt|admin|remember/);
      }
    });

    test("what a query may not be is named", async () => {
      for (const query of [
        "limit=-1",
        "limit=1e9",
        "limit=x",
        "sort=prompt",
        "status=running,gone",
        "since=yesterday",
      ]) {
        const answer = await stage.ask(`/api/v1/tasks?${query}`);
        expect([query, answer.status, answer.json().code]).toEqual([query, 400, "invalid_input"]);
      }
    });

    test("search takes what is typed as it is", async () => {
      for (const search of ["'", '"', "%", "a OR 1=1; --", "*", "NEAR(", "\u0000", "🦊".repeat(200)])
        expect((await stage.ask(`/api/v1/tasks?search=${encodeURIComponent(search)}`)).status).toBe(200);
    });

    test("what names nothing is not found", async () => {
      for (const path of ["/api/v1/tasks/none", "/api/v1/agents/none", "/api/v1/nowhere", "/api/v2/tasks"])
        expect([path, (await stage.ask(path)).status]).toEqual([path, 404]);
    });
  });

  describe("a damaged file of tokens", () => {
    test("keeps everybody out, ends no process, and tells no path", async () => {
      const path = join(stage.home, "access.json");
      const sound = readFileSync(path);
      const client = connect(stage.server, "", { authorization: `Bearer ${stage.token("viewer")}` });
      await client.until("the snapshot", () => client.messages.length > 0);
      writeFileSync(path, "{");
      try {
        const answer = await stage.ask("/api/v1/tasks");
        expect([answer.status, answer.json().code]).toEqual([503, "not_ready"]);
        expect(answer.text).not.toContain(stage.home);
        expect((await stage.ask("/health", { as: null })).status).toBe(200);
        await stage.server.orchestrator.createAgent({ role: "scout" });
        expect(await client.closed).toBe(4401);
      } finally {
        writeFileSync(path, sound);
      }
      expect((await stage.ask("/api/v1/tasks")).status).toBe(200);
    });
  });
}
