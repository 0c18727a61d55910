import { afterEach, beforeEach, expect, test } from "vitest";
import type { Draft } from "../derived-records.js";
import type { Store } from "../store.js";
import { agentCreated, makeFolder } from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

let folder: ReturnType<typeof makeFolder>;
let store: Store;
let stopping: AbortController;

beforeEach(async () => {
  folder = makeFolder();
  stopping = new AbortController();
  store = await openSqliteStore({ path: folder.database });
  await store.append([agentCreated("agent_a", null), agentCreated("agent_b", null)]);
});
afterEach(async () => {
  stopping.abort();
  await store.close();
  folder.remove();
});

const draft = (agentId: string, text: string): Draft => ({ agentId, taskId: null, kind: "text", block: 0, text });

/** Follows the drafts: each call answers the texts that have changed since the one before. */
function follow(of: Store): () => Promise<string[]> {
  const following = of.followDrafts(stopping.signal)[Symbol.asyncIterator]();
  return async () => {
    const { value } = await following.next();
    return (value as Draft[]).map(({ text }) => text);
  };
}

test("a follower is told what there is, and what changes", async () => {
  await store.putDraft(draft("agent_a", "One"));
  const next = follow(store);
  expect(await next()).toEqual(["One"]);
  await store.putDraft(draft("agent_a", "One two"));
  await store.putDraft(draft("agent_b", "Other"));
  expect(await next()).toEqual(["One two", "Other"]);
});

test("a slow follower is told the newest state only", async () => {
  for (const text of ["One", "One two", "One two three"]) await store.putDraft(draft("agent_a", text));
  expect(await follow(store)()).toEqual(["One two three"]);
});

test("a follower in another process is told too", async () => {
  const other = await openSqliteStore({ path: folder.database });
  const next = follow(other);
  await store.putDraft(draft("agent_a", "From here"));
  expect(await next()).toEqual(["From here"]);
  await other.close();
});

test("it is gone when the block is in the log, or will never be finished", async () => {
  await store.putDraft(draft("agent_a", "One"));
  await store.putDraft(draft("agent_b", "Other"));
  const subject = { agentId: "agent_a", taskId: null, stepKey: null };
  await store.append([{ ...subject, type: "agent.output", data: { text: "One." } }]);
  expect(await follow(store)()).toEqual(["Other"]);
});

test("it is no event", async () => {
  const last = await store.lastSeq();
  await store.putDraft(draft("agent_a", "One"));
  expect(await store.lastSeq()).toBe(last);
});
