import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isInside } from "./relative-path.js";

/** Rewrites what names places of one checkout so that it names the same places of another. */
export interface Relocation {
  /** The same bytes with every mention of the old checkout replaced by the new one. */
  text(bytes: Buffer): Buffer;
  /**
   * What a symbolic link must say at its new place.
   *
   * @param target - what it says now
   * @param link - where it lies now, absolute
   */
  linkTarget(target: string, link: string): string;
}

/** A name goes on with these, so `/home/me/app` is not mentioned by `/home/me/app-two` or `/mnt/home/me/app`. */
const NAME_CHARACTER = "[\\w.\\-\\x80-\\xff]";

/** Linux cuts a longer first line off, or did so for long, and splits it at a space. */
const MAX_SHEBANG_LENGTH = 127;

/**
 * @param spellings - the absolute paths by which the old checkout is known: as the user writes it, and its real path
 * @param to - the new checkout, absolute
 */
export function createRelocation(spellings: readonly string[], to: string): Relocation {
  const replacements = new Map<string, string>();
  for (const spelling of spellings) {
    replacements.set(asBytes(spelling), asBytes(to));
    // direct_url.json, for one, holds addresses: a space is %20 in them.
    replacements.set(pathToFileURL(spelling).href, pathToFileURL(to).href);
  }
  const longestFirst = [...replacements.keys()].sort((one, other) => other.length - one.length);
  const mention = new RegExp(
    `(?<!${NAME_CHARACTER})(?:${longestFirst.map(escapeForPattern).join("|")})(?!${NAME_CHARACTER})`,
    "g",
  );
  return {
    text(bytes) {
      const before = bytes.toString("latin1");
      const after = before.replace(mention, (found) => replacements.get(found) ?? found);
      return after === before ? bytes : Buffer.from(mendShebang(after), "latin1");
    },
    linkTarget(target, link) {
      const absolute = resolve(dirname(link), target);
      const root = spellings.find((spelling) => isInside(absolute, spelling));
      if (root === undefined) return absolute;
      // A relative link inside the checkout leads to the same place of the other checkout as it is.
      return isAbsolute(target) ? join(to, relative(root, absolute)) : target;
    },
  };
}

/** One character for each byte: a file in any encoding comes out as it went in. */
function asBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** Lets a shell start Python where the system could not find it by the first line; pip writes the same. */
function mendShebang(script: string): string {
  const [line = "", interpreter = ""] = /^#!(\/.*\/python[\w.]*)\n/.exec(script) ?? [];
  if (line === "" || (!interpreter.includes(" ") && line.length <= MAX_SHEBANG_LENGTH)) return script;
  return `#!/bin/sh\n'''exec' "${interpreter}" "$0" "$@"\n' '''\n${script.slice(line.length)}`;
}
