import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, listBuilds } from "../api/client";
import type { Build } from "../api/types";

export interface BuildsState {
  items: Build[];
  /** Cursor of the older builds, or null when all are shown. */
  next: string | null;
  status: "loading" | "ready" | "failed";
  /** Why the last request failed. */
  error: string | null;
}

const START: BuildsState = { items: [], next: null, status: "loading", error: null };

/** The recorded builds with the two ways to get more of them: from the top, and older ones. */
export function useBuilds(token: string, onExpired: () => void) {
  const [state, setState] = useState<BuildsState>(START);
  const running = useRef<AbortController | null>(null);

  const load = useCallback(
    async (cursor: string | null) => {
      // Only the latest request may change what is shown.
      running.current?.abort();
      const request = new AbortController();
      running.current = request;
      setState((before) => ({ ...before, status: "loading", error: null }));
      try {
        const page = await listBuilds(token, cursor, request.signal);
        setState((before) => ({
          items: cursor === null ? page.items : [...before.items, ...page.items],
          next: page.next,
          status: "ready",
          error: null,
        }));
      } catch (failure) {
        if (request.signal.aborted) {
          return;
        }
        if (failure instanceof ApiError && failure.status === 401) {
          onExpired();
          return;
        }
        const error = failure instanceof Error ? failure.message : String(failure);
        setState((before) => ({ ...before, status: "failed", error }));
      }
    },
    [token, onExpired],
  );

  useEffect(() => {
    load(null);
    return () => running.current?.abort();
  }, [load]);

  const refresh = useCallback(() => load(null), [load]);
  const loadOlder = useCallback(() => load(state.next), [load, state.next]);
  return { state, refresh, loadOlder };
}
