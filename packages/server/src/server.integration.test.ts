import { describe } from "vitest";
import { specifyGuard } from "./guard.testsuite.js";
import { specifyStreams } from "./live/streams.testsuite.js";
import { specifyStart } from "./start.testsuite.js";

// In one file, because loading a server takes longer than most of what is asked of it.
describe("who is let in", specifyGuard);
describe("streams", specifyStreams);
describe("start, figures and secrets", specifyStart);
