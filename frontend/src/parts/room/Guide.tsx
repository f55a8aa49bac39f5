import type { RoomQuestion, RoomSolution, StateView } from "../../api/room";
import type { Loading } from "../../state/loading";
import type { Room } from "../../state/room";
import { Prose } from "../Prose";
import { Sentence } from "../Sentence";

/** For the interviewer: what to ask next, the points of a strong answer, the reference. */
export function Guide({ room, view, slug, loaded }: { room: Room; view: StateView; slug: string; loaded: Loading<RoomQuestion> | undefined }) {
  if (loaded?.at !== "here") return <p class="quiet" aria-busy="true">Fetching the guide…</p>;
  const solution = loaded.value.solution;
  if (!solution) return <p class="quiet">There is no guide to this question.</p>;
  const wasAsked = (item: number, further: boolean) =>
    view.asked.some((one) => one.question === slug && one.item === item && one.further === further);
  return (
    <div class="guide">
      {solution.followups.length > 0 && (
        <section>
          <h3>To ask</h3>
          {solution.followups.map((one, item) => (
            <details class="followup" key={item}>
              <summary><Sentence text={one.question} /></summary>
              <ul>
                {one.key_points.map((point) => <li key={point}><Sentence text={point} /></li>)}
              </ul>
              {one.green_flags && one.green_flags.length > 0 && <p class="quiet">Good signs: <Sentence text={one.green_flags.join(" ")} /></p>}
              {one.red_flags && one.red_flags.length > 0 && <p class="quiet">Bad signs: <Sentence text={one.red_flags.join(" ")} /></p>}
              <div class="choices">
                <Ask room={room} slug={slug} item={item} further={false} was={wasAsked(item, false)} word="Ask this" />
                {one.further && wasAsked(item, false) && <Ask room={room} slug={slug} item={item} further was={wasAsked(item, true)} word="Ask one more about it" />}
              </div>
            </details>
          ))}
        </section>
      )}
      <Hints hints={solution.hints} given={view.questions.find((one) => one.slug === slug)?.hints_given ?? 0} />
      {solution.reference && (
        <details class="rules">
          <summary>Reference</summary>
          <pre class="code" tabIndex={0} aria-label="Reference">{solution.reference}</pre>
        </details>
      )}
      {solution.editorial_html && (
        <details class="rules">
          <summary>Editorial</summary>
          <Prose html={solution.editorial_html} />
        </details>
      )}
    </div>
  );
}

/** Word for word what "Give a hint" sends, so that whoever gives one knows it. */
function Hints({ hints, given }: { hints: RoomSolution["hints"]; given: number }) {
  if (hints.length === 0) return null;
  return (
    <section>
      <h3>Hints</h3>
      {hints.map((hint, at) => (
        <details class="followup" key={at}>
          <summary>
            {hint.title} <span class="quiet">{at < given ? "✓ given" : at === given ? "the next one" : ""}</span>
          </summary>
          <Prose html={hint.html} />
        </details>
      ))}
    </section>
  );
}

function Ask({ room, slug, item, further, was, word }: { room: Room; slug: string; item: number; further: boolean; was: boolean; word: string }) {
  if (was) return <span class="quiet">{further ? "One more was asked." : "Asked."}</span>;
  if (!room.may("asked")) return null;
  return <button type="button" onClick={() => room.do("asked", { question: slug, item, further })}>{word}</button>;
}
