import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkDefinitions, findChecks } from "./find-checks.js";
import { isOnPath } from "./project-folder.js";

let base: string;
let root: string;
let programs: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "orchestrator-find-checks-"));
  root = join(base, "project");
  programs = join(base, "programs");
  mkdirSync(root);
  mkdirSync(programs);
});
afterEach(() => {
  rmSync(base, { recursive: true });
});

function write(file: string, content: string | object = ""): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), typeof content === "string" ? content : JSON.stringify(content));
}

/** Puts a program on the PATH that ends with the given exit code. */
function install(program: string, exitCode = 0): void {
  writeFileSync(join(programs, program), `#!/bin/sh\nexit ${exitCode}\n`, { mode: 0o755 });
}

function find(directory = "") {
  return findChecks({ root, directory, variables: { PATH: [programs, "relative", ""].join(delimiter) } });
}

const check = (command: string, source: string, name = "test", directory = "") => ({
  name,
  command,
  directory,
  timeoutMinutes: 15,
  source,
});

const PACKAGE = { scripts: { test: "vitest run" } };

/** Per tool: the files that speak for it, its command, the file named as the source. */
const TOOLS: [program: string, files: Record<string, string | object>, command: string, source: string][] = [
  ["npm", { "package.json": PACKAGE }, "npm test", "package.json"],
  ["pnpm", { "package.json": PACKAGE, "pnpm-lock.yaml": "" }, "pnpm test", "package.json"],
  ["pnpm", { "package.json": { ...PACKAGE, packageManager: "pnpm@9.1.0" } }, "pnpm test", "package.json"],
  ["yarn", { "package.json": PACKAGE, "yarn.lock": "" }, "yarn test", "package.json"],
  ["cargo", { "Cargo.toml": "" }, "cargo test", "Cargo.toml"],
  ["go", { "go.mod": "" }, "go test ./...", "go.mod"],
  ["mvn", { "pom.xml": "" }, "mvn test", "pom.xml"],
  ["gradle", { "build.gradle.kts": "" }, "gradle test", "build.gradle.kts"],
  ["make", { Makefile: "all:\n\ncheck: all\n\ttrue\n" }, "make check", "Makefile"],
  ["make", { Makefile: "check:\n\ttrue\ntest:\n\ttrue\n" }, "make test", "Makefile"],
  ["pytest", { "pytest.ini": "" }, "pytest", "pytest.ini"],
  ["pytest", { "conftest.py": "" }, "pytest", "conftest.py"],
  ["pytest", { "pyproject.toml": "[tool.pytest.ini_options]\n" }, "pytest", "pyproject.toml"],
  ["pytest", { "setup.cfg": "[tool:pytest]\n" }, "pytest", "setup.cfg"],
  ["pytest", { "tox.ini": "[pytest]\n" }, "pytest", "tox.ini"],
  ["pytest", { "tests/test_a.py": "" }, "pytest", "tests/test_a.py"],
  ["pytest", { "test_a.py": "" }, "pytest", "test_a.py"],
];

describe.each(TOOLS)("%s", (program, files, command, source) => {
  const isHere = isOnPath(program, process.env.PATH);
  test(`is found by ${Object.keys(files)}${isHere ? "" : " (not installed here: found, never run)"}`, () => {
    for (const [file, content] of Object.entries(files)) write(file, content);
    install(program);
    expect(find()).toEqual({ checks: [check(command, source)], warnings: [] });
  });

  test("is a warning where it is not installed", () => {
    for (const [file, content] of Object.entries(files)) write(file, content);
    const warnings = [`${source} was found, but ${program} is not installed: nothing checks it.`];
    expect(find()).toEqual({ checks: [], warnings });
  });
});

describe("pytest", () => {
  test("is run by the project's own python, or by one that has it", () => {
    write("pytest.ini");
    install("pytest");
    install("python3", 1);
    expect(find().checks).toEqual([check("pytest", "pytest.ini")]);
    install("python3", 0);
    expect(find().checks).toEqual([check("python3 -m pytest", "pytest.ini")]);
    mkdirSync(join(root, ".venv/bin"), { recursive: true });
    symlinkSync(join(programs, "python3"), join(root, ".venv/bin/python"));
    expect(find().checks).toEqual([check(".venv/bin/python -m pytest", "pytest.ini")]);
  });

  test.skipIf(!isOnPath("python3", process.env.PATH))("is looked for without running a file of the project's", () => {
    write("conftest.py");
    for (const file of ["pytest.py", "importlib.py"]) write(file, "open('ran', 'w')");
    write("importlib/util.py", "open('ran', 'w')");
    findChecks({ root, directory: "", variables: { PATH: process.env.PATH, HOME: process.env.HOME } });
    expect(execFileSync("ls", { cwd: root, encoding: "utf8" })).not.toContain("ran");
  });
});

test("maven and gradle are run by the project's own script where it has one", () => {
  write("pom.xml");
  write("build.gradle");
  for (const wrapper of ["mvnw", "gradlew"]) writeFileSync(join(root, wrapper), "", { mode: 0o755 });
  expect(find().checks).toEqual([
    check("./mvnw test", "pom.xml", "mvn"),
    check("./gradlew test", "build.gradle", "gradle"),
  ]);
});

test("several tools give their names to the checks, and a makefile is not asked besides", () => {
  write("package.json", PACKAGE);
  write("Cargo.toml");
  write("Makefile", "test:\n\ttrue\n");
  for (const program of ["npm", "cargo", "make"]) install(program);
  expect(find().checks).toEqual([check("npm test", "package.json", "npm"), check("cargo test", "Cargo.toml", "cargo")]);
});

test("the folder where agents work goes first, the top helps where it tells nothing", () => {
  install("npm");
  install("pnpm");
  install("cargo");
  write("Cargo.toml");
  mkdirSync(join(root, "packages/a"), { recursive: true });
  expect(find("packages/a").checks).toEqual([check("cargo test", "Cargo.toml")]);
  write("pnpm-lock.yaml");
  write("packages/a/package.json", PACKAGE);
  expect(find("packages/a").checks).toEqual([check("pnpm test", "package.json", "test", "packages/a")]);
  expect(find("packages/gone").checks).toEqual([check("cargo test", "Cargo.toml")]);
});

test.each([
  ["no script", {}],
  ["the script of npm init", { scripts: { test: 'echo "Error: no test specified" && exit 1' } }],
  ["an empty script", { scripts: { test: " " } }],
  ["something that is no script", { scripts: { test: 1 } }],
  ["no scripts but a list", { scripts: ["test"] }],
  ["a list", []],
])("a package.json with %s is no check", (_case, content) => {
  install("npm");
  write("package.json", content);
  expect(find()).toEqual({ checks: [], warnings: [] });
});

describe("a file that is not what its name says", () => {
  test.each([
    ["package.json", "{ nonsense", "package.json is not valid JSON: it is left out of account."],
    [
      "Makefile",
      "x".repeat(2 * 1024 * 1024),
      "Makefile cannot be read (it is larger than 1024 KiB): it is left out of account.",
    ],
  ])("%s is a warning", (file, content, warning) => {
    write(file, content);
    expect(find()).toEqual({ checks: [], warnings: [warning] });
  });

  test.each(["package.json", "Cargo.toml", "setup.cfg", "Makefile"])(
    "%s as a pipe is one, and not waited for",
    (file) => {
      execFileSync("mkfifo", [join(root, file)]);
      expect(find().warnings).toEqual([
        `${file} cannot be read (it is not a regular file): it is left out of account.`,
      ]);
    },
  );
});

describe("what stands behind a check", () => {
  const define = (command: string) =>
    checkDefinitions({ root, checks: [{ name: "test", command, directory: "" }] }).test;

  test("is its script, with those before and after", () => {
    const scripts = { test: "vitest run", pretest: "tsc", posttest: "true", lint: "biome", build: "x" };
    write("package.json", { scripts });
    expect(define("npm test")).toBe("pretest: tsc\ntest: vitest run\nposttest: true");
    expect(define("yarn run lint")).toBe("lint: biome");
  });

  test("is the recipe of its target", () => {
    write("Makefile", "all:\n\ttrue\ntest: all\n\tnpm test\n");
    expect(define("make test")).toBe("test: all\n\tnpm test");
  });

  test("is nothing where the command says it all, or the file is gone or broken", () => {
    expect(define("cargo test")).toBe("");
    expect(define("npm test")).toBe("");
    expect(define("make test")).toBe("");
    write("package.json", "{");
    expect(define("npm test")).toBe("");
  });
});
