import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { auditQuery } from "../../api/access.ts";
import { Button } from "../../components/button.tsx";
import { Moment } from "../../components/moment.tsx";
import { Section } from "../../components/page.tsx";
import { ErrorState, Loading } from "../../components/states.tsx";
import { Cell, Heading, Row, RowHeading, Table } from "../../components/table.tsx";

const FIRST_ENTRIES = 100;
/** The server tells no more at once. */
const MOST_ENTRIES = 1_000;

/** What was asked of the server that changes something, by whom and with what answer; the newest first. */
export function Audit() {
  const [limit, setLimit] = useState(FIRST_ENTRIES);
  const audit = useQuery(auditQuery(limit));
  const entries = audit.data ?? [];
  return (
    <Section title="Audit log" aside={<Button onClick={() => void audit.refetch()}>Refresh</Button>}>
      {audit.isError && <ErrorState error={audit.error} onRetry={() => void audit.refetch()} />}
      {audit.isPending && <Loading what="the audit log" />}
      {audit.data && entries.length === 0 && <p className="text-muted">Nothing was asked yet.</p>}
      {entries.length > 0 && (
        <Table caption="Who has asked for what">
          <thead>
            <tr>
              <Heading>When</Heading>
              <Heading>Who</Heading>
              <Heading>What</Heading>
              <Heading isNumber>Answer</Heading>
              <Heading className="hidden md:table-cell">From</Heading>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two entries may be the same in every field.
              <Row key={`${entry.time} ${at}`}>
                <RowHeading>
                  <Moment at={entry.time} />
                </RowHeading>
                <Cell>
                  {entry.who || "nobody"} {entry.role && <span className="label block">{entry.role}</span>}
                </Cell>
                <Cell className="w-full">
                  <span className="mono break-all">{entry.action}</span>
                  {entry.subject && <span className="label mono block break-all">{entry.subject}</span>}
                </Cell>
                <Cell isNumber>
                  <span className={entry.status >= 400 ? "text-bad" : ""}>{entry.status}</span>
                </Cell>
                <Cell className="mono hidden md:table-cell">{entry.address}</Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
      {entries.length === limit && limit < MOST_ENTRIES && (
        <Button className="mt-2" onClick={() => setLimit(MOST_ENTRIES)}>
          Show up to {MOST_ENTRIES}
        </Button>
      )}
    </Section>
  );
}
