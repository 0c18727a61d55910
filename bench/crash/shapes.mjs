import { reply, sampleFromSchema, script } from "@claude-orchestrator/rehearsal";

/**
 * What the tasks of the campaign are. Each part of a team writes its files in two commands, the second from what the
 * first has left: whatever a kill takes away is missing in the end. `check.sh` is the project's check.
 */
const CHECK = "sleep 0.3\n! grep -q broken *.txt\n";
const REVIEWER = { role: "reviewer", part: "review" };

export const SHAPES = {
  /** Two writers side by side, a merge, a check and a review. */
  lanes: {
    steps: [
      { role: "builder", key: "left", part: "left", dependsOn: [] },
      { role: "builder", key: "right", part: "right", dependsOn: [] },
      { ...REVIEWER, key: "reviewer", dependsOn: ["left", "right"] },
    ],
    parts: { left: writes("left"), right: writes("right"), review: reads("review") },
  },
  /** One after another, with a check that sends the work back to the builder once. */
  chain: {
    steps: [
      { role: "scout", key: "scout", part: "look", dependsOn: [] },
      { role: "builder", key: "builder", part: "build", dependsOn: ["scout"] },
      { role: "tester", key: "tester", part: "test", dependsOn: ["builder"] },
      { ...REVIEWER, key: "reviewer", dependsOn: ["tester"] },
    ],
    parts: {
      look: reads("look"),
      build: writes("build", "broken"),
      again: writes("build", "mended"),
      test: writes("test"),
      review: reads("review"),
    },
  },
  /** Two writers who contradict each other: an agent settles it. */
  conflict: {
    steps: [
      { role: "builder", key: "left", part: "left", dependsOn: [] },
      { role: "builder", key: "right", part: "right", dependsOn: [] },
    ],
    parts: {
      left: writes("left", "done", "echo left > both.txt"),
      right: writes("right", "done", "echo right > both.txt"),
      settle: [
        work("settle-1", "printf 'left\\nright\\n' > both.txt"),
        work("settle-2", "cksum both.txt > settled.txt"),
      ],
    },
  },
};

/** The files of the repository that a task of a shape works in. */
export function projectOf(shape) {
  const lines = SHAPES[shape].steps.map(
    ({ role, key, part, dependsOn }) =>
      `  - { role: ${role}, key: ${key}, dependsOn: [${dependsOn.join(", ")}], instructions: "Do the part ${part}." }`,
  );
  return {
    "README.md": "A small project.\n",
    "check.sh": CHECK,
    ".orchestrator/config.yaml": "checks: [sh check.sh]\n",
    ".orchestrator/workflows/crash.yaml": `steps:\n${lines.join("\n")}\n`,
  };
}

/**
 * The model of a shape's task: it takes the next command that has not come to its end, and then hands over.
 *
 * @param onResult - told the number of each call that is answered with a result
 */
export function scriptOf(shape, onResult) {
  const { parts } = SHAPES[shape];
  return script().otherwise((call) => {
    const known = new Set(resultsOf(call.request).flatMap((text) => text.match(/finished-[\w-]+/g) ?? []));
    const next = parts[partOf(call.request)].find(({ mark }) => !known.has(mark));
    const begun = reply().delay(60).delayBetweenEvents(15);
    if (next) return begun.text("On to the next command.").tool("Bash", { command: next.command, description: "Work" });
    onResult(call.index);
    return begun.text("All of it is done.").handoff(sampleFromSchema(call.handoffSchema));
  });
}

function reads(name) {
  return [work(`${name}-1`, "cat README.md"), work(`${name}-2`, "ls")];
}

function writes(name, word = "done", more = "true") {
  return [
    work(`${name}-${word}-1`, `${more}; echo ${word} > ${name}-1.txt`),
    work(`${name}-${word}-2`, `cksum ${name}-1.txt > ${name}-2.txt`),
  ];
}

/** A command that is begun again as a whole when it was cut off. */
function work(name, command) {
  const mark = `finished-${name}`;
  const isReading = /^(cat|ls)\b/.test(command);
  return {
    mark,
    command: isReading ? `${command} && echo ${mark}` : `sleep 0.2; ${command} && sleep 0.2 && echo ${mark}`,
  };
}

/** Which part of the work a conversation is about, by its first message. */
function partOf({ messages }) {
  const first = JSON.stringify(messages[0]);
  if (first.includes("contradict each other")) return "settle";
  const part = /Do the part (\w+)/.exec(first)?.[1] ?? "";
  // The builder's second round is told what failed.
  return part === "build" && first.includes("sh check.sh") ? "again" : part;
}

/** What the tools of a conversation have said that did not fail. */
function resultsOf({ messages }) {
  return messages
    .flatMap(({ content }) => (Array.isArray(content) ? content : []))
    .filter((block) => block.type === "tool_result" && block.is_error !== true)
    .map((block) => JSON.stringify(block.content));
}
