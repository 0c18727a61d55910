/** So many file operations wait at once: enough to keep a disk busy, few enough for every limit on open files. */
const CONCURRENCY = 64;

/**
 * Works through a list that may grow meanwhile, several items at once. The newest items come first, so that a tree is
 * walked downwards and the list of what waits stays short.
 *
 * @param first - what to begin with
 * @param work - does one item; `add` puts another on the list
 * @throws the first error of `work`, after the items under way have ended; those that wait are not begun
 */
export function workThrough<Item>(
  first: readonly Item[],
  work: (item: Item, add: (item: Item) => void) => Promise<void>,
): Promise<void> {
  const waiting = [...first];
  const errors: unknown[] = [];
  const add = (item: Item) => {
    waiting.push(item);
  };
  return new Promise((resolve, reject) => {
    let running = 0;
    const goOn = () => {
      while (running < CONCURRENCY && waiting.length > 0 && errors.length === 0) {
        running += 1;
        work(waiting.pop() as Item, add)
          .catch((error) => errors.push(error))
          .finally(() => {
            running -= 1;
            goOn();
          });
      }
      if (running > 0) return;
      if (errors.length > 0) reject(errors[0]);
      else resolve();
    };
    goOn();
  });
}
