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
  return <div class="prose" ref={root} dangerouslySetInnerHTML={{ __html: html }} />;
}
