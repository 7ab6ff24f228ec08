import { useEffect, useState } from "react";

/** Which commit this page was built from; nothing where the image has no stamp. */
export function Stamp() {
  const [describe, setDescribe] = useState<string | null>(null);

  useEffect(() => {
    const leaving = new AbortController();
    fetch("/version.json", { signal: leaving.signal })
      .then((response) => (response.ok ? response.json() : null))
      .then((stamp: { describe?: unknown } | null) => {
        setDescribe(typeof stamp?.describe === "string" ? stamp.describe : null);
      })
      // The page works without its stamp, so there is nothing to tell the reader.
      .catch(() => undefined);
    return () => leaving.abort();
  }, []);

  return <footer className="stamp">{describe && <>Logbook {describe}</>}</footer>;
}
