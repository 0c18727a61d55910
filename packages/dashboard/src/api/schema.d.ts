// Made by generate-api-types.mjs out of the server's schemas. Do not edit.

export interface paths {
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ok";
                            version: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ready";
                            login: string;
                            guard: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Fleet"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/costs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query: {
                    by: "agent" | "task" | "role" | "model" | "taskType" | "day";
                    since?: string;
                    rehearsal?: "true" | "false";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["CostRow"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/durations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query: {
                    by: "day" | "taskType" | "role";
                    since?: string;
                    rehearsal?: "true" | "false";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["DurationRow"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    /** @description One or more statuses, separated by commas */
                    status?: string;
                    taskType?: "feature_implementation" | "bug_fix" | "code_review" | "documentation" | "refactoring" | "testing" | "simple_implementation" | "simple_fix" | "default" | "auto" | "custom";
                    directory?: string;
                    /** @description Words that all occur in prompt, output, error or id */
                    search?: string;
                    since?: string;
                    until?: string;
                    minCostUsd?: number;
                    maxCostUsd?: number;
                    rehearsal?: "true" | "false";
                    sort?: "createdAt" | "costUsd" | "durationMs" | "tokens";
                    order?: "asc" | "desc";
                    limit?: number;
                    offset?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["TaskItem"][];
                            total: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        prompt: string;
                        workingDirectory?: string;
                        /** @enum {string} */
                        taskType?: "feature_implementation" | "bug_fix" | "code_review" | "documentation" | "refactoring" | "testing" | "simple_implementation" | "simple_fix" | "default" | "auto" | "custom";
                        /** @enum {string} */
                        executionMode?: "sequential" | "parallel";
                        /** @enum {string} */
                        includeAnalyst?: "auto" | "yes" | "no";
                        workflow?: string;
                        inPlace?: boolean;
                        /** @description Your own roles, in place of a template */
                        roles?: (string | {
                            role: string;
                            instructions?: string;
                            key?: string;
                            systemPrompt?: string;
                            model?: string;
                            tools?: string[];
                            maxTokens?: number;
                            maxTurns?: number;
                            timeoutMinutes?: number;
                        })[];
                        /** @enum {string} */
                        plan?: "template" | "ai";
                        model?: string;
                        budgetUsd?: number;
                        priority?: number;
                        after?: string;
                        /** @enum {string} */
                        uncommitted?: "bring" | "leave";
                        requireChecks?: boolean;
                        /** @description With roles: by position from 0, the positions that a step depends on */
                        dependencies?: {
                            [key: string]: number[];
                        };
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            taskId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{taskId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    taskId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            task: components["schemas"]["Task"];
                            /** @description Number of the newest event when it was read */
                            seq: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    taskId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            kept: string[];
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{taskId}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    stepKey?: string;
                };
                header?: never;
                path: {
                    taskId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            changes: components["schemas"]["FileChange"][];
                            patch: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{taskId}/checks/{position}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    taskId: string;
                    position: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{taskId}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    taskId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{taskId}/timing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    taskId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            spans: components["schemas"]["Span"][];
                            /** @description True when there were too many tool calls and model calls to tell them all */
                            isCut: boolean;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query: {
                    left: string;
                    right: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Comparison"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{taskId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    taskId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        reason?: string;
                    } | null;
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            taskId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{taskId}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    taskId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        interrupt?: boolean;
                    } | null;
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            taskId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{taskId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    taskId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            taskId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{taskId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    taskId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        stepKey: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            taskId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{taskId}/fork": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    taskId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        at: string;
                        model?: string;
                        prompt?: string;
                        role?: string;
                        budgetUsd?: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            taskId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{taskId}/follow-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    taskId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        prompt: string;
                        workingDirectory?: string;
                        /** @enum {string} */
                        taskType?: "feature_implementation" | "bug_fix" | "code_review" | "documentation" | "refactoring" | "testing" | "simple_implementation" | "simple_fix" | "default" | "auto" | "custom";
                        /** @enum {string} */
                        executionMode?: "sequential" | "parallel";
                        /** @enum {string} */
                        includeAnalyst?: "auto" | "yes" | "no";
                        workflow?: string;
                        inPlace?: boolean;
                        /** @enum {string} */
                        plan?: "template" | "ai";
                        model?: string;
                        budgetUsd?: number;
                        priority?: number;
                        after?: string;
                        /** @enum {string} */
                        uncommitted?: "bring" | "leave";
                        requireChecks?: boolean;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            taskId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{taskId}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    taskId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        mode?: "merge" | "squash" | "patch";
                        message?: string;
                        force?: boolean;
                    } | null;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            mode: "merge" | "squash" | "patch";
                            from: string | null;
                            commit: string | null;
                            repository: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{taskId}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    taskId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            paths: string[];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    status?: "created" | "running" | "waiting" | "completed" | "failed" | "deleted";
                    role?: string;
                    taskId?: string;
                    isDeleted?: "true" | "false";
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["AgentItem"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        role: string;
                        name?: string;
                        workingDirectory?: string;
                        systemPrompt?: string;
                        model?: string;
                        tools?: string[];
                        maxTokens?: number;
                        maxTurns?: number;
                        timeoutMinutes?: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            agentId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/{agentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    agentId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            agent: components["schemas"]["Agent"];
                            files: {
                                consumed: string[];
                                produced: components["schemas"]["FileChange"][];
                            };
                            seq: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: {
                    record?: "true" | "false";
                };
                header?: never;
                path: {
                    agentId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    agentId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        model: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            agentId: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/agents/{agentId}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    agentId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        text: string;
                        /** @enum {string} */
                        whenBusy?: "queue" | "steer";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description Its reply is the event agent.replied with this id */
                            messageId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/{agentId}/interrupt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    agentId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            agentId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/{agentId}/kill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    agentId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            agentId: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/{agentId}/logs/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    offset?: number;
                    limit?: number;
                };
                header?: never;
                path: {
                    agentId: string;
                    file: "prompt.txt" | "text.txt" | "tools.jsonl" | "summary.json";
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/{agentId}/tools/{toolUseId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    agentId: string;
                    toolUseId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            name: string;
                            input: unknown;
                            result: string;
                            isError: boolean;
                            durationMs: number | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    taskId?: string;
                    agentId?: string;
                    after?: number;
                    before?: number;
                    /** @description Types of events, separated by commas */
                    types?: string;
                    /** @description A text that occurs in the event */
                    search?: string;
                    newestFirst?: "true" | "false";
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Event"][];
                            /** @description Number of the newest event of the log */
                            seq: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Server-sent events; comes back by Last-Event-ID */
        get: {
            parameters: {
                query?: {
                    /** @description Only later events; without it a snapshot comes first */
                    after?: number;
                    taskId?: string;
                    agentId?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    directory?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            roles: components["schemas"]["Role"][];
                            warnings: string[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    directory?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            workflows: components["schemas"]["Workflow"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description By task type, the roles */
                            templates: {
                                [key: string]: string[];
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/estimate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        prompt: string;
                        workingDirectory?: string;
                        /** @enum {string} */
                        taskType?: "feature_implementation" | "bug_fix" | "code_review" | "documentation" | "refactoring" | "testing" | "simple_implementation" | "simple_fix" | "default" | "auto" | "custom";
                        /** @enum {string} */
                        executionMode?: "sequential" | "parallel";
                        /** @enum {string} */
                        includeAnalyst?: "auto" | "yes" | "no";
                        workflow?: string;
                        inPlace?: boolean;
                        /** @description Your own roles, in place of a template */
                        roles?: (string | {
                            role: string;
                            instructions?: string;
                            key?: string;
                            systemPrompt?: string;
                            model?: string;
                            tools?: string[];
                            maxTokens?: number;
                            maxTurns?: number;
                            timeoutMinutes?: number;
                        })[];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Estimate"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/directories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    path?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Directories"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        code?: string;
                        token?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            name: string;
                            role: string;
                        };
                    };
                };
            };
        };
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Token"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        /** @enum {string} */
                        role: "viewer" | "operator" | "admin";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            tokenId: string;
                            /** @description Shown this once; only its hash is kept */
                            token: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{tokenId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tokenId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["AuditEntry"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ErrorRecord: {
            code: string;
            message: string;
            hint: string;
        };
        UsageTotals: {
            inputTokens: number;
            outputTokens: number;
            cacheReadTokens: number;
            cacheWriteTokens: number;
            cacheWriteOneHourTokens: number;
            webSearches: number;
            modelCalls: number;
            incompleteCalls: number;
            /** @description US dollars; null where no price is known */
            costUsd: number | null;
            unpricedCalls: number;
        };
        FileChange: {
            path: string;
            /** @enum {string} */
            kind: "created" | "modified" | "deleted" | "renamed";
            previousPath: string | null;
            linesAdded: number | null;
            linesRemoved: number | null;
        };
        Session: {
            name: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "admin";
            version: string;
            databaseId: string;
            /** @description Whether a script answers the agents of this server: nothing is charged */
            rehearsal: boolean;
            defaultModel: string;
            directories: string[];
            /** @description ISO 8601, UTC */
            time: string;
        };
        Token: {
            tokenId: string;
            name: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "admin";
            /** @description ISO 8601, UTC */
            createdAt: string;
            lastUsedAt: string | null;
        };
        AuditEntry: {
            /** @description ISO 8601, UTC */
            time: string;
            who: string;
            role: ("viewer" | "operator" | "admin") | null;
            action: string;
            subject: string;
            status: number;
            address: string;
        };
        AgentRecord: {
            agentId: string;
            taskId: string | null;
            stepKey: string | null;
            name: string;
            role: string;
            model: string;
            workingDirectory: string;
            rehearsal: boolean;
            /** @enum {string} */
            status: "created" | "running" | "waiting" | "completed" | "failed" | "deleted";
            sessionId: string | null;
            pid: number | null;
            guard: string | null;
            startMs: number | null;
            messages: number;
            toolCalls: number;
            retries: number;
            /** @description The last thing it did, in a few words */
            activity: string;
            contextUsedTokens: number | null;
            contextWindowTokens: number | null;
            contextPercentage: number | null;
            finding: ("silent" | "looping" | "no_progress") | null;
            error: components["schemas"]["ErrorRecord"] | null;
            /** @description ISO 8601, UTC */
            createdAt: string;
            startedAt: string | null;
            endedAt: string | null;
            inputTokens: number;
            outputTokens: number;
            cacheReadTokens: number;
            cacheWriteTokens: number;
            cacheWriteOneHourTokens: number;
            webSearches: number;
            modelCalls: number;
            incompleteCalls: number;
            /** @description US dollars; null where no price is known */
            costUsd: number | null;
            unpricedCalls: number;
        };
        AgentItem: {
            agentId: string;
            taskId: string | null;
            stepKey: string | null;
            name: string;
            role: string;
            model: string;
            workingDirectory: string;
            rehearsal: boolean;
            /** @enum {string} */
            status: "created" | "running" | "waiting" | "completed" | "failed" | "deleted";
            sessionId: string | null;
            pid: number | null;
            guard: string | null;
            startMs: number | null;
            messages: number;
            toolCalls: number;
            retries: number;
            /** @description The last thing it did, in a few words */
            activity: string;
            contextUsedTokens: number | null;
            contextWindowTokens: number | null;
            contextPercentage: number | null;
            finding: ("silent" | "looping" | "no_progress") | null;
            error: components["schemas"]["ErrorRecord"] | null;
            /** @description ISO 8601, UTC */
            createdAt: string;
            startedAt: string | null;
            endedAt: string | null;
            inputTokens: number;
            outputTokens: number;
            cacheReadTokens: number;
            cacheWriteTokens: number;
            cacheWriteOneHourTokens: number;
            webSearches: number;
            modelCalls: number;
            incompleteCalls: number;
            /** @description US dollars; null where no price is known */
            costUsd: number | null;
            unpricedCalls: number;
            ownerAlive: boolean;
        };
        Agent: {
            agentId: string;
            taskId: string | null;
            stepKey: string | null;
            name: string;
            role: string;
            model: string;
            workingDirectory: string;
            rehearsal: boolean;
            /** @enum {string} */
            status: "created" | "running" | "waiting" | "completed" | "failed" | "deleted";
            sessionId: string | null;
            pid: number | null;
            guard: string | null;
            startMs: number | null;
            messages: number;
            toolCalls: number;
            retries: number;
            /** @description The last thing it did, in a few words */
            activity: string;
            contextUsedTokens: number | null;
            contextWindowTokens: number | null;
            contextPercentage: number | null;
            finding: ("silent" | "looping" | "no_progress") | null;
            error: components["schemas"]["ErrorRecord"] | null;
            /** @description ISO 8601, UTC */
            createdAt: string;
            startedAt: string | null;
            endedAt: string | null;
            inputTokens: number;
            outputTokens: number;
            cacheReadTokens: number;
            cacheWriteTokens: number;
            cacheWriteOneHourTokens: number;
            webSearches: number;
            modelCalls: number;
            incompleteCalls: number;
            /** @description US dollars; null where no price is known */
            costUsd: number | null;
            unpricedCalls: number;
            ownerAlive: boolean;
            tools: string[];
            systemPrompt: string;
            logDirectory: string | null;
            settings: {
                writes: boolean;
                effort: ("low" | "medium" | "high" | "max") | null;
                fallbackModel: string | null;
                maxTurns: number;
                timeoutMinutes: number;
                sandbox: boolean;
                maxTokens: number | null;
            };
        };
        Census: {
            planned: number;
            ran: number;
            succeeded: number;
            failed: number;
            skipped: number;
            cancelled: number;
            retried: number;
            rounds: number;
            reused: number;
        };
        TaskItem: {
            taskId: string;
            workingDirectory: string;
            /** @enum {string} */
            taskType: "feature_implementation" | "bug_fix" | "code_review" | "documentation" | "refactoring" | "testing" | "simple_implementation" | "simple_fix" | "default" | "auto" | "custom";
            /** @enum {string} */
            executionMode: "sequential" | "parallel" | "dependencies";
            /** @enum {string} */
            includeAnalyst: "auto" | "yes" | "no";
            model: string;
            budgetUsd: number | null;
            rehearsal: boolean;
            /** @enum {string} */
            status: "queued" | "running" | "paused" | "held" | "needs_attention" | "completed" | "unverified" | "failed" | "cancelled";
            complexity: ("simple" | "medium" | "complex") | null;
            planMode: ("template" | "ai" | "custom" | "workflow") | null;
            workflow: string | null;
            priority: number;
            afterTaskId: string | null;
            followUpOf: string | null;
            forkOf: {
                taskId: string;
                stepKey: string;
            } | null;
            /** @enum {string} */
            workspaceKind: "worktree" | "in_place";
            /** @enum {string} */
            uncommitted: "bring" | "leave";
            requireChecks: boolean;
            held: {
                /** @enum {string} */
                cause: "usage_limit" | "overload" | "unreachable";
                reason: string;
                /** @description ISO 8601, UTC */
                until: string;
            } | null;
            attention: {
                reason: string;
                hint: string;
            } | null;
            applied: {
                /** @enum {string} */
                mode: "merge" | "squash" | "patch";
                from: string | null;
                commit: string | null;
                /** @description ISO 8601, UTC */
                time: string;
            } | null;
            undoneAt: string | null;
            /** @description ISO 8601, UTC */
            createdAt: string;
            startedAt: string | null;
            endedAt: string | null;
            error: components["schemas"]["ErrorRecord"] | null;
            census: components["schemas"]["Census"] | null;
            cancelRequested: boolean;
            /** @description False when no living process runs it */
            ownerAlive: boolean;
            inputTokens: number;
            outputTokens: number;
            cacheReadTokens: number;
            cacheWriteTokens: number;
            cacheWriteOneHourTokens: number;
            webSearches: number;
            modelCalls: number;
            incompleteCalls: number;
            /** @description US dollars; null where no price is known */
            costUsd: number | null;
            unpricedCalls: number;
            prompt: string;
        };
        StepItem: {
            stepKey: string;
            /** @enum {string} */
            kind: "agent" | "plan" | "baseline" | "check" | "merge" | "conflict";
            role: string;
            dependsOn: string[];
            /** @enum {string} */
            status: "pending" | "waiting" | "running" | "succeeded" | "failed" | "skipped" | "cancelled";
            attempt: number;
            round: number;
            agentId: string | null;
            reason: string;
            startedAt: string | null;
            endedAt: string | null;
        };
        Step: {
            stepKey: string;
            /** @enum {string} */
            kind: "agent" | "plan" | "baseline" | "check" | "merge" | "conflict";
            role: string;
            dependsOn: string[];
            /** @enum {string} */
            status: "pending" | "waiting" | "running" | "succeeded" | "failed" | "skipped" | "cancelled";
            attempt: number;
            round: number;
            agentId: string | null;
            reason: string;
            startedAt: string | null;
            endedAt: string | null;
            instructions: string;
            writes: boolean;
            lane: string | null;
            fromTree: string | null;
            toTree: string | null;
            commit: string | null;
            reusedFrom: string | null;
            error: components["schemas"]["ErrorRecord"] | null;
            handoff: {
                [key: string]: unknown;
            } | null;
        };
        /** @description One run of a check command: the evidence */
        Check: {
            name: string;
            command: string;
            /** @enum {string} */
            outcome: "passed" | "failed" | "timed_out" | "not_found";
            exitCode: number | null;
            durationMs: number;
            logHash: string;
            outputBytes: number;
            stepKey: string;
            counts: {
                passed: number;
                failed: number;
                skipped: number;
            } | null;
            failedTests: string[];
            passed: boolean;
            reason: string;
            tree: string | null;
            /** @description ISO 8601, UTC */
            endedAt: string;
        };
        Workspace: {
            /** @enum {string} */
            kind: "worktree" | "in_place";
            lane: string | null;
            root: string;
            directory: string;
            repository: string | null;
            branch: string | null;
            startCommit: string | null;
            tip: string | null;
            uncommittedFiles: number;
            prepared: {
                shared: string[];
                copied: string[];
                linked: string[];
                setup: {
                    name: string;
                    command: string;
                    /** @enum {string} */
                    outcome: "passed" | "failed" | "timed_out" | "not_found";
                    exitCode: number | null;
                    durationMs: number;
                    logHash: string;
                    outputBytes: number;
                }[];
                durationMs: number;
            } | null;
            rescued: {
                ref: string;
                commit: string;
                files: number;
            }[];
            /** @description ISO 8601, UTC */
            createdAt: string;
            removedAt: string | null;
        };
        /** @description Where to begin looking when a task has failed */
        Digest: {
            stepKey: string | null;
            cause: components["schemas"]["ErrorRecord"];
            agentId: string | null;
            lastTool: {
                name: string;
                input: string;
            } | null;
            logLine: string | null;
        };
        CheckCommand: {
            name: string;
            command: string;
            directory: string;
            timeoutMinutes: number;
            source: string;
            definition: string | null;
        };
        Task: {
            taskId: string;
            workingDirectory: string;
            /** @enum {string} */
            taskType: "feature_implementation" | "bug_fix" | "code_review" | "documentation" | "refactoring" | "testing" | "simple_implementation" | "simple_fix" | "default" | "auto" | "custom";
            /** @enum {string} */
            executionMode: "sequential" | "parallel" | "dependencies";
            /** @enum {string} */
            includeAnalyst: "auto" | "yes" | "no";
            model: string;
            budgetUsd: number | null;
            rehearsal: boolean;
            /** @enum {string} */
            status: "queued" | "running" | "paused" | "held" | "needs_attention" | "completed" | "unverified" | "failed" | "cancelled";
            complexity: ("simple" | "medium" | "complex") | null;
            planMode: ("template" | "ai" | "custom" | "workflow") | null;
            workflow: string | null;
            priority: number;
            afterTaskId: string | null;
            followUpOf: string | null;
            forkOf: {
                taskId: string;
                stepKey: string;
            } | null;
            /** @enum {string} */
            workspaceKind: "worktree" | "in_place";
            /** @enum {string} */
            uncommitted: "bring" | "leave";
            requireChecks: boolean;
            held: {
                /** @enum {string} */
                cause: "usage_limit" | "overload" | "unreachable";
                reason: string;
                /** @description ISO 8601, UTC */
                until: string;
            } | null;
            attention: {
                reason: string;
                hint: string;
            } | null;
            applied: {
                /** @enum {string} */
                mode: "merge" | "squash" | "patch";
                from: string | null;
                commit: string | null;
                /** @description ISO 8601, UTC */
                time: string;
            } | null;
            undoneAt: string | null;
            /** @description ISO 8601, UTC */
            createdAt: string;
            startedAt: string | null;
            endedAt: string | null;
            error: components["schemas"]["ErrorRecord"] | null;
            census: components["schemas"]["Census"] | null;
            cancelRequested: boolean;
            /** @description False when no living process runs it */
            ownerAlive: boolean;
            inputTokens: number;
            outputTokens: number;
            cacheReadTokens: number;
            cacheWriteTokens: number;
            cacheWriteOneHourTokens: number;
            webSearches: number;
            modelCalls: number;
            incompleteCalls: number;
            /** @description US dollars; null where no price is known */
            costUsd: number | null;
            unpricedCalls: number;
            prompt: string;
            complexityReasons: string[];
            rationale: string;
            fallbackReason: string | null;
            skippedRoles: {
                role: string;
                reason: string;
            }[];
            checkCommands: components["schemas"]["CheckCommand"][];
            output: string;
            warnings: string[];
            steps: components["schemas"]["Step"][];
            agents: components["schemas"]["AgentRecord"][];
            files: {
                consumed: string[];
                produced: components["schemas"]["FileChange"][];
            };
            checks: components["schemas"]["Check"][];
            workspaces: components["schemas"]["Workspace"][];
            digest: components["schemas"]["Digest"] | null;
        };
        Span: {
            /** @enum {string} */
            kind: "step" | "waiting" | "attempt" | "tool" | "model_call" | "check";
            stepKey: string | null;
            agentId: string | null;
            name: string;
            /** @description ISO 8601, UTC */
            startedAt: string;
            /** @description null while it lasts */
            endedAt: string | null;
            isError: boolean;
            detail: string;
        };
        Comparison: {
            left: {
                taskId: string;
                /** @enum {string} */
                status: "queued" | "running" | "paused" | "held" | "needs_attention" | "completed" | "unverified" | "failed" | "cancelled";
                prompt: string;
                /** @enum {string} */
                taskType: "feature_implementation" | "bug_fix" | "code_review" | "documentation" | "refactoring" | "testing" | "simple_implementation" | "simple_fix" | "default" | "auto" | "custom";
                model: string;
                rehearsal: boolean;
                error: components["schemas"]["ErrorRecord"] | null;
                census: components["schemas"]["Census"] | null;
                costUsd: number | null;
                modelCalls: number;
                verified: boolean;
                forkOf: {
                    taskId: string;
                    stepKey: string;
                } | null;
                tokens: number;
                agents: number;
                durationMs: number;
                commit: string | null;
            };
            right: {
                taskId: string;
                /** @enum {string} */
                status: "queued" | "running" | "paused" | "held" | "needs_attention" | "completed" | "unverified" | "failed" | "cancelled";
                prompt: string;
                /** @enum {string} */
                taskType: "feature_implementation" | "bug_fix" | "code_review" | "documentation" | "refactoring" | "testing" | "simple_implementation" | "simple_fix" | "default" | "auto" | "custom";
                model: string;
                rehearsal: boolean;
                error: components["schemas"]["ErrorRecord"] | null;
                census: components["schemas"]["Census"] | null;
                costUsd: number | null;
                modelCalls: number;
                verified: boolean;
                forkOf: {
                    taskId: string;
                    stepKey: string;
                } | null;
                tokens: number;
                agents: number;
                durationMs: number;
                commit: string | null;
            };
            steps: {
                stepKey: string;
                left: {
                    /** @enum {string} */
                    kind: "agent" | "plan" | "baseline" | "check" | "merge" | "conflict";
                    role: string;
                    /** @enum {string} */
                    status: "pending" | "waiting" | "running" | "succeeded" | "failed" | "skipped" | "cancelled";
                    verdict: string | null;
                    reusedFrom: string | null;
                    attempts: number;
                    model: string | null;
                    tokens: number;
                    modelCalls: number;
                    costUsd: number | null;
                    durationMs: number | null;
                } | null;
                right: {
                    /** @enum {string} */
                    kind: "agent" | "plan" | "baseline" | "check" | "merge" | "conflict";
                    role: string;
                    /** @enum {string} */
                    status: "pending" | "waiting" | "running" | "succeeded" | "failed" | "skipped" | "cancelled";
                    verdict: string | null;
                    reusedFrom: string | null;
                    attempts: number;
                    model: string | null;
                    tokens: number;
                    modelCalls: number;
                    costUsd: number | null;
                    durationMs: number | null;
                } | null;
            }[];
            checks: {
                stepKey: string;
                name: string;
                left: {
                    command: string;
                    passed: boolean;
                    outcome: string;
                    exitCode: number | null;
                    counts: {
                        passed: number;
                        failed: number;
                        skipped: number;
                    } | null;
                    durationMs: number;
                } | null;
                right: {
                    command: string;
                    passed: boolean;
                    outcome: string;
                    exitCode: number | null;
                    counts: {
                        passed: number;
                        failed: number;
                        skipped: number;
                    } | null;
                    durationMs: number;
                } | null;
            }[];
            files: {
                path: string;
                left: components["schemas"]["FileChange"] | null;
                right: components["schemas"]["FileChange"] | null;
            }[];
        };
        Estimate: {
            /** @enum {string} */
            taskType: "feature_implementation" | "bug_fix" | "code_review" | "documentation" | "refactoring" | "testing" | "simple_implementation" | "simple_fix" | "default" | "auto" | "custom";
            /** @enum {string} */
            complexity: "simple" | "medium" | "complex";
            reasons: string[];
            steps: {
                key: string;
                role: string;
                dependsOn: string[];
                writes: boolean;
            }[];
            agents: number;
            forecast: {
                runs: number;
                tokens: {
                    low: number;
                    high: number;
                };
                costUsd: {
                    low: number;
                    high: number;
                } | null;
                durationMs: {
                    low: number;
                    high: number;
                };
                rolesWithoutHistory: string[];
            } | null;
            /** @enum {string} */
            workspaceKind: "worktree" | "in_place";
            checks: components["schemas"]["CheckCommand"][];
        };
        Role: {
            name: string;
            description: string;
            kind: string;
            prompt: string;
            model: string | null;
            fallbackModel: string | null;
            readonly tools: string[];
            writes: boolean;
            effort: ("low" | "medium" | "high" | "max") | null;
            maxTurns: number;
            maxTokens: number | null;
            timeoutMinutes: number;
            sandbox: boolean;
            source: string;
            readonly warnings: string[];
        };
        Workflow: {
            name: string;
            description: string;
            source: string;
            readonly steps: {
                key: string;
                role: string;
                instructions: string;
                dependsOn: string[];
                writes: boolean;
            }[];
        };
        Directories: {
            path: string;
            /** @description null at the top of what is allowed */
            parent: string | null;
            /** @description Where tasks may work: these and what is below them */
            roots: string[];
            isRepository: boolean;
            entries: {
                name: string;
                path: string;
                isRepository: boolean;
            }[];
        };
        CostRow: {
            key: string;
            inputTokens: number;
            outputTokens: number;
            cacheReadTokens: number;
            cacheWriteTokens: number;
            cacheWriteOneHourTokens: number;
            webSearches: number;
            modelCalls: number;
            incompleteCalls: number;
            /** @description US dollars; null where no price is known */
            costUsd: number | null;
            unpricedCalls: number;
        };
        DurationRow: {
            key: string;
            count: number;
            medianMs: number;
            p95Ms: number;
            totalMs: number;
        };
        Event: {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.created";
            data: {
                prompt: string;
                workingDirectory: string;
                /** @enum {string} */
                taskType: "feature_implementation" | "bug_fix" | "code_review" | "documentation" | "refactoring" | "testing" | "simple_implementation" | "simple_fix" | "default" | "auto" | "custom";
                /** @enum {string} */
                executionMode: "sequential" | "parallel" | "dependencies";
                /** @enum {string} */
                includeAnalyst: "auto" | "yes" | "no";
                model: string;
                budgetUsd: number | null;
                rehearsal: boolean;
                priority: number;
                afterTaskId: string | null;
                followUpOf: string | null;
                forkOf: {
                    taskId: string;
                    stepKey: string;
                } | null;
                ownerId: string | null;
                /** @enum {string} */
                workspaceKind: "worktree" | "in_place";
                /** @enum {string} */
                uncommitted: "bring" | "leave";
                requireChecks: boolean;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "workflow.planned";
            data: {
                /** @enum {string} */
                planMode: "template" | "ai" | "custom" | "workflow";
                workflow: string | null;
                /** @enum {string} */
                complexity: "simple" | "medium" | "complex";
                reasons: string[];
                steps: {
                    key: string;
                    /** @enum {string} */
                    kind: "agent" | "plan" | "baseline" | "check" | "merge" | "conflict";
                    role: string;
                    instructions: string;
                    dependsOn: string[];
                    writes: boolean;
                    overrides: {
                        systemPrompt: string | null;
                        model: string | null;
                        tools: string[] | null;
                        maxTokens: number | null;
                        maxTurns: number | null;
                        timeoutMinutes: number | null;
                    };
                    round: number;
                    lane: string | null;
                }[];
                checks: {
                    name: string;
                    command: string;
                    directory: string;
                    timeoutMinutes: number;
                    source: string;
                    definition: string | null;
                }[];
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "workflow.extended";
            data: {
                reason: string;
                steps: {
                    key: string;
                    /** @enum {string} */
                    kind: "agent" | "plan" | "baseline" | "check" | "merge" | "conflict";
                    role: string;
                    instructions: string;
                    dependsOn: string[];
                    writes: boolean;
                    overrides: {
                        systemPrompt: string | null;
                        model: string | null;
                        tools: string[] | null;
                        maxTokens: number | null;
                        maxTurns: number | null;
                        timeoutMinutes: number | null;
                    };
                    round: number;
                    lane: string | null;
                }[];
                continuedBy: string | null;
                plan: {
                    /** @enum {string} */
                    planMode: "template" | "ai" | "custom" | "workflow";
                    /** @enum {string} */
                    complexity: "simple" | "medium" | "complex";
                    rationale: string;
                    skippedRoles: {
                        role: string;
                        reason: string;
                    }[];
                    fallbackReason: string | null;
                } | null;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.started";
            data: {
                ownerId: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.resumed";
            data: {
                ownerId: string;
                previousOwnerId: string | null;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.pause_requested";
            data: {
                interrupt: boolean;
                reason: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.resume_requested";
            data: Record<string, never>;
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.reopened";
            data: {
                reason: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.paused";
            data: {
                reason: string;
                released: boolean;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.warned";
            data: {
                message: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.cancel_requested";
            data: {
                reason: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.needs_attention";
            data: {
                reason: string;
                hint: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.applied";
            data: {
                /** @enum {string} */
                mode: "merge" | "squash" | "patch";
                from: string | null;
                commit: string | null;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.undone";
            data: {
                files: number;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.ended";
            data: {
                /** @enum {string} */
                status: "completed" | "unverified" | "failed" | "cancelled";
                census: {
                    planned: number;
                    ran: number;
                    succeeded: number;
                    failed: number;
                    skipped: number;
                    cancelled: number;
                    retried: number;
                    rounds: number;
                    reused: number;
                };
                error: {
                    /** @enum {string} */
                    code: "invalid_input" | "invalid_config" | "invalid_role" | "invalid_workflow" | "not_found" | "ambiguous_id" | "not_logged_in" | "runtime_missing" | "authentication_failed" | "budget_reached" | "agent_deleted" | "not_supported" | "database_locked" | "database_read_only" | "database_corrupt" | "database_newer" | "disk_full" | "database_failed" | "invalid_transition" | "model_call_timeout" | "model_unavailable" | "model_refused" | "usage_limit" | "handoff_missing" | "handoff_invalid" | "turn_limit" | "step_timeout" | "start_failed" | "process_exited" | "agent_failed" | "agent_stuck" | "context_full" | "conversation_lost" | "tree_changed" | "workspace_failed" | "setup_failed" | "check_failed" | "checks_missing" | "changes_requested" | "conflict" | "not_applied" | "step_failed" | "cancelled";
                    message: string;
                    hint: string;
                } | null;
                output: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.held";
            data: {
                /** @enum {string} */
                cause: "usage_limit" | "overload" | "unreachable";
                reason: string;
                until: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.released";
            data: Record<string, never>;
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "task.removed";
            data: {
                taskId: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "step.waiting";
            data: {
                reason: string;
                /** @enum {string} */
                cause: "limit" | "priority" | "writer" | "attention" | "held";
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "step.started";
            data: {
                attempt: number;
                ownerId: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "step.attempt_failed";
            data: {
                attempt: number;
                error: {
                    /** @enum {string} */
                    code: "invalid_input" | "invalid_config" | "invalid_role" | "invalid_workflow" | "not_found" | "ambiguous_id" | "not_logged_in" | "runtime_missing" | "authentication_failed" | "budget_reached" | "agent_deleted" | "not_supported" | "database_locked" | "database_read_only" | "database_corrupt" | "database_newer" | "disk_full" | "database_failed" | "invalid_transition" | "model_call_timeout" | "model_unavailable" | "model_refused" | "usage_limit" | "handoff_missing" | "handoff_invalid" | "turn_limit" | "step_timeout" | "start_failed" | "process_exited" | "agent_failed" | "agent_stuck" | "context_full" | "conversation_lost" | "tree_changed" | "workspace_failed" | "setup_failed" | "check_failed" | "checks_missing" | "changes_requested" | "conflict" | "not_applied" | "step_failed" | "cancelled";
                    message: string;
                    hint: string;
                };
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "step.agent_replaced";
            data: {
                percentage: number;
                handoff: {
                    [key: string]: unknown;
                };
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "step.reopened";
            data: {
                reason: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "step.ended";
            data: {
                /** @enum {string} */
                status: "succeeded" | "failed" | "skipped" | "cancelled";
                reason: string;
                error: {
                    /** @enum {string} */
                    code: "invalid_input" | "invalid_config" | "invalid_role" | "invalid_workflow" | "not_found" | "ambiguous_id" | "not_logged_in" | "runtime_missing" | "authentication_failed" | "budget_reached" | "agent_deleted" | "not_supported" | "database_locked" | "database_read_only" | "database_corrupt" | "database_newer" | "disk_full" | "database_failed" | "invalid_transition" | "model_call_timeout" | "model_unavailable" | "model_refused" | "usage_limit" | "handoff_missing" | "handoff_invalid" | "turn_limit" | "step_timeout" | "start_failed" | "process_exited" | "agent_failed" | "agent_stuck" | "context_full" | "conversation_lost" | "tree_changed" | "workspace_failed" | "setup_failed" | "check_failed" | "checks_missing" | "changes_requested" | "conflict" | "not_applied" | "step_failed" | "cancelled";
                    message: string;
                    hint: string;
                } | null;
                handoff: {
                    [key: string]: unknown;
                } | null;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "step.reused";
            data: {
                fromTaskId: string;
                endedAt: string;
                handoff: {
                    [key: string]: unknown;
                } | null;
                fromTree: string | null;
                toTree: string | null;
                commit: string | null;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.created";
            data: {
                name: string;
                role: string;
                model: string;
                tools: string[];
                systemPrompt: string;
                workingDirectory: string;
                logDirectory: string | null;
                rehearsal: boolean;
                settings: {
                    writes: boolean;
                    effort: ("low" | "medium" | "high" | "max") | null;
                    fallbackModel: string | null;
                    maxTurns: number;
                    timeoutMinutes: number;
                    sandbox: boolean;
                    maxTokens: number | null;
                };
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.claimed";
            data: {
                ownerId: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.released";
            data: {
                ownerId: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.started";
            data: {
                sessionId: string;
                pid: number;
                /** @enum {string} */
                guard: "namespace" | "pdeathsig" | "watchdog";
                startMs: number;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.messaged";
            data: {
                messageId: string;
                text: string;
                /** @enum {string} */
                whenBusy: "queue" | "steer";
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.prompted";
            data: {
                messageId: string;
                prompt: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.replied";
            data: {
                messageId: string;
                /** @enum {string} */
                status: "answered" | "failed";
                text: string;
                error: {
                    /** @enum {string} */
                    code: "invalid_input" | "invalid_config" | "invalid_role" | "invalid_workflow" | "not_found" | "ambiguous_id" | "not_logged_in" | "runtime_missing" | "authentication_failed" | "budget_reached" | "agent_deleted" | "not_supported" | "database_locked" | "database_read_only" | "database_corrupt" | "database_newer" | "disk_full" | "database_failed" | "invalid_transition" | "model_call_timeout" | "model_unavailable" | "model_refused" | "usage_limit" | "handoff_missing" | "handoff_invalid" | "turn_limit" | "step_timeout" | "start_failed" | "process_exited" | "agent_failed" | "agent_stuck" | "context_full" | "conversation_lost" | "tree_changed" | "workspace_failed" | "setup_failed" | "check_failed" | "checks_missing" | "changes_requested" | "conflict" | "not_applied" | "step_failed" | "cancelled";
                    message: string;
                    hint: string;
                } | null;
                steered: boolean;
                modelCalls: number;
                usage: {
                    inputTokens: number;
                    outputTokens: number;
                    cacheReadTokens: number;
                    cacheWriteTokens: number;
                    cacheWriteOneHourTokens: number;
                    webSearches: number;
                };
                costUsd: number | null;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.model_changed";
            data: {
                model: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.interrupt_requested";
            data: {
                reason: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.kill_requested";
            data: {
                reason: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.delete_requested";
            data: Record<string, never>;
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.checked";
            data: {
                silentMs: number;
                identicalCalls: number;
                callsSinceNew: number;
                finding: ("silent" | "looping" | "no_progress") | null;
                /** @enum {string} */
                action: "none" | "reported" | "nudged" | "stopped";
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.output";
            data: {
                text: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.thinking";
            data: {
                text: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.context_measured";
            data: {
                usedTokens: number;
                windowTokens: number;
                percentage: number;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.ended";
            data: {
                /** @enum {string} */
                status: "completed" | "failed";
                error: {
                    /** @enum {string} */
                    code: "invalid_input" | "invalid_config" | "invalid_role" | "invalid_workflow" | "not_found" | "ambiguous_id" | "not_logged_in" | "runtime_missing" | "authentication_failed" | "budget_reached" | "agent_deleted" | "not_supported" | "database_locked" | "database_read_only" | "database_corrupt" | "database_newer" | "disk_full" | "database_failed" | "invalid_transition" | "model_call_timeout" | "model_unavailable" | "model_refused" | "usage_limit" | "handoff_missing" | "handoff_invalid" | "turn_limit" | "step_timeout" | "start_failed" | "process_exited" | "agent_failed" | "agent_stuck" | "context_full" | "conversation_lost" | "tree_changed" | "workspace_failed" | "setup_failed" | "check_failed" | "checks_missing" | "changes_requested" | "conflict" | "not_applied" | "step_failed" | "cancelled";
                    message: string;
                    hint: string;
                } | null;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.deleted";
            data: Record<string, never>;
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "agent.removed";
            data: {
                agentId: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "tool.started";
            data: {
                toolUseId: string;
                name: string;
                input: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "tool.ended";
            data: {
                toolUseId: string;
                name: string;
                isError: boolean;
                excerpt: string;
                filesRead: string[];
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "permission.decided";
            data: {
                toolUseId: string;
                name: string;
                /** @enum {string} */
                decision: "allow" | "deny" | "none";
                reason: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "model_call.started";
            data: {
                callId: string;
                processId: string;
                ordinal: number;
                model: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "model_call.reported";
            data: {
                callId: string;
                model: string;
                apiMessageId: string | null;
                usage: {
                    inputTokens: number;
                    outputTokens: number;
                    cacheReadTokens: number;
                    cacheWriteTokens: number;
                    cacheWriteOneHourTokens: number;
                    webSearches: number;
                };
                costUsd: number | null;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "model_call.retried";
            data: {
                attempt: number;
                maxRetries: number;
                delayMs: number;
                status: number | null;
                error: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "model_call.ended";
            data: {
                callId: string;
                /** @enum {string} */
                state: "complete" | "incomplete" | "failed";
                model: string;
                usage: {
                    inputTokens: number;
                    outputTokens: number;
                    cacheReadTokens: number;
                    cacheWriteTokens: number;
                    cacheWriteOneHourTokens: number;
                    webSearches: number;
                };
                costUsd: number | null;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "model_call.reconciled";
            data: {
                callId: string;
                processId: string;
                ordinal: number;
                model: string;
                usage: {
                    inputTokens: number;
                    outputTokens: number;
                    cacheReadTokens: number;
                    cacheWriteTokens: number;
                    cacheWriteOneHourTokens: number;
                    webSearches: number;
                };
                costUsd: number | null;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "check.ended";
            data: {
                name: string;
                command: string;
                /** @enum {string} */
                outcome: "passed" | "failed" | "timed_out" | "not_found";
                exitCode: number | null;
                durationMs: number;
                logPath: string;
                logHash: string;
                outputBytes: number;
                counts: {
                    passed: number;
                    failed: number;
                    skipped: number;
                } | null;
                failedTests: string[];
                passed: boolean;
                reason: string;
                tree: string | null;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "check.reused";
            data: {
                name: string;
                command: string;
                /** @enum {string} */
                outcome: "passed" | "failed" | "timed_out" | "not_found";
                exitCode: number | null;
                durationMs: number;
                logPath: string;
                logHash: string;
                outputBytes: number;
                counts: {
                    passed: number;
                    failed: number;
                    skipped: number;
                } | null;
                failedTests: string[];
                passed: boolean;
                reason: string;
                tree: string | null;
                endedAt: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "workspace.created";
            data: {
                /** @enum {string} */
                kind: "worktree" | "in_place";
                lane: string | null;
                root: string;
                directory: string;
                repository: string | null;
                branch: string | null;
                userCommit: string | null;
                startCommit: string | null;
                startTree: string | null;
                tip: string | null;
                uncommittedFiles: number;
                portBase: number;
                host: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "workspace.prepared";
            data: {
                lane: string | null;
                shared: string[];
                copied: string[];
                linked: string[];
                setup: {
                    name: string;
                    command: string;
                    /** @enum {string} */
                    outcome: "passed" | "failed" | "timed_out" | "not_found";
                    exitCode: number | null;
                    durationMs: number;
                    logPath: string;
                    logHash: string;
                    outputBytes: number;
                }[];
                durationMs: number;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "workspace.committed";
            data: {
                lane: string | null;
                fromTree: string;
                toTree: string;
                commit: string | null;
                parents: string[];
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "workspace.rescued";
            data: {
                lane: string | null;
                repository: string;
                ref: string;
                commit: string;
                files: number;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "workspace.removed";
            data: {
                lane: string | null;
                root: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "files.changed";
            data: {
                changes: {
                    path: string;
                    /** @enum {string} */
                    kind: "created" | "modified" | "deleted" | "renamed";
                    previousPath: string | null;
                    linesAdded: number | null;
                    linesRemoved: number | null;
                }[];
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "fleet.held";
            data: {
                scope: string;
                /** @enum {string} */
                cause: "usage_limit" | "overload" | "unreachable";
                reason: string;
                until: string;
                since: string;
                strikes: number;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "fleet.canary_sent";
            data: {
                scope: string;
                caller: string;
                ownerId: string;
                until: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "fleet.canary_lost";
            data: {
                scope: string;
                caller: string;
            };
        } | {
            /** @description Global and increasing; never used twice */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            version: number;
            taskId: string | null;
            stepKey: string | null;
            agentId: string | null;
            /** @constant */
            type: "fleet.released";
            data: {
                scope: string;
                /** @enum {string} */
                reason: "answered" | "given_up";
            };
        };
        Fleet: {
            /** @description The events after this one are not in it */
            seq: number;
            /** @description ISO 8601, UTC */
            time: string;
            tasks: {
                total: number;
                byStatus: {
                    [key: string]: number;
                };
            };
            agents: {
                total: number;
                byStatus: {
                    [key: string]: number;
                };
                byRole: {
                    [key: string]: number;
                };
            };
            totals: components["schemas"]["UsageTotals"];
            today: components["schemas"]["UsageTotals"];
            /** @description What scripts have answered: nothing was charged */
            rehearsedToday: components["schemas"]["UsageTotals"];
            files: {
                consumed: number;
                produced: number;
            };
            holds: {
                /** @enum {string} */
                cause: "usage_limit" | "overload" | "unreachable";
                reason: string;
                /** @description ISO 8601, UTC */
                since: string;
                /** @description ISO 8601, UTC */
                until: string;
                strikes: number;
                canary: string | null;
                isOurs: boolean;
            }[];
            maxParallelAgents: number;
            running: {
                taskId: string;
                workingDirectory: string;
                /** @enum {string} */
                taskType: "feature_implementation" | "bug_fix" | "code_review" | "documentation" | "refactoring" | "testing" | "simple_implementation" | "simple_fix" | "default" | "auto" | "custom";
                /** @enum {string} */
                executionMode: "sequential" | "parallel" | "dependencies";
                /** @enum {string} */
                includeAnalyst: "auto" | "yes" | "no";
                model: string;
                budgetUsd: number | null;
                rehearsal: boolean;
                /** @enum {string} */
                status: "queued" | "running" | "paused" | "held" | "needs_attention" | "completed" | "unverified" | "failed" | "cancelled";
                complexity: ("simple" | "medium" | "complex") | null;
                planMode: ("template" | "ai" | "custom" | "workflow") | null;
                workflow: string | null;
                priority: number;
                afterTaskId: string | null;
                followUpOf: string | null;
                forkOf: {
                    taskId: string;
                    stepKey: string;
                } | null;
                /** @enum {string} */
                workspaceKind: "worktree" | "in_place";
                /** @enum {string} */
                uncommitted: "bring" | "leave";
                requireChecks: boolean;
                held: {
                    /** @enum {string} */
                    cause: "usage_limit" | "overload" | "unreachable";
                    reason: string;
                    /** @description ISO 8601, UTC */
                    until: string;
                } | null;
                attention: {
                    reason: string;
                    hint: string;
                } | null;
                applied: {
                    /** @enum {string} */
                    mode: "merge" | "squash" | "patch";
                    from: string | null;
                    commit: string | null;
                    /** @description ISO 8601, UTC */
                    time: string;
                } | null;
                undoneAt: string | null;
                /** @description ISO 8601, UTC */
                createdAt: string;
                startedAt: string | null;
                endedAt: string | null;
                error: components["schemas"]["ErrorRecord"] | null;
                census: components["schemas"]["Census"] | null;
                cancelRequested: boolean;
                /** @description False when no living process runs it */
                ownerAlive: boolean;
                inputTokens: number;
                outputTokens: number;
                cacheReadTokens: number;
                cacheWriteTokens: number;
                cacheWriteOneHourTokens: number;
                webSearches: number;
                modelCalls: number;
                incompleteCalls: number;
                /** @description US dollars; null where no price is known */
                costUsd: number | null;
                unpricedCalls: number;
                prompt: string;
                steps: components["schemas"]["StepItem"][];
            }[];
            living: components["schemas"]["AgentItem"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
