import { useSyncExternalStore } from "react";

/**
 * Who is signed in. The token is kept in the tab's own session store, so that a reload and a real
 * address work, and is gone when the tab is closed; docs/frontend.md tells why there.
 */

const KEY = "logbook.session";

export interface Session {
  token: string | null;
  /** Milliseconds since the epoch after which the token is no longer taken. */
  until: number;
  /** Why the reader is signed out, where there is a reason to tell. */
  notice: string | null;
}

const NOBODY: Session = { token: null, until: 0, notice: null };
const listeners = new Set<() => void>();
let current: Session = restored();

/** Who is signed in, now; what shows it is shown anew when it changes. */
export function useSession(): Session {
  return useSyncExternalStore(subscribe, () => current);
}

/** The token to send, or null. */
export function bearer(): string | null {
  return current.token;
}

export function begin(token: string, seconds: number): void {
  change({ token, until: Date.now() + seconds * 1000, notice: null });
}

export function end(notice: string | null = null): void {
  if (current.token !== null || notice !== null) {
    change({ ...NOBODY, notice });
  }
}

/** Read the store again, as a reload does. */
export function restore(): void {
  current = restored();
  announce();
}

function change(next: Session): void {
  current = next;
  try {
    if (next.token === null) {
      sessionStorage.removeItem(KEY);
    } else {
      sessionStorage.setItem(KEY, JSON.stringify({ token: next.token, until: next.until }));
    }
  } catch {
    // A browser that keeps no store: the session lasts until the page is left.
  }
  announce();
}

function restored(): Session {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (isKept(kept) && kept.until > Date.now()) {
      return { token: kept.token, until: kept.until, notice: null };
    }
  } catch {
    // Not ours, or no store: nobody is signed in.
  }
  return NOBODY;
}

function isKept(kept: unknown): kept is { token: string; until: number } {
  return (
    kept !== null &&
    typeof kept === "object" &&
    "token" in kept &&
    typeof kept.token === "string" &&
    "until" in kept &&
    typeof kept.until === "number"
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function announce(): void {
  for (const listener of listeners) {
    listener();
  }
}
