import { type ReactNode, useEffect, useRef } from "react";

interface Props {
  /** The page's name in the browser's own list. */
  name: string;
  children: ReactNode;
}

let isFirst = true;

/** The next heading takes the focus: what had it is gone. */
export function expectTitle(): void {
  isFirst = false;
}

/** A page's heading. It takes the focus when the page is come to, so that readers start at its top. */
export function Title({ name, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    if (!isFirst && !document.activeElement?.matches("input, select")) {
      heading.current?.focus({ preventScroll: true });
    }
    isFirst = false;
  }, []);

  return (
    <>
      <title>{`${name} · Logbook`}</title>
      <h1 tabIndex={-1} ref={heading}>
        {children}
      </h1>
    </>
  );
}
