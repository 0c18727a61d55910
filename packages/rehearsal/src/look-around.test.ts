import { afterEach, describe, expect, it } from "vitest";
import { lookAround, type RehearsalServer, startRehearsalServer } from "./index.js";
import { post } from "./messages-client.testsuite.js";

let server: RehearsalServer | null = null;

afterEach(async () => {
  await server?.close();
  server = null;
});

const SCHEMA = { type: "object", properties: { verdict: { enum: ["pass", "fail"] } }, required: ["verdict"] };
const HANDOFF = { name: "StructuredOutput", input_schema: SCHEMA };
const LOOKED = [
  { role: "user", content: "Anything" },
  { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "Glob", input: {} }] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "a.txt" }] },
];

async function content(tools: readonly object[], messages?: readonly object[]): Promise<unknown> {
  server ??= await startRehearsalServer({ script: lookAround() });
  const request = { role: "anyone", stream: false, tools, ...(messages === undefined ? {} : { messages }) };
  return ((await (await post(server, request)).json()) as { content: unknown }).content;
}

const OPENING = { type: "text", text: "Rehearsal: the model is scripted; nothing is changed." };

describe("lookAround", () => {
  it.each([
    [["Bash", "Read", "Glob", "Grep"], "Glob", { pattern: "*" }],
    [["Bash", "Read", "Grep"], "Grep", { pattern: "." }],
    [["Read", "Bash"], "Bash", { command: "ls" }],
    [["Write", "Read"], "Read", { file_path: "./README.md" }],
  ])("begins with a look, given %j", async (names, name, input) => {
    expect(await content([...names.map((tool) => ({ name: tool })), HANDOFF])).toMatchObject([
      OPENING,
      { type: "tool_use", name, input },
    ]);
  });

  it("hands over what the schema asks for once it has looked", async () => {
    expect(await content([{ name: "Glob" }, HANDOFF], LOOKED)).toMatchObject([
      { type: "tool_use", name: "StructuredOutput", input: { verdict: "pass" } },
    ]);
  });

  it("hands over at once when there is nothing to look with", async () => {
    expect(await content([{ name: "Write" }, HANDOFF])).toMatchObject([
      OPENING,
      { type: "tool_use", name: "StructuredOutput", input: { verdict: "pass" } },
    ]);
  });

  it("ends with a text when no value is asked for", async () => {
    expect(await content([])).toEqual([OPENING]);
    expect(await content([{ name: "Glob" }], LOOKED)).toMatchObject([
      { type: "text", text: expect.stringMatching(/^Rehearsal:/) },
    ]);
  });
});
