/** Say where we are: the window's title, and the focus on the heading, so that a screen reader reads it. */
import { useEffect, useRef } from "preact/hooks";

let isFirstPage = true;

export function useArrival(title: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title === "Torchroom" ? title : `${title} · Torchroom`;
    // On the first load the browser's own order (skip link first) is the right one.
    if (!isFirstPage) heading.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, [title]);
  return heading;
}
