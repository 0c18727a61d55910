import { describe, expect, test } from "vitest";
import { createRelocation } from "./relocation.js";

const { text, linkTarget } = createRelocation(["/home/me/app", "/link/app"], "/work space/é");

function rewrite(content: string): string {
  return text(Buffer.from(content)).toString();
}

describe("a text", () => {
  test("names the new checkout wherever it named the old one", () => {
    expect(rewrite("VIRTUAL_ENV='/home/me/app/.venv'\n/link/app\n")).toBe(
      "VIRTUAL_ENV='/work space/é/.venv'\n/work space/é\n",
    );
  });

  test("keeps other places whose names only look alike", () => {
    const others = "/home/me/app-two /home/me/app.old /home/me/apple /home/me/appé /mnt/home/me/app";
    expect(rewrite(others)).toBe(others);
  });

  test("has its addresses rewritten as addresses", () => {
    expect(rewrite('{"url": "file:///home/me/app/lib"}')).toBe('{"url": "file:///work%20space/%C3%A9/lib"}');
  });

  test("in another encoding keeps its other bytes", () => {
    const rewritten = text(Buffer.concat([Buffer.from([0xe9, 0x0a]), Buffer.from("/home/me/app")]));
    expect(rewritten).toEqual(Buffer.concat([Buffer.from([0xe9, 0x0a]), Buffer.from("/work space/é")]));
  });

  test("that starts Python is started by a shell where its path has a space", () => {
    expect(rewrite("#!/home/me/app/.venv/bin/python3.11\nimport sys\n")).toBe(
      `#!/bin/sh\n'''exec' "/work space/é/.venv/bin/python3.11" "$0" "$@"\n' '''\nimport sys\n`,
    );
  });

  test("that starts Python keeps its first line where the system can read it", () => {
    const short = createRelocation(["/home/me/app"], "/w").text(Buffer.from("#!/home/me/app/.venv/bin/python\n"));
    expect(short.toString()).toBe("#!/w/.venv/bin/python\n");
  });
});

describe("a symbolic link", () => {
  test.each([
    ["a relative one inside the checkout stays", "../lib", "../lib"],
    ["a relative one that leads out becomes absolute", "../../other", "/home/me/other"],
    [
      "an absolute one into the checkout leads to the same place of the new one",
      "/home/me/app/lib",
      "/work space/é/lib",
    ],
    ["so does one by another spelling of the checkout", "/link/app/lib", "/work space/é/lib"],
    ["any other absolute one stays", "/usr/bin/python3", "/usr/bin/python3"],
  ])("%s", (_, target, expected) => {
    expect(linkTarget(target, "/home/me/app/node_modules/lib")).toBe(expected);
  });
});
