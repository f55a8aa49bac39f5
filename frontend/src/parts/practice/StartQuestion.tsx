import type { Question } from "../../api/types";
import { plural } from "../../words";
import { useArrival } from "../arrive";
import { Facts } from "../Facts";
import { Prose } from "../Prose";
import { PractiseInRoom } from "./PractiseInRoom";

/** For questions that are answered without a program: what will be asked, and the way into a room. */
export function StartQuestion({ question }: { question: Question }) {
  const heading = useArrival(question.title);
  return (
    <main id="main" class="start" tabIndex={-1}>
      <h1 ref={heading} tabIndex={-1}>{question.title}</h1>
      <Facts question={question} />
      <Prose html={question.prompt_html} />
      <p>{howItGoes(question.kind, question.items)}</p>
      <PractiseInRoom slug={question.slug} minutes={question.minutes} isMain />
    </main>
  );
}

function howItGoes(kind: string, items: number): string {
  switch (kind) {
    case "quiz":
      return `There are ${plural(items, "item")} to choose answers for. You submit them together, once, and see at once which were right, and why.`;
    case "predict":
      return `There are ${plural(items, "prediction")} to make before anything is run. You submit them together, once; then the program runs and shows what is so.`;
    default:
      return `There are ${plural(items, "question")} to answer in your own words. Afterwards you see the key points of a strong answer beside yours, and score yourself.`;
  }
}
