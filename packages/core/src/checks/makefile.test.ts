import { expect, test } from "vitest";
import { findRecipe } from "./makefile.js";

const MAKEFILE = `test := no target
.PHONY: test check
# a comment: test
build check: all
	echo one

	echo two
other:
	echo test: no target
test:: build
	npm test
`;

test("a target's recipe is found by its name", () => {
  expect(findRecipe(MAKEFILE, "test")).toBe("test:: build\n\tnpm test");
  expect(findRecipe(MAKEFILE, "check")).toBe("build check: all\n\techo one\n\techo two");
});

test("what is no target has none", () => {
  expect(findRecipe(MAKEFILE, "tes")).toBeNull();
  expect(findRecipe("test := 1\ntest ::= 2\nX = a:test\n", "test")).toBeNull();
  expect(findRecipe("", "test")).toBeNull();
});
