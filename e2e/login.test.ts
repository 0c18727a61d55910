import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, request as forward, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { httpError } from "@claude-orchestrator/rehearsal";
import { describe, expect, it } from "vitest";
import { openStage, play, type Stage, type TestContext } from "./fixtures.js";

const OPENSSL = "openssl";
const hasOpenssl = spawnSync(OPENSSL, ["version"]).status === 0;
const OAUTH_TOKEN = "sk-ant-oat01-made-up";

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/**
 * Puts the stage's endpoint where a subscription's login looks for it: behind a proxy that leads every connection to a
 * server of ours, with a certificate in the name of api.anthropic.com.
 *
 * @returns the environment of a user with such a proxy, and where connections were asked for
 */
async function openSubscription(test: TestContext, stage: Stage) {
  const key = join(stage.home, "key.pem");
  const certificate = join(stage.home, "certificate.pem");
  const name = ["-subj", "/CN=api.anthropic.com", "-addext", "subjectAltName=DNS:api.anthropic.com"];
  const files = ["-keyout", key, "-out", certificate];
  execFileSync(OPENSSL, ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...files, ...name], {
    stdio: "ignore",
  });
  const pass: RequestListener = (incoming, outgoing) => {
    const { method = "GET", url = "/", headers } = incoming;
    const onward = forward(stage.server.url + url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  };
  const secure = createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) }, pass);
  const securePort = await portOf(secure);
  const targets: string[] = [];
  const proxy = createServer().on("connect", (incoming, socket) => {
    targets.push(incoming.url ?? "");
    const onward = connect(securePort, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [onward, socket]) {
      end.on("error", () => {});
      end.on("close", () => [onward, socket].map((each) => each.destroy()));
    }
  });
  const proxyPort = await portOf(proxy);
  test.onTestFinished(async () => {
    for (const server of [proxy, secure]) {
      server.close();
      server.closeAllConnections();
    }
  });
  const { ANTHROPIC_BASE_URL: _, ...own } = stage.environment;
  const environment = {
    ...own,
    CLAUDE_CODE_OAUTH_TOKEN: OAUTH_TOKEN,
    HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
    NODE_EXTRA_CA_CERTS: certificate,
  };
  return { environment, targets };
}

describe.skipIf(!hasOpenssl)("a subscription's login (skipped where openssl is not installed)", () => {
  it("reaches Anthropic through the user's proxy and certificates", async (test) => {
    const stage = await openStage(test, { script: play() });
    const { environment, targets } = await openSubscription(test, stage);
    const orchestrator = await stage.orchestrator({ environment });
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout"] });
    expect(result.error).toBeNull();
    expect(stage.server.calls).toMatchObject([{ headers: { authorization: `Bearer ${OAUTH_TOKEN}` } }]);
    expect(new Set(targets)).toEqual(new Set(["api.anthropic.com:443"]));
  });

  it("that has reached its limit fails at once and says until when", async (test) => {
    const headers = {
      "anthropic-ratelimit-unified-status": "rejected",
      "anthropic-ratelimit-unified-reset": String(Math.floor(Date.now() / 1_000) + 3_600),
      "anthropic-ratelimit-unified-representative-claim": "five_hour",
    };
    const stage = await openStage(test, { script: play({ scout: httpError(429, { headers }) }) });
    const { environment } = await openSubscription(test, stage);
    const orchestrator = await stage.orchestrator({ environment });
    const startedMs = performance.now();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout"] });
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect(result.error).toMatchObject({
      code: "usage_limit",
      message: expect.stringMatching(/5-hour limit.*resets/),
    });
    expect(stage.server.calls).toHaveLength(1);
  });
});

describe("an endpoint of the user's own", () => {
  const credentials: [string, Record<string, string>, Record<string, string | undefined>][] = [
    ["an API key", { ANTHROPIC_API_KEY: "key-1" }, { "x-api-key": "key-1", authorization: undefined }],
    ["a token", { ANTHROPIC_AUTH_TOKEN: "token-1" }, { "x-api-key": undefined, authorization: "Bearer token-1" }],
    ["nothing", {}, { "x-api-key": "no-key-needed", authorization: undefined }],
  ];
  it.for(credentials)("is sent %s that is meant for it, and never a login's token", async ([_, own, sent], test) => {
    const environment = { ...own, CLAUDE_CODE_OAUTH_TOKEN: OAUTH_TOKEN };
    const stage = await openStage(test, { script: play(), environment });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout"] });
    expect(result.error).toBeNull();
    const [call] = stage.server.calls;
    for (const [name, value] of Object.entries(sent)) expect(call?.headers[name], name).toBe(value);
    expect(JSON.stringify(call?.headers)).not.toContain(OAUTH_TOKEN);
  });
});
