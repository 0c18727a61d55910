import { httpError } from "@claude-orchestrator/rehearsal";
import { describe, expect, it } from "vitest";
import { openStage, play, waitFor } from "./fixtures.js";
import { hasOpenssl, OAUTH_TOKEN, openSubscription } from "./subscription.js";

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

  it("that has reached its limit is held until the reset, with one call", async (test) => {
    const resetSeconds = Math.floor(Date.now() / 1_000) + 3_600;
    const headers = {
      "anthropic-ratelimit-unified-status": "rejected",
      "anthropic-ratelimit-unified-reset": String(resetSeconds),
      "anthropic-ratelimit-unified-representative-claim": "five_hour",
    };
    const stage = await openStage(test, { script: play({ scout: httpError(429, { headers }) }) });
    const { environment } = await openSubscription(test, stage);
    const orchestrator = await stage.orchestrator({ environment });
    const running = orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout"] });
    const held = await waitFor("the hold", async () => (await orchestrator.listTasks({ status: "held" }))[0]);
    const until = new Date(resetSeconds * 1_000).toISOString();
    expect(held.held).toEqual({ cause: "usage_limit", reason: "the 5-hour limit is reached", until });
    await orchestrator.cancel(held.taskId);
    expect(await running).toMatchObject({ status: "cancelled" });
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
