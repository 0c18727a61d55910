import { isJsonObject, type JsonObject } from "./messages-request.js";
import { flattenSchema, mergeSchemas } from "./schema-merge.js";

/** Where the sampler is: the whole schema, the references being followed, and which of several items is made. */
interface Position {
  readonly root: unknown;
  readonly references: readonly string[];
  readonly variant: number;
}

const TEXT = "rehearsal";

const FORMATS: ReadonlyMap<string, string> = new Map([
  ["date", "2000-01-01"],
  ["date-time", "2000-01-01T00:00:00Z"],
  ["email", "rehearsal@example.com"],
  ["time", "00:00:00Z"],
  ["uri", "https://example.com/rehearsal"],
  ["url", "https://example.com/rehearsal"],
  ["uuid", "00000000-0000-4000-8000-000000000000"],
]);

/**
 * Makes a small value that a JSON schema accepts: required properties only, as few items as allowed, the first of
 * several choices, and strings that say "rehearsal". Understands `type`, `enum`, `const`, `anyOf`, `oneOf`, `allOf`,
 * local `$ref`, the bounds of strings, numbers and arrays, and common formats; not `pattern`, `not` or `if`.
 *
 * @param schema - a JSON schema; `true`, `{}` and unknown things accept anything
 * @returns the value; null when the schema cannot be met, e.g. because it requires itself without end
 * @example
 * sampleFromSchema({ type: "object", properties: { verdict: { enum: ["pass", "fail"] } }, required: ["verdict"] });
 * // { verdict: "pass" }
 */
export function sampleFromSchema(schema: unknown): unknown {
  return sample(schema, { root: schema, references: [], variant: 0 }) ?? null;
}

// undefined means that no value is possible, so that a caller with a choice can take another one.
function sample(schema: unknown, at: Position): unknown {
  if (!isJsonObject(schema)) return schema === false ? undefined : TEXT;
  const flat = flattenSchema(schema, at);
  if (flat === null) return undefined;
  return sampleFlat(flat.schema, { ...at, references: flat.references });
}

function sampleFlat(schema: JsonObject, at: Position): unknown {
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[at.variant % schema.enum.length];
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return sampleChoice(schema, choices, at);
  return sampleType(schema, at);
}

function sampleChoice(schema: JsonObject, choices: readonly unknown[], at: Position): unknown {
  const { anyOf: _any, oneOf: _one, ...own } = schema;
  for (const choice of choices) {
    const value = sample(isJsonObject(choice) ? mergeSchemas(own, choice) : choice, at);
    if (value !== undefined) return value;
  }
  return undefined;
}

function sampleType(schema: JsonObject, at: Position): unknown {
  switch (typeOf(schema)) {
    case "object":
      return sampleObject(schema, at);
    case "array":
      return sampleArray(schema, at);
    case "number":
      return sampleNumber(schema, at, false);
    case "integer":
      return sampleNumber(schema, at, true);
    case "boolean":
      return at.variant % 2 === 1;
    case "null":
      return null;
    default:
      return sampleString(schema, at);
  }
}

function typeOf(schema: JsonObject): unknown {
  const { type } = schema;
  if (Array.isArray(type)) return type[0];
  if (type !== undefined) return type;
  if ("properties" in schema || "required" in schema) return "object";
  if ("items" in schema || "prefixItems" in schema || "minItems" in schema) return "array";
  return "minimum" in schema || "exclusiveMinimum" in schema || "maximum" in schema ? "number" : "string";
}

function sampleObject(schema: JsonObject, at: Position): unknown {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const entries = required.map((name): [string, unknown] => [name, sample(properties[name] ?? {}, at)]);
  if (entries.some(([, value]) => value === undefined)) return undefined;
  return Object.fromEntries(entries);
}

function sampleArray(schema: JsonObject, at: Position): unknown {
  const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
  const length = numberOr(schema.minItems, 0);
  const items: unknown[] = [];
  for (let position = 0; position < length; position += 1) {
    // Items differ only where they must, so that a plain list stays plain.
    const variant = schema.uniqueItems === true ? position : at.variant;
    const item = sample(prefix[position] ?? schema.items ?? {}, { ...at, variant });
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function sampleString(schema: JsonObject, at: Position): string {
  const format = FORMATS.get(String(schema.format));
  if (format !== undefined) return format;
  const text = at.variant === 0 ? TEXT : `${TEXT} ${at.variant + 1}`;
  const padded = text.padEnd(numberOr(schema.minLength, 0), ` ${TEXT}`);
  return padded.slice(0, numberOr(schema.maxLength, padded.length));
}

function sampleNumber(schema: JsonObject, at: Position, whole: boolean): number | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const least = Math.max(numberOr(minimum, -Infinity), numberOr(exclusiveMinimum, -Infinity));
  const most = Math.min(numberOr(maximum, Infinity), numberOr(exclusiveMaximum, Infinity));
  const step = numberOr(schema.multipleOf, whole ? 1 : 0);
  const fits = (value: number): boolean =>
    value >= least && value <= most && value !== exclusiveMinimum && value !== exclusiveMaximum;
  const onStep = (value: number): readonly number[] =>
    step > 0 ? [Math.ceil(value / step) * step, Math.floor(value / step) * step] : [value];
  const between = (least + most) / 2;
  const candidates = [0, least, most, least + (step || 1), most - (step || 1), between];
  const found = candidates.filter(Number.isFinite).flatMap(onStep).find(fits);
  if (found === undefined) return undefined;
  const varied = found + at.variant * (step || 1);
  return fits(varied) ? varied : found;
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
