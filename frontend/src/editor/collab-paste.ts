/** How much of a change was pasted from outside of this page. What was copied inside it is not told. */
import { Annotation, EditorState, type Extension, type Transaction } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

const pastedLength = Annotation.define<number>();

export const pastedOf = (transaction: Transaction): number => transaction.annotation(pastedLength) ?? 0;

let copiedHere = "";
let isListening = false;

/** Copies anywhere on the page count as its own: the prompt, the results, another document. */
function listen(): void {
  if (isListening) return;
  isListening = true;
  const remember = (event: ClipboardEvent) => {
    copiedHere = event.clipboardData?.getData("text/plain") || String(document.getSelection() ?? "");
  };
  document.addEventListener("copy", remember); // after the editor, which fills in what it copies
  document.addEventListener("cut", remember);
}

const plain = (text: string) => text.replace(/\r\n?/g, "\n").trim();

export function noticePastes(): Extension {
  listen();
  let isFromOutside = false;
  const notice = (data: DataTransfer | null) => {
    const text = plain(data?.getData("text/plain") ?? "");
    isFromOutside = text !== "" && text !== plain(copiedHere);
    return false;
  };
  return [
    EditorView.domEventHandlers({
      paste: (event) => notice(event.clipboardData),
      drop: (event) => notice(event.dataTransfer),
    }),
    EditorState.transactionExtender.of((transaction) => {
      if (!isFromOutside || !(transaction.isUserEvent("input.paste") || transaction.isUserEvent("input.drop"))) return null;
      let length = 0;
      transaction.changes.iterChanges((_fromA, _toA, _fromB, _toB, inserted) => {
        length += inserted.length;
      });
      return length > 0 ? { annotations: pastedLength.of(length) } : null;
    }),
  ];
}
