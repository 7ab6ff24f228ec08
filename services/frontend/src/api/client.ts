import { bearer } from "../session";

/** An answer that is no success. `status` is 0 where there was no answer. */
export class ApiError extends Error {
  readonly status: number;
  /** By which the backend's logs tell of this request, where it gave one. */
  readonly request: string | null;
  /** Seconds after which it is worth trying again, where the backend said so. */
  readonly after: number | null;

  constructor(status: number, message: string, headers: Headers | null = null) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.request = headers?.get("X-Request-ID") ?? null;
    this.after = Number(headers?.get("Retry-After")) || null;
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

const ROOT = "/api/v1";

/** Read a resource of the API; what is null, undefined or empty in `query` is not sent. */
export function read<Answer>(path: string, query: Query = {}, signal?: AbortSignal) {
  return send<Answer>(`${path}${asked(query)}`, signal ? { signal } : {});
}

/** Send `body` as JSON. */
export function write<Answer>(path: string, body: unknown) {
  return send<Answer>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

function asked(query: Query): string {
  const sent = Object.entries(query).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  const text = new URLSearchParams(sent.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

async function send<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const token = bearer();
  const headers = { ...init.headers, ...(token !== null && { Authorization: `Bearer ${token}` }) };
  const asking = { ...init, headers, cache: "no-store" as const };
  const response = await fetch(`${ROOT}${path}`, asking).catch((error: unknown) => {
    if (init.signal?.aborted) {
      throw error;
    }
    throw new ApiError(0, "The logbook cannot be reached. Check the connection and try again.");
  });
  if (!response.ok) {
    throw new ApiError(response.status, await reasonOf(response), response.headers);
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
