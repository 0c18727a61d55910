import { z } from "zod";

/** An error as RFC 9457 wants it, with the code and the remedy that every error of the orchestrator has. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string().meta({ description: "See the table of error codes" }),
    hint: z.string().meta({ description: "What to do about it" }),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof problem>;
