/** What lies over the page. */
export type Overlay = "commands" | "keys" | null;
