/**
 * The fields of the SDK's messages that we read. Some of them are not in its published types, so each is optional
 * and looked for, never relied on.
 */
export interface ApiUsage {
  input_tokens?: number | null;
  output_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
  cache_creation?: { ephemeral_1h_input_tokens?: number | null } | null;
  server_tool_use?: { web_search_requests?: number | null } | null;
}

export interface ContentBlock {
  type: string;
  text?: string;
  thinking?: string;
  id?: string;
  name?: string;
  input?: unknown;
  tool_use_id?: string;
  content?: unknown;
  is_error?: boolean;
}

export interface StreamEvent {
  type: string;
  message?: { id?: string; model?: string; usage?: ApiUsage };
  usage?: ApiUsage;
  delta?: { type?: string; text?: string; thinking?: string };
}

export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheCreationInputTokens: number;
  cacheCreationEphemeral1hInputTokens?: number;
  webSearchRequests: number;
  contextWindow?: number;
}

export interface ResultMessage {
  type: "result";
  subtype: string;
  is_error: boolean;
  result?: string;
  errors?: string[];
  structured_output?: unknown;
  terminal_reason?: string;
  api_error_status?: number | null;
  api_error?: string | null;
  api_error_type?: string | null;
  startup_failure_reason?: string;
  user_message_uuids?: string[];
  modelUsage?: Record<string, ModelUsage>;
  model_usage_since_last_result?: Record<string, ModelUsage>;
}

/** What the endpoint said of the account's usage; times in seconds since 1970. */
export interface UsageLimit {
  status?: string;
  resetsAt?: number;
  rateLimitType?: string;
}

export type CliMessage =
  | ResultMessage
  | {
      type: "assistant";
      message: { id?: string; model?: string; content: ContentBlock[]; usage?: ApiUsage };
      error?: string;
    }
  | { type: "user"; message: { content: string | ContentBlock[] }; tool_use_result?: unknown }
  | { type: "stream_event"; event: StreamEvent; abandoned_blocks?: unknown }
  | { type: "system"; subtype: "status"; status?: string | null }
  | { type: "system"; subtype: "init"; model?: string }
  | {
      type: "system";
      subtype: "api_retry";
      attempt: number;
      max_retries: number;
      retry_delay_ms: number;
      error_status: number | null;
      error: string;
    }
  | { type: "rate_limit_event"; rate_limit_info?: UsageLimit };
