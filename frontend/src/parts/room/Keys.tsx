import { shortcut } from "../../words";

const keys: [key: string, does: string][] = [
  [shortcut.run, "Run"],
  [shortcut.submit, "Submit"],
  ["F6", "On to the next part: question, work, result, conversation"],
  ["Shift+F6", "Back to the part before"],
  ["Esc, then Tab", "Out of the code"],
  ["Ctrl+Z", "Take back your own last change; never another’s"],
  ["Ctrl+F", "Find in the code"],
  ["Enter", "In the conversation: say it. Shift+Enter begins a new line"],
];

export function Keys() {
  return (
    <details class="menu keys-menu">
      <summary>Keys</summary>
      <dl class="keys-list">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt><kbd>{key}</kbd></dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
