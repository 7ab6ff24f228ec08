import { type RefObject, useLayoutEffect, useRef, useState } from "react";

/** The width in pixels that an element has, kept up to date; `usual` until it is measured. */
export function useWidth<Element extends HTMLElement>(
  usual: number,
): [RefObject<Element | null>, number] {
  const box = useRef<Element>(null);
  const [width, setWidth] = useState(usual);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) {
      return;
    }
    const measure = () => setWidth(element.clientWidth || usual);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [usual]);

  return [box, width];
}
