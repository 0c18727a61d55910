/** Tells many who wait that something has come. */
export interface Bell {
  /** Rings once for all that comes in the same turn of the event loop: then it is one message. */
  ring(): void;
  /** So often it has rung: whoever has looked before it rang again need not wait. */
  readonly rung: number;
  /** Resolves when it has rung more often than that, or when the signal is aborted. */
  wait(rung: number, signal: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  const waiting = new Set<() => void>();
  let rung = 0;
  let isComing = false;
  return {
    ring() {
      if (isComing) return;
      isComing = true;
      setImmediate(() => {
        isComing = false;
        rung += 1;
        for (const wake of [...waiting]) wake();
      });
    },
    get rung() {
      return rung;
    },
    wait(seen, signal) {
      return new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener("abort", wake);
        if (rung > seen || signal.aborted) wake();
      });
    },
  };
}
