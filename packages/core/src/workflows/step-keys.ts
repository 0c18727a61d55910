/** What the key of a step looks like: it is shown, and names a folder. */
export const STEP_KEY = /^[\w#.-]{1,60}$/;
export const STEP_KEY_RULE = "must be letters, digits, _, -, . or #, at most 60";

/** The role's name, with `#2` and so on where it comes again. */
export function makeKeys(requests: readonly { role: string; key?: string | undefined }[]): string[] {
  const seen = new Map<string, number>();
  return requests.map(({ role, key }) => {
    if (key) return key;
    const count = (seen.get(role) ?? 0) + 1;
    seen.set(role, count);
    return count === 1 ? role : `${role}#${count}`;
  });
}
