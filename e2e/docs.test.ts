import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { AGENT_STATUSES, ERROR_CODES, TASK_STATUSES, TASK_TYPES } from "@claude-orchestrator/core";
import { describe, expect, test } from "vitest";
import { runCommand } from "./command-line.js";

function page(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
}

test("docs/errors.md lists every code with its exit code and meaning, and no other", () => {
  const rows = page("docs/errors.md").match(/^\| `\w+` \| \d+ \| .+ \|$/gm);
  const wanted = Object.entries(ERROR_CODES).map(
    ([code, { exitCode, meaning }]) => `| \`${code}\` | ${exitCode} | ${meaning} |`,
  );
  expect(rows).toEqual(wanted);
});

test("docs/statuses.md explains every status of tasks and agents", () => {
  const text = page("docs/statuses.md");
  for (const status of [...TASK_STATUSES, ...AGENT_STATUSES]) expect(text).toContain(`\`${status}\``);
});

test("the README names every task type that has a template", () => {
  const text = page("README.md");
  for (const taskType of TASK_TYPES.filter((each) => each !== "auto" && each !== "custom"))
    expect(text).toContain(`\`${taskType}\``);
});

const GUIDES = [
  "README.md",
  "examples/README.md",
  ...readdirSync(new URL("../docs", import.meta.url))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(text: string): string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, "");
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test.each(GUIDES)("every relative link of %s leads somewhere, to a heading too", (path) => {
  const own = page(path).replaceAll(/^```.*?^```$/gms, "");
  const broken = [...own.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
    if (/^https?:/.test(link)) return [];
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? path : posix.join(posix.dirname(path), file);
    if (!existsSync(new URL(`../${target}`, import.meta.url))) return [link];
    return anchor === undefined || anchorsOf(page(target)).includes(anchor) ? [] : [link];
  });
  expect(broken).toEqual([]);
});

test("docs/troubleshooting.md says of every error code what to do", () => {
  const rows = page("docs/troubleshooting.md").match(/^\| `\w+` \|/gm);
  expect(rows).toEqual(Object.keys(ERROR_CODES).map((code) => `| \`${code}\` |`));
});

test("docs/library.md names every type of event, and no other", () => {
  const named = page("docs/library.md").match(
    /`(?:task|workflow|step|agent|tool|permission|model_call|check|workspace|files|fleet)\.\w+`/g,
  );
  const source = readFileSync(new URL("../packages/core/src/domain/events.ts", import.meta.url), "utf8");
  const types = [...source.matchAll(/^ {2}"([a-z_]+\.[a-z_]+)": \w+\.(?:object|extend)\(/gm)].map(
    ([, type]) => `\`${type}\``,
  );
  expect([...new Set(named)].sort()).toEqual(types.sort());
});

describe("the command line", () => {
  const environment = { PATH: process.env.PATH ?? "", HOME: "/nonexistent", NO_COLOR: "1" };
  const help = async (...args: string[]) =>
    (await runCommand([...args, "--help"], { environment, cwd: fileURLToPath(new URL("..", import.meta.url)) })).stdout;
  const namesIn = (text: string) =>
    [...text.matchAll(/^ {2}([a-z][\w-]+)(?: |$)/gm)].map(([, name = ""]) => name).filter((name) => name !== "help");

  test("has no command that README and docs do not name", async () => {
    const commands = namesIn((await help()).split("Commands:")[1] ?? "");
    expect(commands).toContain("execute");
    const text = GUIDES.map(page).join("\n");
    expect(commands.filter((name) => !new RegExp(`[\`| ]${name}[\` ]`).test(text))).toEqual([]);
  });

  test("has every command and option that the guides use", async () => {
    const lines = GUIDES.flatMap((path) => page(path).match(/(?:npx )orchestrator [^\n`]+/g) ?? []);
    expect(lines.length).toBeGreaterThan(20);
    const known = new Map<string, string>();
    for (const line of lines) {
      const words = line
        .replaceAll(/"[^"]*"|'[^']*'/g, "")
        .replace(/\s#.*$/, "")
        .split(/\s+/);
      // A command may have commands of its own.
      const name = words[2] === "token" ? words.slice(2, 4).join(" ") : (words[2] ?? "");
      if (!known.has(name)) known.set(name, await help(...name.split(" ")));
      expect(known.get(name), line).toContain(`Usage: orchestrator ${name} `);
      for (const option of words.filter((word) => /^--?[a-z]/.test(word)))
        expect(known.get(name), line).toMatch(new RegExp(`(?:^|[ ,])${option}\\b`, "m"));
    }
  });
});
