import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ReportPage } from "../../api/report";
import { useArrival } from "../arrive";

/** The report as the service wrote it: one template for this page, the print and the file. */
export function Article({ page }: { page: ReportPage }) {
  const root = useRef<HTMLDivElement>(null);
  const heading = useArrival(`Report: ${page.title}`);
  const open = useRef<Set<string>>(new Set());

  // Before the arrival's own effect looks for the heading.
  useLayoutEffect(() => {
    heading.current = root.current?.querySelector("h1") ?? null;
    // The report comes anew after each score; what was open before is open again.
    for (const details of detailsIn(root.current)) {
      if (open.current.has(nameOf(details))) details.open = true;
      details.addEventListener("toggle", () => {
        if (details.open) open.current.add(nameOf(details));
        else open.current.delete(nameOf(details));
      });
    }
  }, [page.html, heading]);

  useEffect(() => {
    setFormulas(root.current);
  }, [page.html]);

  useEffect(() => {
    // The place in the address was not there yet when the browser looked for it.
    if (/^#[\w-]+$/.test(window.location.hash)) window.location.replace(window.location.hash);
  }, []);

  return <div ref={root} dangerouslySetInnerHTML={{ __html: page.html }} />;
}

const detailsIn = (root: HTMLElement | null) => [...(root?.querySelectorAll("details") ?? [])];

/** By where it stands: the words on it may change with a score. */
function nameOf(details: HTMLDetailsElement): string {
  const section = details.closest("section")?.getAttribute("aria-labelledby") ?? "";
  return `${section}/${detailsIn(details.closest("section")).indexOf(details)}`;
}

function setFormulas(root: HTMLElement | null): void {
  const formulas = root?.querySelectorAll<HTMLElement>(".math") ?? [];
  if (formulas.length === 0) return;
  // If it cannot be fetched the formulas stay readable as TeX.
  void import("../math").then(({ setFormula }) => formulas.forEach(setFormula), () => {});
}
