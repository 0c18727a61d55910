import type { ReactNode } from "react";

/** A table that scrolls by itself where the page is too narrow for it. */
export function Table({ caption, children }: { caption: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section aria-label={caption} tabIndex={0} className="panel overflow-x-auto">
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">{caption}</caption>
        {children}
      </table>
    </section>
  );
}

const CELL = "px-2 py-1.5 align-top sm:px-3";

/** The heading of a column. */
export function Heading({
  children,
  isNumber = false,
  sorted,
  className = "",
}: {
  children?: ReactNode;
  isNumber?: boolean;
  /** Whether the rows are in the order of this column; for columns that can be sorted by. */
  sorted?: "ascending" | "descending" | "none" | undefined;
  className?: string;
}) {
  return (
    <th
      scope="col"
      aria-sort={sorted}
      className={`${CELL} label whitespace-nowrap border-b border-line !font-normal ${isNumber ? "text-right" : ""} ${className}`}
    >
      {children}
    </th>
  );
}

export function Cell({
  children,
  isNumber = false,
  className = "",
}: {
  children?: ReactNode;
  isNumber?: boolean;
  className?: string;
}) {
  return <td className={`${CELL} ${isNumber ? "whitespace-nowrap text-right" : ""} ${className}`}>{children}</td>;
}

/** The cell that names its row. */
export function RowHeading({ children, className = "" }: { children: ReactNode; className?: string }) {
  return (
    <th scope="row" className={`${CELL} text-left font-normal ${className}`}>
      {children}
    </th>
  );
}

/** A row with a line above it. */
export function Row({ children, isMarked = false }: { children: ReactNode; isMarked?: boolean }) {
  return (
    <tr className={`border-t border-line first:border-t-0 ${isMarked ? "bg-accent-ground" : "hover:bg-sunken"}`}>
      {children}
    </tr>
  );
}
