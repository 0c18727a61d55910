import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const schema = z.object({ pid: z.number().int().positive(), url: z.url({ protocol: /^http$/ }) });

/** Where a running server is found by commands of the same user: `<data>/server.json`. */
export type Announcement = z.infer<typeof schema>;

/** Says that a server runs; call the answer when it has stopped. */
export function announce(home: string, url: string): () => void {
  const path = join(home, "server.json");
  const announcement: Announcement = { pid: process.pid, url };
  writeFileSync(path, `${JSON.stringify(announcement)}\n`, { mode: 0o600 });
  return () => {
    // Another server may have started since.
    if (readAnnouncement(home)?.pid === process.pid) rmSync(path, { force: true });
  };
}

/** The server that runs on a data folder, or `null`. */
export function readAnnouncement(home: string): Announcement | null {
  try {
    const announcement = schema.parse(JSON.parse(readFileSync(join(home, "server.json"), "utf8")));
    process.kill(announcement.pid, 0);
    return announcement;
  } catch {
    // There is none, it is half written, or its process is gone: in each case nobody is to be found there.
    return null;
  }
}
