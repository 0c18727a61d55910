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
