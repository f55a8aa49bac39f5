import type { AskedView, StateView } from "../../api/room";
import type { Room } from "../../state/room";
import { Sentence } from "../Sentence";

/** For whoever scores: the points of a strong answer, with a suggestion which of them the words touch. A person decides. */
export function KeyPoints({ room, view, asked }: { room: Room; view: StateView; asked: AskedView }) {
  if (!asked.points || asked.points.length === 0) return null;
  const { question, item, points } = asked;
  const scored = view.scores.find((one) => one.question === question && one.item === item && one.points !== null)?.points ?? null;
  const now = points.map((one, at) => scored?.[at] ?? one.touched);
  const tick = (at: number) => room.do("score", { question, item, points: now.map((one, other) => (other === at ? !one : one)) });
  return (
    <details class="key-points" open={room.role.value === "interviewer"}>
      <summary>Key points: {now.filter(Boolean).length} of {points.length}{scored ? "" : ", suggested by the words"}</summary>
      <ul>
        {points.map((point, at) => (
          <li key={point.text}>
            <label>
              <input type="checkbox" checked={now[at] ?? false} disabled={!room.may("score")} onChange={() => tick(at)} />
              <span>
                <Sentence text={point.text} />
                {point.found.length > 0 && <span class="quiet"> found: {point.found.map((one) => `“${one}”`).join(", ")}</span>}
              </span>
            </label>
          </li>
        ))}
      </ul>
      {!scored && room.may("score") && (
        <button type="button" onClick={() => room.do("score", { question, item, points: now })}>Score as it stands</button>
      )}
    </details>
  );
}
