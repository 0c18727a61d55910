import { describe } from "vitest";
import { testControl } from "./control.testsuite.js";
import { testCrashes } from "./crash.testsuite.js";
import { testDatabase } from "./database.testsuite.js";
import { testEvents } from "./events.testsuite.js";
import { testGraphs } from "./graph.testsuite.js";
import { testLimits } from "./limits.testsuite.js";
import type { Subject } from "./subject.testsuite.js";
import { testTakeover } from "./takeover.testsuite.js";

/**
 * Holds an implementation of Engine and Store to what every one of them has to do. Steps are child processes and hosts
 * are processes, so that what is killed here is really killed.
 *
 * @param subject - the implementation
 * @example testEngine({ name: "the local engine", createPlace, openStore, openEngine, hostProgram, lock, restart });
 */
export function testEngine(subject: Subject): void {
  describe(subject.name, () => {
    describe("graphs", () => testGraphs(subject));
    describe("limits and races", () => testLimits(subject));
    describe("control", () => testControl(subject));
    describe("crashes", () => testCrashes(subject));
    describe("takeover", () => testTakeover(subject));
    describe("the database", () => testDatabase(subject));
    describe("events", () => testEvents(subject));
  });
}
