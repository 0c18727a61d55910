import { useEffect, useState } from "react";

/**
 * A value that follows another once that has rested.
 *
 * @param value - what changes often; compared by identity
 * @param restMs - how long it must not have changed
 */
export function useDebounced<T>(value: T, restMs: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), restMs);
    return () => clearTimeout(timer);
  }, [value, restMs]);
  return rested;
}
