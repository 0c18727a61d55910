import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import type { RoleKind } from "../roles/index.js";
import { handoffJsonSchema, parseHandoff } from "./handoff.js";

const LEAST: Readonly<Record<RoleKind, Record<string, unknown>>> = {
  research: { summary: "s", keyFindings: [], relevantFiles: [] },
  plan: { summary: "s", steps: [{ title: "t", detail: "d" }] },
  build: { summary: "s", filesCreated: [], filesModified: [] },
  test: { summary: "s", commands: [], testsPassed: 0, testsFailed: 0 },
  review: { summary: "s", verdict: "approved", findings: [] },
  custom: { summary: "s" },
};
const KINDS = Object.keys(LEAST) as RoleKind[];

const finding = { file: "a.ts", line: 3, severity: "major", message: "wrong" };
const many = (count: number) => Array.from({ length: count }, () => "x");

const BAD: [kind: RoleKind, change: Record<string, unknown>, named: string][] = [
  ...KINDS.map((kind): [RoleKind, Record<string, unknown>, string] => [kind, { summary: undefined }, "summary"]),
  ...KINDS.map((kind): [RoleKind, Record<string, unknown>, string] => [
    kind,
    { summary: "x".repeat(4_001) },
    "summary",
  ]),
  ["research", { keyFindings: many(31) }, "keyFindings"],
  ["research", { keyFindings: ["x".repeat(501)] }, "keyFindings.0"],
  ["research", { relevantFiles: many(101) }, "relevantFiles"],
  ["research", { relevantFiles: ["x".repeat(401)] }, "relevantFiles.0"],
  ["plan", { steps: [] }, "steps"],
  ["plan", { steps: Array.from({ length: 21 }, () => ({ title: "t", detail: "d" })) }, "steps"],
  ["plan", { steps: [{ title: "t", detail: "x".repeat(1_501) }] }, "steps.0.detail"],
  ["build", { filesCreated: "a.ts" }, "filesCreated"],
  ["test", { testsPassed: -1 }, "testsPassed"],
  ["test", { testsFailed: 0.5 }, "testsFailed"],
  ["test", { commands: many(21) }, "commands"],
  ["review", { verdict: "fine" }, "verdict"],
  ["review", { findings: [{ ...finding, severity: "huge" }] }, "findings.0.severity"],
  ["review", { findings: [{ ...finding, line: 0 }] }, "findings.0.line"],
  ["review", { findings: Array.from({ length: 31 }, () => finding) }, "findings"],
];

describe("a handoff", () => {
  test.each(KINDS)("of kind %s may be as short as this", (kind) => {
    expect(parseHandoff(kind, LEAST[kind])).toEqual(LEAST[kind]);
  });

  test("keeps what it may hold besides", () => {
    const review = { ...LEAST.review, verdict: "changes_requested", findings: [finding], errors: ["no network"] };
    expect(parseHandoff("review", review)).toEqual(review);
  });

  test.each(BAD)("of kind %s with %j is refused naming %s", (kind, change, named) => {
    expect(() => parseHandoff(kind, { ...LEAST[kind], ...change })).toThrow(
      expect.objectContaining({ code: "handoff_invalid", message: expect.stringContaining(`${named}: `) }),
    );
  });

  test.each([undefined, null, "done", 5, []])("is an object: %j is refused", (value) => {
    expect(() => parseHandoff("custom", value)).toThrow(
      expect.objectContaining({ code: "handoff_invalid", message: expect.stringContaining("the result: ") }),
    );
  });

  test("with many mistakes is refused in a message that stays short", () => {
    const value = { ...LEAST.research, keyFindings: Array.from({ length: 30 }, () => 5) };
    const act = () => parseHandoff("research", value);
    expect(act).toThrow(/keyFindings\.4: /);
    expect(act).not.toThrow(/keyFindings\.5: /);
  });
});

describe("the JSON schema of a handoff", () => {
  test.each(KINDS)("of kind %s is sound, small and says the same as our own check", (kind) => {
    const schema = handoffJsonSchema(kind);
    const ajv = new Ajv({ strict: true });
    expect(ajv.validateSchema(schema)).toBe(true);
    expect(JSON.stringify(schema).length).toBeLessThan(4_096);
    const fits = ajv.compile(schema);
    expect(fits(LEAST[kind])).toBe(true);
    for (const [, change] of BAD.filter((each) => each[0] === kind))
      expect(fits(JSON.parse(JSON.stringify({ ...LEAST[kind], ...change }))), JSON.stringify(change).slice(0, 80)).toBe(
        false,
      );
  });

  test("is that of an object, as a tool's input must be", () => {
    for (const kind of KINDS) expect(handoffJsonSchema(kind)).toMatchObject({ type: "object" });
  });
});
