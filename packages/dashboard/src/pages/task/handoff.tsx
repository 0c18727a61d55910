import { Markdown } from "../../components/markdown.tsx";

/** `keyFindings` as `Key findings`. */
function toWords(key: string): string {
  const words = key.replace(/([A-Z])/g, " $1").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** What a step passes on: its summary first, then whatever else its role hands over. */
export function Handoff({ handoff }: { handoff: Record<string, unknown> }) {
  const { summary, ...rest } = handoff;
  const entries = Object.entries(rest).filter(([, value]) => !isEmpty(value));
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {typeof summary === "string" && <Markdown text={summary} />}
      {entries.length > 0 && (
        <dl className="flex flex-col gap-2">
          {entries.map(([key, value]) => (
            <div key={key}>
              <dt className="label">{toWords(key)}</dt>
              <dd className="break-words">
                <Value value={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

function Value({ value }: { value: unknown }) {
  if (Array.isArray(value))
    return (
      <ul className="list-disc pl-5">
        {value.map((each, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a handoff never changes, and its entries may be alike.
          <li key={index}>
            <Value value={each} />
          </li>
        ))}
      </ul>
    );
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .filter(([, part]) => !isEmpty(part))
      .map(([key, part]) => (
        <span key={key} className="mr-3">
          <span className="text-muted">{toWords(key)}: </span>
          {describePart(part)}
        </span>
      ));
  return String(value);
}

/** A part in one line: counts as `2 passed, 0 failed`, a list by commas. */
function describePart(part: unknown): string {
  if (Array.isArray(part)) return part.map(describePart).join(", ");
  if (typeof part !== "object" || part === null) return String(part);
  return Object.entries(part)
    .map(([key, value]) =>
      typeof value === "number" ? `${value} ${toWords(key).toLowerCase()}` : `${toWords(key)} ${describePart(value)}`,
    )
    .join(", ");
}
