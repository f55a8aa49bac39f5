/** A sentence in which backticks set off names of code. One that stands alone, or several, are what they are. */
export function Sentence({ text }: { text: string }) {
  return <>{text.split(/(?<!`)`([^`\n]+)`(?!`)/).map((piece, at) => (at % 2 ? <code key={at}>{piece}</code> : piece))}</>;
}
