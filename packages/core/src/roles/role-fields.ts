import { z } from "zod";
import { MODEL_NAME } from "./role.js";

/** What a role's file may say and a caller may say in its place: the bounds are the same for both. */
export const ROLE_FIELDS = {
  model: z.string().regex(MODEL_NAME, "is not a model name"),
  maxTokens: z.number().int().min(1).max(1_000_000),
  maxTurns: z.number().int().min(1).max(1_000),
  timeoutMinutes: z
    .number()
    .positive()
    .max(24 * 60),
} as const;
