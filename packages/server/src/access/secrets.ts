import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const SECRET_BYTES = 32;

/** Makes a secret of 256 bits. @param prefix - says what it is, so that a scanner for leaked secrets knows it */
export function newSecret(prefix = ""): string {
  return `${prefix}${randomBytes(SECRET_BYTES).toString("base64url")}`;
}

/** What is kept of a secret. A secret of full entropy needs no slow hash. */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Finds the record of a secret, in a time that does not depend on how much of it is right. */
export function findByHash<T extends { hash: string }>(records: readonly T[], secret: string): T | null {
  const wanted = Buffer.from(hashOf(secret));
  let found: T | null = null;
  for (const record of records) {
    const known = Buffer.from(record.hash);
    if (known.length === wanted.length && timingSafeEqual(known, wanted)) found = record;
  }
  return found;
}
