import type { FleetHold } from "../../api/types.ts";
import { Moment, TimeLeft } from "../../components/moment.tsx";
import { StatusMark } from "../../components/status.tsx";
import { countOf } from "../../format/amounts.ts";
import { HOLD_WORDS } from "../../format/statuses.ts";

/** What the fleet waits for, and how long yet. */
export function Holds({ holds }: { holds: readonly FleetHold[] }) {
  if (holds.length === 0) return null;
  return (
    <ul aria-label="Holds" className="flex flex-col gap-2">
      {holds.map((hold) => (
        <li
          key={`${hold.cause} ${hold.since}`}
          className="flex flex-wrap items-baseline gap-x-4 gap-y-1 rounded-[6px] border border-warn bg-warn-ground px-4 py-2.5"
        >
          <span className="flex items-center gap-2 font-semibold text-warn">
            <StatusMark shape="hourglass" tone="warn" />
            {`${hold.isOurs ? "The fleet is held" : "Others are held"} by ${HOLD_WORDS[hold.cause]}`}
          </span>
          <span className="min-w-0 break-words">{hold.reason}</span>
          <span>
            {hold.canary ? "one tries now" : <TimeLeft until={hold.until} />}, since <Moment at={hold.since} />
            {hold.strikes > 1 && ` (${countOf(hold.strikes, "hold")} in a row)`}
          </span>
        </li>
      ))}
    </ul>
  );
}
