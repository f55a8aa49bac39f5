/** Colours come from the page's own variables, so a change of scheme needs no new editor. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--editor)" },
  "&.cm-focused": { outline: "none" }, // question.css draws it around the whole, above the gutters
  ".cm-scroller": { fontFamily: "var(--mono)", fontSize: "var(--code-size)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  ".cm-gutters": { backgroundColor: "var(--editor)", color: "var(--faint)", border: "none", paddingLeft: "4px" },
  ".cm-activeLine": { backgroundColor: "var(--active-line)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--bracket)", outline: "1px solid var(--line-strong)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--bad-back)" },
  ".cm-selectionMatch": { backgroundColor: "var(--bracket)" },
  ".cm-searchMatch": { backgroundColor: "var(--search)", outline: "1px solid var(--line-strong)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--search-selected)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--back)", border: "1px solid var(--line)", color: "var(--quiet)" },
  ".cm-panels": { backgroundColor: "var(--back)", color: "var(--ink)", fontFamily: "var(--sans)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "6px 8px", fontSize: "14px" },
  ".cm-panel.cm-search label": { fontSize: "14px" },
  ".cm-textfield": { backgroundColor: "var(--paper)", border: "1px solid var(--line-strong)", color: "var(--ink)", fontSize: "14px" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--paper)", border: "1px solid var(--line-strong)", color: "var(--ink)", fontSize: "13px" },
  ".cm-panel.cm-search [name=close]": { color: "var(--ink)", fontSize: "18px" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", border: "1px solid var(--line-strong)", borderRadius: "6px", boxShadow: "var(--shadow)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "13px", maxHeight: "14em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px 8px", color: "var(--ink)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionDetail": { color: "var(--quiet)", fontStyle: "normal" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-marked": { backgroundColor: "var(--bad-back)" },
  ".cm-mark-gutter": { width: "14px" },
  ".cm-mark-gutter .cm-gutterElement": { color: "var(--bad)", fontWeight: "700", textAlign: "center", cursor: "help" },
  // The diff: what the candidate has and the reference has not, and the other way round.
  ".cm-deletedChunk": { backgroundColor: "var(--bad-back)", paddingLeft: "6px" },
  "&.cm-merge-b .cm-deletedChunk .cm-deletedText": { background: "var(--bad-strong)" },
  "&.cm-merge-b .cm-changedLine": { backgroundColor: "var(--good-back)" },
  "&.cm-merge-b .cm-changedText": { background: "var(--good-strong)" },
  ".cm-changeGutter": { width: "4px", paddingLeft: "1px" },
  "& .cm-changedLineGutter": { background: "var(--good)" },
  "& .cm-deletedLineGutter": { background: "var(--bad)" },
  ".cm-collapsedLines": { background: "var(--back)", color: "var(--quiet)", padding: "4px 12px" },
  ".cm-collapsedLines::before, .cm-collapsedLines::after": { content: "'⋯'" }, // the default sign is missing from many fonts
});

const syntax = HighlightStyle.define([
  { tag: [tags.keyword, tags.moduleKeyword, tags.controlKeyword, tags.operatorKeyword, tags.definitionKeyword], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.comment, tags.docComment], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], color: "var(--code-name)", fontWeight: "600" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "var(--code-name)" },
  { tag: [tags.self, tags.meta], color: "var(--code-number)" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

export const pythonLook = [look, syntaxHighlighting(syntax)];
