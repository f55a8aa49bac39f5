import { useEffect, useRef } from "preact/hooks";

/** Text that the service rendered from Markdown and sanitised. Mathematics is set here, if there is any. */
export function Prose({ html }: { html: string }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const formulas = root.current?.querySelectorAll<HTMLElement>(".math") ?? [];
    if (formulas.length === 0) return;
    // If it cannot be fetched the formulas stay readable as TeX.
    void import("./math").then(({ setFormula }) => formulas.forEach(setFormula), () => {});
  }, [html]);
  useEffect(() => (root.current ? reachWhatScrolls(root.current) : undefined), [html]);
  return <div class="prose" ref={root} dangerouslySetInnerHTML={{ __html: html }} />;
}

/** What is wider than its column scrolls, and what scrolls has to be reached by the keyboard. */
function reachWhatScrolls(root: HTMLElement): () => void {
  const look = () => {
    for (const part of root.querySelectorAll<HTMLElement>("pre, table, div.math")) {
      if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
      else part.removeAttribute("tabindex");
    }
  };
  const onResize = new ResizeObserver(look); // tells once at the beginning too
  onResize.observe(root);
  return () => onResize.disconnect();
}
