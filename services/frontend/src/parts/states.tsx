import type { ReactNode } from "react";
import { ApiError } from "../api/client";

/** While the first answer is on its way. */
export function Loading({ what, lines = 4 }: { what: string; lines?: number }) {
  return (
    <div className="loading" role="status">
      <span className="unseen">Loading {what}…</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all the same
        <div className="bone" key={line} aria-hidden="true" />
      ))}
    </div>
  );
}

/** What failed, why, and the way to try again. */
export function Failure({ what, error, retry }: { what: string; error: Error; retry: () => void }) {
  const request = error instanceof ApiError ? error.request : null;
  return (
    <div className="notice bad" role="alert">
      <div>
        <p>
          <strong>{what} could not be read.</strong> {error.message}
        </p>
        {request && <p className="small">Request {request}</p>}
      </div>
      <button type="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

/** Nothing is there, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children && <div className="empty-text">{children}</div>}
    </div>
  );
}

interface Answer<Data> {
  data: Data | undefined;
  error: Error | null;
  refetch: () => unknown;
}

interface Props<Data> {
  what: string;
  answer: Answer<Data>;
  lines?: number;
  children: (data: Data) => ReactNode;
}

/** The answer of a query in each of its states; what is known stays when a later reading fails. */
export function Answered<Data>({ what, answer, lines, children }: Props<Data>) {
  const { data, error, refetch } = answer;
  const known = data !== undefined;
  return (
    <>
      {error && <Failure what={what} error={error} retry={() => refetch()} />}
      {known && children(data)}
      {!known && !error && (
        <Loading what={what.toLowerCase()} {...(lines !== undefined && { lines })} />
      )}
    </>
  );
}

interface MoreProps {
  name: string;
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}

/** The way to what follows in a list. */
export function More({ name, list }: MoreProps) {
  if (!list.hasNextPage) {
    return null;
  }
  const busy = list.isFetchingNextPage;
  return (
    <button
      type="button"
      className="more"
      aria-disabled={busy}
      onClick={() => busy || list.fetchNextPage()}
    >
      {busy ? "Loading…" : name}
    </button>
  );
}
