import type { BuildPage, Token } from "./types";

/** An answer that is no success. `status` is 0 where there was no answer. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

/** Trade the owner's name and password for a token. */
export function signIn(username: string, password: string): Promise<Token> {
  return send<Token>("/api/v1/auth/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
}

/** Recorded builds, newest first; `cursor` is the `next` of the page before. */
export function listBuilds(
  token: string,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<BuildPage> {
  const query = new URLSearchParams({ limit: "50", ...(cursor !== null && { cursor }) });
  return send<BuildPage>(`/api/v1/builds?${query}`, {
    headers: { Authorization: `Bearer ${token}` },
    ...(signal && { signal }),
  });
}

async function send<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(path, { ...init, cache: "no-store" }).catch((error: unknown) => {
    if (init.signal?.aborted) {
      throw error;
    }
    throw new ApiError(0, "The logbook cannot be reached. Check the connection and try again.");
  });
  if (!response.ok) {
    throw new ApiError(response.status, await reasonOf(response));
  }
  return parse<Answer>(response);
}

async function parse<Answer>(response: Response): Promise<Answer> {
  try {
    return (await response.json()) as Answer;
  } catch {
    throw new ApiError(response.status, "The logbook gave an answer that cannot be read.");
  }
}

/** The detail of a problem document (RFC 9457), or words for the status. */
async function reasonOf(response: Response): Promise<string> {
  const problem: unknown = await response.json().catch(() => null);
  if (problem !== null && typeof problem === "object" && "detail" in problem) {
    return String(problem.detail);
  }
  return `The logbook answered with an error (${response.status}).`;
}
