import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { sampleFromSchema } from "./index.js";

const NODE = {
  type: "object",
  properties: { name: { type: "string" }, children: { type: "array", items: { $ref: "#/$defs/node" } } },
  required: ["name", "children"],
};

const CASES: readonly [string, object | boolean, unknown][] = [
  ["anything", true, "rehearsal"],
  ["an empty schema", {}, "rehearsal"],
  ["a string", { type: "string" }, "rehearsal"],
  ["a long string", { type: "string", minLength: 25 }, "rehearsal rehearsal rehea"],
  ["a short string", { type: "string", maxLength: 3 }, "reh"],
  ["an integer", { type: "integer" }, 0],
  ["an integer above", { type: "integer", minimum: 2.5 }, 3],
  ["a number below", { type: "number", maximum: -2 }, -2],
  ["a number strictly between", { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 }, 0.5],
  ["a number strictly below", { type: "number", exclusiveMaximum: 0 }, -1],
  ["an integer strictly above", { type: "integer", exclusiveMinimum: 0 }, 1],
  ["a multiple", { type: "integer", minimum: 7, multipleOf: 5 }, 10],
  ["a boolean", { type: "boolean" }, false],
  ["null", { type: "null" }, null],
  ["the first type of several", { type: ["integer", "null"] }, 0],
  ["the first of an enum", { enum: ["approve", "reject"] }, "approve"],
  ["a constant", { const: { deep: [1] } }, { deep: [1] }],
  ["a list that may be empty", { type: "array", items: { type: "string" } }, []],
  ["a list that may not", { type: "array", items: { type: "string" }, minItems: 2 }, ["rehearsal", "rehearsal"]],
  [
    "a list of different things",
    { type: "array", items: { type: "string" }, minItems: 2, uniqueItems: true },
    ["rehearsal", "rehearsal 2"],
  ],
  [
    "a list of different choices",
    { type: "array", items: { enum: ["a", "b", "c"] }, minItems: 3, uniqueItems: true },
    ["a", "b", "c"],
  ],
  [
    "required properties only",
    { type: "object", properties: { a: { type: "string" }, b: { type: "string" } }, required: ["b"] },
    { b: "rehearsal" },
  ],
  ["a property that is only required", { type: "object", required: ["a"] }, { a: "rehearsal" }],
  ["an object without a type", { properties: { a: { const: 1 } }, required: ["a"] }, { a: 1 }],
  ["the first of any", { anyOf: [{ type: "null" }, { type: "string" }] }, null],
  ["the first that is possible", { anyOf: [false, { type: "integer" }] }, 0],
  [
    "one of, with what is common",
    {
      type: "object",
      properties: { kind: { type: "string" } },
      required: ["kind"],
      oneOf: [{ properties: { kind: { const: "a" } } }, { properties: { kind: { const: "b" } } }],
    },
    { kind: "a" },
  ],
  [
    "all of",
    {
      allOf: [
        { type: "object", properties: { a: { type: "integer" } }, required: ["a"] },
        { properties: { b: { enum: ["x"] } }, required: ["b"] },
      ],
    },
    { a: 0, b: "x" },
  ],
  [
    "a reference",
    { $ref: "#/$defs/task", $defs: { task: { type: "object", properties: { n: { const: 1 } }, required: ["n"] } } },
    { n: 1 },
  ],
  [
    "the same reference twice",
    {
      type: "object",
      properties: { a: { $ref: "#/$defs/id" }, b: { allOf: [{ $ref: "#/$defs/id" }, { $ref: "#/$defs/id" }] } },
      required: ["a", "b"],
      $defs: { id: { type: "integer" } },
    },
    { a: 0, b: 0 },
  ],
  ["a tree", { $ref: "#/$defs/node", $defs: { node: NODE } }, { name: "rehearsal", children: [] }],
  [
    "a list with an end",
    {
      type: "object",
      properties: { next: { anyOf: [{ $ref: "#" }, { type: "null" }] } },
      required: ["next"],
    },
    { next: { next: null } },
  ],
  ["a date", { type: "string", format: "date" }, "2000-01-01"],
];

describe("sampleFromSchema", () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });

  it.each(CASES)("%s", (_name, schema, expected) => {
    const value = sampleFromSchema(schema);
    expect(value).toEqual(expected);
    expect(ajv.validate(schema, value), ajv.errorsText()).toBe(true);
  });

  it.each<[string, object | boolean]>([
    ["nothing", false],
    ["itself without end", { type: "object", properties: { a: { $ref: "#" } }, required: ["a"] }],
    ["itself in a part", { type: "object", properties: { a: { allOf: [{ $ref: "#" }] } }, required: ["a"] }],
    ["a reference to itself", { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } }],
    ["a number between nothing", { type: "integer", minimum: 2, maximum: 1 }],
    ["a choice of none", { enum: [] }],
  ])("gives null when the schema asks for %s", (_name, schema) => {
    expect(sampleFromSchema(schema)).toBeNull();
  });
});
