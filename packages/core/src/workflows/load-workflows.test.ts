import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadRoles } from "../roles/index.js";
import { loadWorkflows, requireWorkflow } from "./load-workflows.js";

const FOLDER = join(".orchestrator", "workflows");
const ONE_STEP = "steps:\n  - role: scout\n";

const { roles } = loadRoles(tmpdir());
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "orchestrator-workflows-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const pathOf = (file: string) => join(directory, FOLDER, file);

function write(file: string, text = ONE_STEP): void {
  mkdirSync(dirname(pathOf(file)), { recursive: true });
  writeFileSync(pathOf(file), text);
}

const load = () => loadWorkflows(directory, roles);
const refusal = (message: string) =>
  expect.objectContaining({ code: "invalid_workflow", message: expect.stringContaining(message) });

describe("the workflows of a repository", () => {
  test("are none where it has no folder for them", () => {
    expect(load().size).toBe(0);
  });

  test("are none where the folder, or the one above it, is a file", () => {
    writeFileSync(join(directory, ".orchestrator"), "");
    expect(load().size).toBe(0);
    rmSync(join(directory, ".orchestrator"));
    mkdirSync(join(directory, ".orchestrator"));
    writeFileSync(join(directory, FOLDER), "");
    expect(load().size).toBe(0);
  });

  test("are named by their files, in order, or as they say themselves", () => {
    write("b.yaml");
    write("a.yml");
    write("c.yaml", `name: nightly\n${ONE_STEP}`);
    const workflows = load();
    expect([...workflows.keys()]).toEqual(["a", "b", "nightly"]);
    expect(workflows.get("nightly")).toMatchObject({ name: "nightly", source: join(FOLDER, "c.yaml") });
  });

  test("are YAML files only", () => {
    write("notes.md", "not a workflow");
    write("release.yaml.bak", "not a workflow");
    write("release.yaml");
    expect([...load().keys()]).toEqual(["release"]);
  });

  test("are read through a link to a file", () => {
    write("shared/real.txt");
    symlinkSync(pathOf("shared/real.txt"), pathOf("linked.yaml"));
    expect([...load().keys()]).toEqual(["linked"]);
  });

  test("name the file and line of a mistake", () => {
    write("good.yaml");
    write("release.yaml", "steps:\n  - role: scout\n  - role: wizard\n");
    expect(load).toThrow(refusal(`${join(FOLDER, "release.yaml")}:3 There is no role "wizard".`));
  });
});

describe("two files with one name are refused with both named", () => {
  test.each([
    ["in the file", "second.yaml", `name: first\n${ONE_STEP}`, "first.yaml"],
    ["by its ending only", "first.yml", ONE_STEP, "first.yaml"],
  ])("%s", (_, file, text, other) => {
    write(other);
    write(file, text);
    expect(load).toThrow(
      refusal(`${join(FOLDER, file)}:1 has the name "first", which ${join(FOLDER, other)} has as well.`),
    );
  });
});

describe("a file that cannot be read is refused by name", () => {
  test("a link to nothing", () => {
    write("good.yaml");
    symlinkSync(pathOf("nowhere"), pathOf("release.yaml"));
    expect(load).toThrow(refusal(`${join(FOLDER, "release.yaml")}:1 is a link to nothing.`));
  });

  test("a link to itself", () => {
    write("good.yaml");
    symlinkSync(pathOf("release.yaml"), pathOf("release.yaml"));
    expect(load).toThrow(refusal(`${join(FOLDER, "release.yaml")}:1 cannot be read (ELOOP).`));
  });

  test("a folder with the name of a file", () => {
    mkdirSync(pathOf("release.yaml"), { recursive: true });
    expect(load).toThrow(refusal(`${join(FOLDER, "release.yaml")}:1 cannot be read (it is not a regular file).`));
  });

  test("a file of more than a mebibyte", () => {
    write("release.yaml", `${ONE_STEP}${"#".repeat(1024 * 1024)}`);
    expect(load).toThrow(refusal(`${join(FOLDER, "release.yaml")}:1 cannot be read (it is larger than 1024 KiB).`));
  });

  test("the folder itself", () => {
    mkdirSync(join(directory, ".orchestrator"));
    symlinkSync(join(directory, FOLDER), join(directory, FOLDER));
    expect(load).toThrow(refusal(`${FOLDER}:1 cannot be read (ELOOP).`));
  });
});

describe("a workflow that is not there", () => {
  test("is refused with those that are", () => {
    write("nightly.yaml");
    write("release.yaml");
    expect(requireWorkflow(load(), "release").name).toBe("release");
    expect(() => requireWorkflow(load(), "weekly")).toThrow(
      expect.objectContaining({
        code: "not_found",
        message: 'There is no workflow "weekly".',
        hint: `The workflows of this repository are: nightly, release. Add one in ${join(FOLDER, "weekly.yaml")}.`,
      }),
    );
  });

  test("is refused with word of it where there is none at all", () => {
    expect(() => requireWorkflow(load(), "weekly")).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("are: none.") }),
    );
  });
});
