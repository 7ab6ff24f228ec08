import { useEffect, useState } from "react";

/** Copies a text; tells that it did. Nothing is shown where the browser allows no copying. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [done, setDone] = useState(false);

  useEffect(() => {
    if (!done) {
      return;
    }
    const timer = setTimeout(() => setDone(false), 2_000);
    return () => clearTimeout(timer);
  }, [done]);

  // Browsers give it to pages of https and of this machine only.
  if (!navigator.clipboard) {
    return null;
  }
  return (
    <>
      <button
        type="button"
        className="small"
        aria-label={`Copy ${what}`}
        onClick={() => navigator.clipboard.writeText(text).then(() => setDone(true))}
      >
        {done ? "Copied" : "Copy"}
      </button>
      <span className="unseen" role="status">
        {done && `Copied ${what}`}
      </span>
    </>
  );
}
