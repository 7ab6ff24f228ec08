import { mock } from "bun:test";
import type { Build } from "../src/api/types";

export interface Call {
  path: string;
  method: string;
  authorization: string | null;
  body: unknown;
}

type Answer = Response | Error | Promise<Response>;

/** A stand-in for the backend: gives the answers of each path in turn and keeps what was asked. */
export function fakeBackend(answers: Record<string, Answer[]>): Call[] {
  const calls: Call[] = [];
  globalThis.fetch = mock(async (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (path !== "/version.json") {
      calls.push({
        path,
        method: init.method ?? "GET",
        authorization: headers.get("Authorization"),
        body: typeof init.body === "string" ? JSON.parse(init.body) : null,
      });
    }
    const answer = await (answers[path]?.shift() ?? new Response("", { status: 404 }));
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  }) as unknown as typeof fetch;
  return calls;
}

export function json(body: unknown, status = 200): Response {
  return Response.json(body, { status });
}

export function problem(status: number, detail: string): Response {
  const headers = { "Content-Type": "application/problem+json" };
  return Response.json({ type: "about:blank", status, detail }, { status, headers });
}

export const LOGIN = "/api/v1/auth/login";
export const BUILDS = "/api/v1/builds?limit=50";
export const TOKEN = { access_token: "abc", token_type: "bearer", expires_in: 86400 };

export function build(changes: Partial<Build> = {}): Build {
  return {
    id: 1,
    image: "backend",
    digest: `sha256:${"ab".repeat(32)}`,
    tags: ["latest", "0f".repeat(20), "1.2.3"],
    sha: "0f".repeat(20),
    short_sha: "0f0f0f0",
    describe: "v1.2.3",
    dirty: false,
    built_at: "2026-11-20T10:00:00Z",
    base_policy: "registry",
    size_bytes: 123_456_789,
    duration_seconds: 12.34,
    cached_steps: 3,
    total_steps: 9,
    recorded_at: "2026-11-20T10:01:00Z",
    ...changes,
  };
}
