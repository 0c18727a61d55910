import { describe, expect, test } from "vitest";
import { readPatch, toStretches } from "./patch.js";
import { samplePatch } from "./sample.testsuite.js";

const ROOM = 1_000_000;

describe("a patch", () => {
  test.each([
    ["a change", samplePatch("src/a b.js", ["x"]).replace("+++ b/src/a b.js", "+++ b/src/a b.js\t"), "src/a b.js"],
    ["a new file", "diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n", "n"],
    [
      "a deleted file",
      "diff --git a/n b/n\ndeleted file mode 100644\n--- a/n\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
      "n",
    ],
    ["a rename", "diff --git a/old b/new\nsimilarity index 100%\nrename from old\nrename to new\n", "new"],
    ["a mode", "diff --git a/run me b/run me\nold mode 100644\nnew mode 100755\n", "run me"],
    ["a binary file", "diff --git a/x.png b/x.png\nindex 1..2\nBinary files a/x.png and b/x.png differ\n", "x.png"],
  ])("names the file of %s", (_, patch, path) => {
    expect(readPatch(patch, ROOM).files.map((file) => file.path)).toEqual([path]);
  });

  test("is taken apart at its files, not at lines that only look like a beginning", () => {
    const hostile = samplePatch("a", ["diff --git a/evil b/evil", "++ b/evil"]);
    const { files } = readPatch(hostile + samplePatch("b", ["y"]), ROOM);
    expect(files.map(({ path, linesAdded, linesRemoved }) => [path, linesAdded, linesRemoved])).toEqual([
      ["a", 2, 1],
      ["b", 1, 1],
    ]);
  });

  test("is cut at a line, and says how much is missing", () => {
    const patch = samplePatch("big", Array<string>(20_000).fill("0123456789"));
    const { files, filesLeftOut } = readPatch(patch + samplePatch("next", ["y"]), 5_000);
    expect(filesLeftOut).toBe(0);
    expect(files[0]?.text.endsWith("0123456789\n")).toBe(true);
    expect((files[0]?.text.length ?? 0) + (files[0]?.leftOut ?? 0)).toBe(patch.length);
    expect(readPatch(patch + samplePatch("next", ["y"]), 1)).toMatchObject({ filesLeftOut: 1 });
  });

  test.each(["", "no patch at all", "\n\n"])("that is none has no files: %j", (patch) => {
    expect(readPatch(patch, ROOM).files).toEqual([]);
  });

  test("is shown in stretches that together are the whole of it", () => {
    const text = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n same\n-one\n-two\n+three\n--- no head\n";
    const stretches = toStretches(text);
    expect(stretches.map((each) => each.kind)).toEqual(["head", "hunk", "same", "removed", "added", "removed"]);
    expect(`${stretches.map((each) => each.text).join("\n")}\n`).toBe(text);
  });
});
