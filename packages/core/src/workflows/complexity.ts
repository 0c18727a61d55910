import type { Complexity } from "../domain/index.js";

export interface ComplexityEstimate {
  complexity: Complexity;
  /** What was seen in the prompt, in words. */
  reasons: string[];
}

/** Words that speak of much work, with the points they count for. */
const HEAVY: readonly [RegExp, number, string][] = [
  [
    /\b(architect\w*|redesign|re-?write|migrat\w+|distributed|concurren\w+|race condition|deadlock|security|encrypt\w*|authenticat\w+|authoriz\w+)\b/i,
    2,
    "speaks of far-reaching work",
  ],
  [
    /\b(across|throughout|every|all) (the )?(\w+ )?(files?|modules?|packages?|services?|endpoints?|code ?base|project)\b/i,
    2,
    "reaches across many files",
  ],
  [
    /\b(refactor\w*|integrat\w+|optimi[sz]\w+|performance|database|schema|api|backward|compatib\w+|async\w*)\b/i,
    1,
    "touches more than one concern",
  ],
  [
    /\b(investigat\w*|root cause|find out why|sometimes|intermittent\w*|flaky|unclear|analy[sz]e)\b/i,
    1,
    "asks for research",
  ],
];
const LIGHT: readonly [RegExp, number, string][] = [
  [
    /\b(typo|rename|bump|comment|wording|spelling|one[- ]liner?|trivial|simple|small|quick|minor)\b/i,
    2,
    "asks for something small",
  ],
];

const LONG_PROMPT_WORDS = 120;
const MEDIUM_PROMPT_WORDS = 30;
const MANY_ITEMS = 4;

/**
 * Estimates from its words alone how complex a task is. No model is asked, and the same prompt always gives the same.
 *
 * @param prompt - the task
 * @example estimateComplexity("Fix the typo in the README") // { complexity: "simple", reasons: [...] }
 */
export function estimateComplexity(prompt: string): ComplexityEstimate {
  const reasons: string[] = [];
  let points = 0;
  const count = (amount: number, reason: string) => {
    points += amount;
    reasons.push(`${reason} (${amount > 0 ? "+" : ""}${amount})`);
  };
  const words = prompt.split(/\s+/).filter(Boolean).length;
  if (words >= LONG_PROMPT_WORDS) count(2, `${words} words`);
  else if (words >= MEDIUM_PROMPT_WORDS) count(1, `${words} words`);
  const items = prompt.match(/^\s*(?:[-*]|\d+[.)])\s+/gm)?.length ?? 0;
  if (items >= MANY_ITEMS) count(2, `${items} listed items`);
  else if (items >= 2) count(1, `${items} listed items`);
  const files = new Set(
    prompt.match(/[\w./-]+\.(?:[cm]?[jt]sx?|py|go|rs|java|rb|c|h|cpp|cs|php|md|ya?ml|json|sql|css|html)\b/g),
  ).size;
  if (files >= 3) count(1, `${files} files named`);
  for (const [pattern, amount, reason] of HEAVY) {
    const match = pattern.exec(prompt);
    if (match) count(amount, `"${match[0]}" ${reason}`);
  }
  for (const [pattern, amount, reason] of LIGHT) {
    const match = pattern.exec(prompt);
    if (match) count(-amount, `"${match[0]}" ${reason}`);
  }
  const complexity = points >= 4 ? "complex" : points >= 1 ? "medium" : "simple";
  if (reasons.length === 0) reasons.push(`${words} words, nothing that speaks of much work`);
  return { complexity, reasons };
}
