import { isJsonObject, type JsonObject } from "./messages-request.js";

/** The whole schema and the references that were followed to get to a part of it. */
export interface SchemaPath {
  readonly root: unknown;
  readonly references: readonly string[];
}

/**
 * Writes out `$ref` and `allOf` of a schema, so that all its keywords are in one object.
 *
 * @returns that object and the references followed so far, or null when nothing can meet the schema: it refers to
 *   itself, or one of its parts is `false`
 */
export function flattenSchema(
  schema: JsonObject,
  { root, references }: SchemaPath,
): { readonly schema: JsonObject; readonly references: readonly string[] } | null {
  const { $ref, allOf, ...own } = schema;
  const parts: unknown[] = Array.isArray(allOf) ? [...allOf] : [];
  let path = references;
  if (typeof $ref === "string") {
    // Once round a circle is enough to find out that it has no way out.
    if (references.includes($ref)) return null;
    path = [...references, $ref];
    parts.unshift(resolvePointer(root, $ref));
  }
  let merged: JsonObject = {};
  const followed = new Set(path);
  for (const part of parts) {
    if (part === false) return null;
    if (!isJsonObject(part)) continue;
    const flat = flattenSchema(part, { root, references: path });
    if (flat === null) return null;
    merged = mergeSchemas(merged, flat.schema);
    for (const reference of flat.references) followed.add(reference);
  }
  return { schema: mergeSchemas(merged, own), references: Array.from(followed) };
}

/**
 * Joins two JSON schemas that both must hold. Properties and required names add up; of the other keywords the second
 * schema's hold.
 */
export function mergeSchemas(first: JsonObject, second: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...first, ...second };
  if (isJsonObject(first.properties) && isJsonObject(second.properties)) {
    merged.properties = { ...first.properties, ...second.properties };
  }
  if (Array.isArray(first.required) && Array.isArray(second.required)) {
    merged.required = Array.from(new Set([...first.required, ...second.required]));
  }
  return merged;
}

/**
 * Follows a local reference such as `#/$defs/task`.
 *
 * @param root - the whole schema
 * @param reference - a JSON pointer after `#`
 * @returns what it points to, or undefined when there is nothing or the reference leaves the document
 */
export function resolvePointer(root: unknown, reference: string): unknown {
  if (!reference.startsWith("#")) return undefined;
  let target = root;
  for (const raw of reference.slice(1).split("/").slice(1)) {
    const name = decodeURIComponent(raw).replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(target)) target = target[Number(name)];
    else if (isJsonObject(target)) target = target[name];
    else return undefined;
  }
  return target;
}
