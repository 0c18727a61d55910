import { z } from "zod";
import { ACCESS_ROLES } from "../access/index.js";
import { count, time } from "./shared.js";

const accessRole = z.enum(ACCESS_ROLES);

export const signIn = z
  .strictObject({ code: z.string().max(200).optional(), token: z.string().max(200).optional() })
  .refine(({ code, token }) => (code === undefined) !== (token === undefined), "give either a code or a token");

export const session = z
  .object({
    name: z.string(),
    role: accessRole,
    version: z.string(),
    databaseId: z.string(),
    rehearsal: z
      .boolean()
      .meta({ description: "Whether a script answers the agents of this server: nothing is charged" }),
    defaultModel: z.string(),
    directories: z.array(z.string()),
    time,
  })
  .meta({ id: "Session" });

export const token = z
  .object({
    tokenId: z.string(),
    name: z.string(),
    role: accessRole,
    createdAt: time,
    lastUsedAt: time.nullable(),
  })
  .meta({ id: "Token" });
export const tokensAnswer = z.object({ items: z.array(token) });
export const newToken = z.strictObject({ name: z.string().trim().min(1).max(100), role: accessRole });
export const createdToken = z.object({
  tokenId: z.string(),
  token: z.string().meta({ description: "Shown this once; only its hash is kept" }),
});
export const tokenParams = z.object({ tokenId: z.string().regex(/^[\w-]+$/) });

export const auditQuery = z.object({ limit: count.min(1).max(1_000).default(100) });
export const auditEntry = z
  .object({
    time,
    who: z.string(),
    role: accessRole.nullable(),
    action: z.string(),
    subject: z.string(),
    status: z.number().int(),
    address: z.string(),
  })
  .meta({ id: "AuditEntry" });
export const auditAnswer = z.object({ items: z.array(auditEntry) });
