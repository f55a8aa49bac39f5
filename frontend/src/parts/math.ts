/** KaTeX, fetched only where a text has mathematics in it. */
import katex from "katex";
import "katex/dist/katex.min.css";

export function setFormula(formula: HTMLElement): void {
  const source = formula.dataset.tex ?? formula.textContent ?? "";
  formula.dataset.tex = source; // set once: a second visit starts from the source again
  katex.render(source, formula, { displayMode: formula.tagName === "DIV", throwOnError: false });
}
