import { bearer } from "../session";
import type { components, paths } from "./schema";

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

/** The paths that can be read, what each can be asked for, and what it answers: from the OpenAPI document. */
export type Readable = {
  [Path in keyof paths]: paths[Path] extends { get: object } ? Path : never;
}[keyof paths];
type Get<Path extends Readable> = paths[Path]["get"];
export type Answer<Path extends Readable> =
  Get<Path> extends { responses: { 200: { content: { "application/json": infer Body } } } }
    ? Body
    : never;
type Place<Path extends Readable> =
  Get<Path> extends { parameters: { path: infer Given } } ? Given : undefined;
export type Question<Path extends Readable> =
  Get<Path> extends { parameters: { query?: infer Given } }
    ? { [Name in keyof Given]: Given[Name] | undefined }
    : Record<never, never>;

export interface Asked<Path extends Readable> {
  place?: Place<Path>;
  /** What is undefined, null or empty is not sent. */
  query?: Question<Path> | undefined;
}

/** Read a resource of the API. */
export function read<Path extends Readable>(
  path: Path,
  asked: Asked<Path> = {},
  signal?: AbortSignal,
): Promise<Answer<Path>> {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(String(Reflect.get(asked.place ?? {}, name))),
  );
  return send<Answer<Path>>(`${filled}${searchOf(asked.query ?? {})}`, signal ? { signal } : {});
}

/** Trade the owner's name and password for a token. */
export function signIn(credentials: components["schemas"]["Credentials"]) {
  return post<components["schemas"]["Token"]>(LOGIN, credentials);
}

/** Make a key for a machine; the answer is the only one that holds it. */
export function makeKey(wanted: components["schemas"]["NewKey"]) {
  return post<components["schemas"]["MadeKey"]>(KEYS, wanted);
}

export async function revokeKey(id: number): Promise<void> {
  await answered(`${KEYS}/${id}`, { method: "DELETE" });
}

const LOGIN = "/api/v1/auth/login" satisfies keyof paths;
const KEYS = "/api/v1/keys" satisfies keyof paths;

function post<Body>(path: string, body: object): Promise<Body> {
  return send<Body>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

function searchOf(query: object): string {
  const sent = Object.entries(query).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  const text = new URLSearchParams(sent.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

async function send<Body>(path: string, init: RequestInit): Promise<Body> {
  return parse<Body>(await answered(path, init));
}

/** The answer, where it is a success. */
async function answered(path: string, init: RequestInit): Promise<Response> {
  const token = bearer();
  const headers = { ...init.headers, ...(token !== null && { Authorization: `Bearer ${token}` }) };
  const asking = { ...init, headers, cache: "no-store" as const };
  const response = await fetch(path, asking).catch((error: unknown) => {
    if (init.signal?.aborted) {
      throw error;
    }
    throw new ApiError(0, "The logbook cannot be reached. Check the connection and try again.");
  });
  if (!response.ok) {
    throw new ApiError(response.status, await reasonOf(response), response.headers);
  }
  return response;
}

async function parse<Body>(response: Response): Promise<Body> {
  try {
    return (await response.json()) as Body;
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
