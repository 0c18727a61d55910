/** Where {@link cut} breaks the connection. */
export type CutPoint =
  /** Nothing was answered. */
  | "before-headers"
  /** Right after `message_start`. */
  | "at-start"
  /** In the middle of the first block. */
  | "mid-block"
  /** After all blocks, before `message_delta`: the final usage never arrives. */
  | "before-stop";

/** What goes wrong with a reply. */
export type Fault =
  | {
      readonly kind: "http";
      readonly status: number;
      readonly type: string;
      readonly message: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: "reset" }
  | { readonly kind: "cut"; readonly where: CutPoint }
  | { readonly kind: "hang" }
  | { readonly kind: "stall" }
  | { readonly kind: "malformed" }
  | { readonly kind: "error-event"; readonly type: string; readonly message: string };

/** A fault that is a plain HTTP answer. */
export type HttpFault = Extract<Fault, { kind: "http" }>;

const TYPE_OF_STATUS: ReadonlyMap<number, string> = new Map([
  [400, "invalid_request_error"],
  [401, "authentication_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [500, "api_error"],
  [529, "overloaded_error"],
]);

/**
 * The error type the API names for an HTTP status.
 *
 * @param status - HTTP status; one the API does not document is taken for its class (4xx or 5xx)
 */
export function errorTypeOf(status: number): string {
  return TYPE_OF_STATUS.get(status) ?? (status < 500 ? "invalid_request_error" : "api_error");
}

/**
 * The HTTP status that goes with an error type.
 *
 * @param type - an error type of the API; an unknown one gives 500
 */
export function statusOfErrorType(type: string): number {
  for (const [status, known] of TYPE_OF_STATUS) if (known === type) return status;
  return 500;
}
