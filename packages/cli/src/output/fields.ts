import { paint, plain } from "./format.js";

const NAME_WIDTH = 10;

/** One `name value` line: the one look of everything that is described field by field. */
export function renderField(name: string, value: string): string {
  return `${paint("gray", name.padEnd(NAME_WIDTH))} ${plain(value)}`;
}
