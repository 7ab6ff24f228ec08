import { useEffect, useRef, useState } from "react";

/** Milliseconds without a key after which what was typed counts. */
const PAUSE = 250;

/**
 * What stands in a field, and the way to change it. `settle` is called with it after a pause; what
 * comes from outside (the back button) takes the field's place.
 */
export function useTyped(
  given: string,
  settle: (text: string) => void,
): [string, (text: string) => void] {
  const [typed, setTyped] = useState(given);
  const settled = useRef(given);
  const latest = useRef(settle);
  latest.current = settle;

  useEffect(() => {
    if (given !== settled.current) {
      settled.current = given;
      setTyped(given);
    }
  }, [given]);

  useEffect(() => {
    if (typed === settled.current) {
      return;
    }
    const timer = setTimeout(() => {
      settled.current = typed;
      latest.current(typed);
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);

  return [typed, setTyped];
}
