import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mergeCommits } from "./merge.js";
import { Project } from "./project.testsuite.js";

let project: Project;
let start: string;

beforeEach(() => {
  project = Project.withCommit();
  start = project.head();
});
afterEach(() => {
  project.remove();
});

/** A commit on top of the start, made of what `change` does to the files. */
function side(change: () => void): string {
  project.git("checkout", "--quiet", "--detach", start);
  change();
  return project.commit("side");
}

const write = (path: string, content: string | Buffer) => () => project.write(path, content);
const merge = (ours: string, theirs: string) => mergeCommits(project.root, ours, theirs);

async function conflictsOf(ours: () => void, theirs: () => void) {
  const { tree, conflicts } = await merge(side(ours), side(theirs));
  expect(project.git("cat-file", "-t", tree)).toBe("tree");
  return { tree, conflicts };
}

describe("two sides that do not contradict each other", () => {
  test("become one tree, which holds what both have done", async () => {
    const { tree, conflicts } = await merge(side(write("left.txt", "l\n")), side(write("right.txt", "r\n")));
    expect(conflicts).toEqual([]);
    expect(project.list(tree).sort()).toEqual(["kept.txt", "left.txt", "notes.txt", "right.txt"]);
  });

  test("may have changed different parts of one file", async () => {
    const { tree } = await merge(
      side(write("notes.txt", "ONE\ntwo\nthree\nfour\nfive\n")),
      side(write("notes.txt", "one\ntwo\nthree\nfour\nFIVE\n")),
    );
    expect(project.show(tree, "notes.txt")).toBe("ONE\ntwo\nthree\nfour\nFIVE\n");
  });

  test("may have done the same", async () => {
    const { tree, conflicts } = await merge(side(write("new.txt", "x\n")), side(write("new.txt", "x\n")));
    expect(conflicts).toEqual([]);
    expect(project.show(tree, "new.txt")).toBe("x\n");
  });

  test("may have moved a file on one side and changed it on the other", async () => {
    const { tree, conflicts } = await merge(
      side(() => project.git("mv", "notes.txt", "moved.txt")),
      side(write("notes.txt", "one\ntwo\nthree\nfour\nfive\nsix\n")),
    );
    expect(conflicts).toEqual([]);
    expect(project.show(tree, "moved.txt")).toContain("six");
  });

  test("may have nothing in common", async () => {
    const ours = side(write("left.txt", "l\n"));
    project.git("checkout", "--quiet", "--orphan", "unrelated");
    project.git("rm", "--quiet", "-r", "--force", ".");
    project.write("alone.txt", "x\n");
    const { tree, conflicts } = await merge(ours, project.commit("unrelated"));
    expect(conflicts).toEqual([]);
    expect(project.list(tree)).toEqual(expect.arrayContaining(["left.txt", "alone.txt"]));
  });

  test("touch no checkout, no index and no ref", async () => {
    const [ours, theirs] = [side(write("left.txt", "l\n")), side(write("right.txt", "r\n"))];
    const before = project.state();
    await merge(ours, theirs);
    expect(project.state()).toEqual(before);
  });
});

describe("two sides that contradict each other", () => {
  test("in the content are both in the file, between marks", async () => {
    const { tree, conflicts } = await conflictsOf(write("kept.txt", "ours\n"), write("kept.txt", "theirs\n"));
    expect(conflicts).toEqual([{ path: "kept.txt", message: expect.stringMatching(/^CONFLICT \(content\)/) }]);
    expect(project.show(tree, "kept.txt")).toMatch(/^<{7} .*\nours\n={7}\ntheirs\n>{7} /);
  });

  test("in the content of a new file", async () => {
    const { tree, conflicts } = await conflictsOf(write("new.txt", "ours\n"), write("new.txt", "theirs\n"));
    expect(conflicts).toEqual([{ path: "new.txt", message: expect.stringMatching(/^CONFLICT \(add\/add\)/) }]);
    expect(project.show(tree, "new.txt")).toContain("<<<<<<<");
  });

  test("where one has changed what the other has deleted", async () => {
    const { tree, conflicts } = await conflictsOf(write("kept.txt", "ours\n"), () => project.delete("kept.txt"));
    expect(conflicts).toEqual([{ path: "kept.txt", message: expect.stringMatching(/^CONFLICT \(modify\/delete\)/) }]);
    expect(project.show(tree, "kept.txt")).toBe("ours\n");
  });

  test("in a binary file, of which ours is kept", async () => {
    const ours = Buffer.from([0, 1, 2, 0, 255]);
    const { tree, conflicts } = await conflictsOf(
      write("logo.png", ours),
      write("logo.png", Buffer.from([0, 9, 9, 0, 254])),
    );
    expect(conflicts.map((each) => each.path)).toEqual(["logo.png"]);
    expect(project.git("rev-parse", `${tree}:logo.png`)).toBe(
      project.git("hash-object", "-t", "blob", "--no-filters", writeAside(ours)),
    );
  });

  test("where both have renamed a file, each to another name", async () => {
    const { conflicts } = await conflictsOf(
      () => project.git("mv", "notes.txt", "left.txt"),
      () => project.git("mv", "notes.txt", "right.txt"),
    );
    expect(conflicts.map((each) => each.path).sort()).toEqual(["left.txt", "notes.txt", "right.txt"]);
    expect(conflicts[0]?.message).toMatch(/^CONFLICT \(rename\/rename\)/);
  });

  test("where one has a file and the other a folder of that name", async () => {
    const { conflicts } = await conflictsOf(write("thing", "a file\n"), write("thing/inside.txt", "a folder\n"));
    expect(conflicts).toHaveLength(1);
    expect(conflicts[0]?.path).toMatch(/^thing/);
  });

  test("in several files are all told, and what did not conflict is merged", async () => {
    const { tree, conflicts } = await conflictsOf(
      () => {
        project.write("kept.txt", "ours\n");
        project.write("notes.txt", "ours\n");
        project.write("left.txt", "l\n");
      },
      () => {
        project.write("kept.txt", "theirs\n");
        project.write("notes.txt", "theirs\n");
        project.write("right.txt", "r\n");
      },
    );
    expect(conflicts.map((each) => each.path)).toEqual(["kept.txt", "notes.txt"]);
    expect(project.list(tree)).toEqual(expect.arrayContaining(["left.txt", "right.txt"]));
  });

  test.each(["with space.txt", "ünï/日本.txt", 'say "hi".txt', "tab\there.txt", "1"])(
    "in a file named %j are told by its own name",
    async (path) => {
      const { conflicts } = await conflictsOf(write(path, "ours\n"), write(path, "theirs\n"));
      expect(conflicts).toEqual([{ path, message: expect.stringMatching(/^CONFLICT \(add\/add\)/) }]);
    },
  );

  test("in the mode of a file alone", async () => {
    const executable = () => chmodSync(join(project.root, "kept.txt"), 0o755);
    const { conflicts } = await conflictsOf(
      () => {
        executable();
        project.write("kept.txt", "ours\n");
      },
      write("kept.txt", "theirs\n"),
    );
    expect(conflicts.map((each) => each.path)).toEqual(["kept.txt"]);
  });
});

test("a commit that is not there is an error, not a conflict", async () => {
  await expect(merge(start, "0".repeat(40))).rejects.toThrow(/git merge-tree/);
});

function writeAside(content: Buffer): string {
  project.write("../aside.bin", content);
  return join(project.base, "aside.bin");
}
