import { mock } from "bun:test";
import { createMemoryHistory } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import { createElement } from "react";
import { App } from "../src/App";
import { begin } from "../src/session";

export interface Call {
  path: string;
  method: string;
  authorization: string | null;
  body: unknown;
}

type Answer = Response | Error | Promise<Response>;
export type Answers = Record<string, Answer | Answer[]>;

/** A stand-in for the backend: gives the answers of each path in turn, the last one again and again. */
export function fakeBackend(answers: Answers): Call[] {
  const calls: Call[] = [];
  globalThis.fetch = mock(async (path: string, init: RequestInit = {}) => {
    if (path.startsWith("/api/")) {
      calls.push(callOf(path, init));
    }
    const given = answers[path];
    const next = Array.isArray(given) && given.length > 1 ? given.shift() : given;
    const answer = await (Array.isArray(next) ? next[0] : next);
    if (answer instanceof Error) {
      throw answer;
    }
    return answer?.clone() ?? problem(404, `nobody answers ${path}`);
  }) as unknown as typeof fetch;
  return calls;
}

function callOf(path: string, init: RequestInit): Call {
  return {
    path,
    method: init.method ?? "GET",
    authorization: new Headers(init.headers).get("Authorization"),
    body: typeof init.body === "string" ? JSON.parse(init.body) : null,
  };
}

/** Open the page at an address; the history tells where it went. */
export function visit(address: string, answers: Answers = {}) {
  const calls = fakeBackend(answers);
  const history = createMemoryHistory({ initialEntries: [address] });
  render(createElement(App, { history }));
  return { calls, history };
}

/** The same as one who is signed in. */
export function visitAsOwner(address: string, answers: Answers = {}) {
  begin("abc", 3600);
  return visit(address, answers);
}

export function json(body: unknown, status = 200): Response {
  return Response.json(body, { status });
}

export function list(...items: unknown[]): Response {
  return json({ items, next: null });
}

export function problem(
  status: number,
  detail: string,
  more: Record<string, string> = {},
): Response {
  const headers = { "Content-Type": "application/problem+json", ...more };
  return Response.json({ type: "about:blank", status, detail }, { status, headers });
}

/** An answer that comes when it is let go. */
export function held(): { answer: Promise<Response>; letGo: (response: Response) => void } {
  const { promise, resolve } = Promise.withResolvers<Response>();
  return { answer: promise, letGo: resolve };
}

export const LOGIN = "/api/v1/auth/login";
export const IMAGES = "/api/v1/images?limit=100";
export const TOKEN = { access_token: "abc", token_type: "bearer", expires_in: 86400 };
