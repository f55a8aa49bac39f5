import type { Level } from "../../api/report";
import { levelSign, levelWord } from "../../state/report-words";

export function LevelWord({ level }: { level: Level | null }) {
  if (level === null) return <span class="quiet">not assessed</span>;
  return (
    <span class={level === "yes" || level === "strong-yes" ? "good" : "bad"}>
      <span class="sign" aria-hidden="true">{levelSign[level]}</span> {levelWord[level]}
    </span>
  );
}
