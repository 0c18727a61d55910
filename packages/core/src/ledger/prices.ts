import type { ModelPrice } from "../config/index.js";
import type { Usage } from "../domain/index.js";

/** When the prices below were read from the list that the Claude CLI 2.1.330 computes its own figures with. */
export const PRICES_DATE = "2026-11-22";

function price(
  input: number,
  output: number,
  cacheRead: number,
  cacheWrite: number,
  cacheWriteOneHour: number,
): ModelPrice {
  return { input, output, cacheRead, cacheWrite, cacheWriteOneHour };
}

/** USD per million tokens. A model's dated id (`claude-sonnet-4-5-20250929`) has the price of its family. */
const PRICES = new Map<string, ModelPrice>(
  Object.entries({
    "claude-haiku-4-5": price(1, 5, 0.1, 1.25, 2),
    "claude-haiku-5-5": price(0.1, 0.5, 0.01, 0.125, 0.2),
    "claude-sonnet-4-5": price(3, 15, 0.3, 3.75, 6),
    "claude-sonnet-4-6": price(3, 15, 0.3, 3.75, 6),
    "claude-sonnet-5": price(2, 10, 0.2, 2.5, 4),
    "claude-sonnet-5-5": price(2, 10, 0.1, 2.5, 4),
    "claude-opus-4-5": price(5, 25, 0.5, 6.25, 10),
    "claude-opus-4-6": price(5, 25, 0.5, 6.25, 10),
    "claude-opus-4-8": price(5, 25, 0.5, 6.25, 10),
    "claude-opus-5-5": price(4, 20, 0.2, 5, 8),
    "claude-fable-5": price(10, 50, 1, 12.5, 20),
    "claude-fable-5-2": price(8, 40, 0.2, 10, 16),
  }),
);

/** What the CLI makes of a model's short name. */
const ALIASES = new Map<string, string>(
  Object.entries({
    opus: "claude-opus-5-5",
    sonnet: "claude-sonnet-5-5",
    haiku: "claude-haiku-5-5",
    fable: "claude-fable-5-2",
  }),
);

const WEB_SEARCH_USD = 0.01;
const PER_TOKEN = 1e-6;

/** From so many prompt tokens on, haiku 5.5 costs five times as much on the input side. */
const HAIKU_LONG_PROMPT_TOKENS = 190_000;
const HAIKU_LONG_PROMPT_FACTOR = 5;

/**
 * Finds the price of a model.
 *
 * @param model - an alias, an id, or an id with a date or a `[1m]` behind it
 * @param own - prices from the repository's configuration, for models that the list above does not know: it may not
 *   make a known model cheaper and so a budget void
 * @returns USD per million tokens, or `null` where we know none
 */
export function findPrice(model: string, own: Readonly<Record<string, ModelPrice>> = {}): ModelPrice | null {
  const bare = model.replace(/\[.*\]$/, "");
  const id = ALIASES.get(bare) ?? bare;
  const family = id.replace(/-\d{8}$/, "");
  const known = PRICES.get(id) ?? PRICES.get(family);
  if (known) return known;
  const owned = [model, bare, id, family].find((name) => Object.hasOwn(own, name));
  return (owned === undefined ? undefined : own[owned]) ?? null;
}

/**
 * What a usage costs.
 *
 * @param model - the model that was used
 * @param usage - its tokens
 * @param own - prices from the user's configuration
 * @returns USD, or `null` for a model without a known price: a guess would be worse than nothing
 * @example costOf("claude-sonnet-5-5", usage) // 0.0007
 */
export function costOf(model: string, usage: Usage, own: Readonly<Record<string, ModelPrice>> = {}): number | null {
  const rate = findPrice(model, own);
  if (!rate) return null;
  const promptTokens = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  const isLongHaiku = promptTokens >= HAIKU_LONG_PROMPT_TOKENS && rate === PRICES.get("claude-haiku-5-5");
  const inputFactor = isLongHaiku ? HAIKU_LONG_PROMPT_FACTOR : 1;
  const shortCacheWrites = usage.cacheWriteTokens - usage.cacheWriteOneHourTokens;
  const inputSide =
    usage.inputTokens * rate.input +
    usage.cacheReadTokens * rate.cacheRead +
    shortCacheWrites * rate.cacheWrite +
    usage.cacheWriteOneHourTokens * rate.cacheWriteOneHour;
  return (inputSide * inputFactor + usage.outputTokens * rate.output) * PER_TOKEN + usage.webSearches * WEB_SEARCH_USD;
}
