import { useEffect } from "react";
import { create } from "zustand";

/** Something that the command bar offers. */
export interface Command {
  key: string;
  title: string;
  /** What stands beside the title, in short. */
  detail?: string;
  run(): void;
}

/** Commands of the page that is shown. */
export const usePageCommands = create<{ commands: readonly Command[] }>(() => ({ commands: [] }));

/**
 * Offers commands in the command bar while a page is shown.
 *
 * @param commands - a list that is made anew only when something in it has changed
 */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    usePageCommands.setState({ commands });
    return () => usePageCommands.setState({ commands: [] });
  }, [commands]);
}
