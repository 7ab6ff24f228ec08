import { useEffect, useRef } from "react";
import { BuildTable } from "../components/BuildTable";
import { type BuildsState, useBuilds } from "./useBuilds";

interface Props {
  token: string;
  /** Called when the backend no longer takes the token. */
  onExpired: () => void;
}

/** The list of recorded builds. */
export function Builds({ token, onExpired }: Props) {
  const { state, refresh, loadOlder } = useBuilds(token, onExpired);
  const heading = useRef<HTMLHeadingElement>(null);
  const busy = state.status === "loading";

  // The form that had the focus is gone: readers of the screen start at the new page's top.
  useEffect(() => heading.current?.focus(), []);

  return (
    <section aria-labelledby="builds-title">
      <div className="title">
        <h1 id="builds-title" tabIndex={-1} ref={heading}>
          Builds
        </h1>
        <p className="count" role="status">
          {summaryOf(state)}
        </p>
        <button type="button" onClick={refresh} aria-disabled={busy}>
          Refresh
        </button>
      </div>
      {state.status === "failed" && (
        <div className="notice bad" role="alert">
          <p>{state.error}</p>
          <button type="button" onClick={refresh}>
            Try again
          </button>
        </div>
      )}
      <Found state={state} />
      {state.next !== null && (
        <button type="button" className="more" onClick={loadOlder} aria-disabled={busy}>
          Show older builds
        </button>
      )}
    </section>
  );
}

function Found({ state }: { state: BuildsState }) {
  if (state.items.length > 0) {
    return <BuildTable builds={state.items} />;
  }
  if (state.status === "loading") {
    return <div className="placeholder" aria-hidden="true" />;
  }
  if (state.status === "failed") {
    return null;
  }
  return (
    <div className="empty">
      <h2>No build is recorded yet</h2>
      <p>A build appears here as soon as one is recorded.</p>
    </div>
  );
}

function summaryOf({ items, next, status }: BuildsState): string {
  if (status === "loading") {
    return "Loading…";
  }
  if (status === "failed" || items.length === 0) {
    return "";
  }
  return next === null ? `${items.length} recorded` : `the latest ${items.length}`;
}
