import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { loadRoles } from "../roles/index.js";
import { parseWorkflowFile } from "./workflow-file.js";

const { roles } = loadRoles(tmpdir());

test("an unknown field of a workflow file is named with its own line", () => {
  const text = "name: x\nsteps:\n  - role: scout\n\ncolour: red\n";
  expect(() => parseWorkflowFile(text, "w.yaml", "w", roles)).toThrow("w.yaml:5 ");
});

test("an unknown field of a step is named with its own line", () => {
  const text = "steps:\n  - role: scout\n    colour: red\n";
  expect(() => parseWorkflowFile(text, "w.yaml", "w", roles)).toThrow("w.yaml:3 ");
});

test("of three steps of one key the second is named", () => {
  const text = "steps:\n  - {role: scout, key: a}\n  - {role: scout, key: a}\n  - {role: scout, key: a}\n";
  expect(() => parseWorkflowFile(text, "w.yaml", "w", roles)).toThrow("w.yaml:3 ");
});

test("the 101st step of one key is named", () => {
  const text = `steps:\n${"  - {role: scout, key: a}\n".repeat(200)}`;
  expect(() => parseWorkflowFile(text, "w.yaml", "w", roles)).toThrow("w.yaml:102 ");
});

test("the name that a file gives a workflow keeps to the rule of names", () => {
  expect(() => parseWorkflowFile("steps:\n  - role: scout\n", "My Flow.yaml", "My Flow", roles)).toThrow("name");
});
