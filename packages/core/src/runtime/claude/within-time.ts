/**
 * Waits for work, but not for ever.
 *
 * @param work - what is waited for; it goes on, unheard, when it is late
 * @param limitMs - how long, in milliseconds
 * @param failure - what to say of late work
 * @throws Error `<failure> within … s`
 */
export async function withinTime<T>(work: Promise<T>, limitMs: number, failure: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${failure} within ${limitMs / 1_000} s`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
