/** A sentence of the service's, in which backticks set off names of code. */
export function Sentence({ text }: { text: string }) {
  return <>{text.split("`").map((piece, at) => (at % 2 ? <code key={at}>{piece}</code> : piece))}</>;
}
