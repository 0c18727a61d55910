/** An element as it stands in a document. */
export interface Element {
  name: string;
  attributes: Map<string, string>;
  /** Its own text and that of everything in it, with entities resolved. */
  text: string;
  parents: string[];
}

const TAG = /<(?:(\/)([a-z0-9]+)|([a-z0-9]+)((?:\s+[a-zA-Z:-]+="[^"<>]*")*)\s*(\/?))>|</g;
const VOID = new Set(["meta", "br", "hr", "img", "link", "input"]);
const ENTITY = /&(?:amp|lt|gt|quot|#39);|&/g;
const CHARACTERS: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
/** Nothing but tab and line feed may be there that is not seen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u;

/**
 * Reads a document as a strict parser would: every element closed in turn, every attribute in double quotes and once,
 * every entity known, ids unique, and every link within the document leading somewhere.
 *
 * @throws Error that says what is wrong and where
 */
export function readMarkup(document: string): Element[] {
  if (!document.startsWith("<!doctype html>\n")) throw new Error("no doctype");
  const source = document.slice("<!doctype html>\n".length);
  const unseen = UNSEEN.exec(source);
  if (unseen) throw new Error(`unseen character ${unseen[0].codePointAt(0)?.toString(16)} at ${unseen.index}`);
  const elements: Element[] = [];
  const open: Element[] = [];
  let end = 0;
  const take = (text: string) => {
    const resolved = resolve(text);
    for (const element of open) element.text += resolved;
  };
  for (const match of source.matchAll(TAG)) {
    const [whole, closing, closed, name, attributes = "", isVoid] = match;
    take(source.slice(end, match.index));
    end = match.index + whole.length;
    if (closing) {
      const last = open.pop();
      if (last?.name !== closed) throw fault(source, match.index, `</${closed}> closes <${last?.name}>`);
    } else if (name) {
      const element = {
        name,
        attributes: readAttributes(attributes),
        text: "",
        parents: open.map((each) => each.name),
      };
      elements.push(element);
      if ((isVoid === "/") !== VOID.has(name)) throw fault(source, match.index, `<${name}> ends wrongly`);
      if (!isVoid) open.push(element);
    } else throw fault(source, match.index, "a < that begins no tag");
  }
  if (open.length > 0) throw new Error(`left open: ${open.map((each) => each.name).join(", ")}`);
  if (source.slice(end).trim() !== "") throw new Error("text after the end");
  checkIds(elements);
  return elements;
}

function readAttributes(source: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = "", value = ""] of source.matchAll(/\s+([a-zA-Z:-]+)="([^"]*)"/g)) {
    if (attributes.has(name)) throw new Error(`the attribute ${name} comes twice`);
    attributes.set(name, resolve(value));
  }
  return attributes;
}

function resolve(text: string): string {
  return text.replace(ENTITY, (entity) => {
    const character = CHARACTERS[entity.slice(1, -1)];
    if (character === undefined) throw new Error(`an & that begins no entity: ${text.slice(0, 80)}`);
    return character;
  });
}

function checkIds(elements: readonly Element[]): void {
  const ids = elements.flatMap((element) => element.attributes.get("id") ?? []);
  if (new Set(ids).size !== ids.length) throw new Error("an id comes twice");
  for (const { attributes } of elements) {
    const href = attributes.get("href");
    if (href !== undefined && !(href.startsWith("#") && ids.includes(href.slice(1))))
      throw new Error(`${href} leads nowhere in the document`);
  }
}

function fault(source: string, at: number, what: string): Error {
  return new Error(`${what} at ${JSON.stringify(source.slice(Math.max(0, at - 80), at + 80))}`);
}

const LOADING = ["src", "srcset", "href", "xlink:href", "action", "formaction", "data", "poster", "background", "ping"];
const ACTIVE = ["script", "iframe", "object", "embed", "link", "base", "form", "img", "video", "audio", "svg", "a"];

/** Whatever in a document would load or run something, or leads out of it. */
export function findOutside(elements: readonly Element[]): string[] {
  return elements.flatMap(({ name, attributes, text }) => {
    const found = [...attributes].filter(
      ([attribute, value]) =>
        (LOADING.includes(attribute) && !(name === "a" && value.startsWith("#"))) ||
        attribute.startsWith("on") ||
        /url\(|@import|expression\(|:\/\//i.test(value),
    );
    const isActive = ACTIVE.includes(name) && name !== "a";
    const hasStyle = name === "style" && /url\(|@import|:\/\//i.test(text);
    return isActive || hasStyle || found.length > 0 ? [`<${name} ${JSON.stringify(found)}>`] : [];
  });
}
