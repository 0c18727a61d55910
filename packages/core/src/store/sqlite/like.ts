/** The pattern of a LIKE, with `\` as its escape, that finds a text anywhere, whatever its capital letters. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
}
