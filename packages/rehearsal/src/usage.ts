/** Tokens of one model call. */
export interface Usage {
  /** Input tokens that were neither read from nor written to the prompt cache. */
  readonly inputTokens: number;
  /** Tokens the model wrote. */
  readonly outputTokens: number;
  /** Input tokens read from the prompt cache. */
  readonly cacheReadTokens: number;
  /** Input tokens written to the prompt cache. */
  readonly cacheWriteTokens: number;
}

/** A sum of {@link Usage} over a number of calls. */
export interface UsageTotals extends Usage {
  /** How many calls are in the sum. */
  readonly calls: number;
}

/** The usage of a call that was answered with no message at all. */
export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** Sums the usage of some calls. */
export function totalUsage(usages: readonly Usage[]): UsageTotals {
  let total: UsageTotals = { calls: 0, ...NO_USAGE };
  for (const usage of usages) {
    total = {
      calls: total.calls + 1,
      inputTokens: total.inputTokens + usage.inputTokens,
      outputTokens: total.outputTokens + usage.outputTokens,
      cacheReadTokens: total.cacheReadTokens + usage.cacheReadTokens,
      cacheWriteTokens: total.cacheWriteTokens + usage.cacheWriteTokens,
    };
  }
  return total;
}

/**
 * A rough count of tokens: one for every four bytes, rounded up.
 *
 * @param bytes - length of the text in bytes
 */
export function tokensOfBytes(bytes: number): number {
  return Math.ceil(bytes / 4);
}
