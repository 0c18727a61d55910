import { Link } from "@tanstack/react-router";
import { PLACES } from "./places.ts";

/** A column at the side, and on a narrow screen a row at the bottom. */
export function Navigation() {
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-surface md:sticky md:top-12 md:h-[calc(100dvh-3rem)] md:w-40 md:shrink-0 md:self-start md:border-r md:border-t-0 md:bg-transparent md:px-2 md:py-3"
    >
      <ul className="flex md:flex-col md:gap-0.5">
        {PLACES.map(({ to, name, key, icon: Icon }) => (
          <li key={to} className="min-w-0 flex-1 md:flex-none">
            <Link
              to={to}
              activeOptions={{ exact: to === "/" }}
              title={`${name} (g ${key})`}
              className="flex flex-col items-center gap-0.5 border-t-2 border-transparent px-1 py-1.5 text-[0.6875rem] text-muted hover:text-text md:flex-row md:gap-2.5 md:rounded-[5px] md:border-l-2 md:border-t-0 md:px-2.5 md:text-sm"
              activeProps={{ className: "!border-accent !text-text font-medium md:bg-accent-ground" }}
            >
              <Icon aria-hidden="true" className="size-4 shrink-0" strokeWidth={1.8} />
              <span className="truncate">{name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
