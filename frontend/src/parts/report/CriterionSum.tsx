import type { Criterion, Evidence } from "../../api/report";
import { roomPath } from "../../router";
import { figure, hintsTook, moment, placesOf } from "../../state/report-words";
import { Sentence } from "../Sentence";
import { LevelWord } from "./LevelWord";

/** One criterion: each piece of evidence, value times weight, and what that comes to. */
export function CriterionSum({ id, criterion, least }: { id: string; criterion: Criterion; least: number }) {
  return (
    <section aria-labelledby={criterion.id}>
      <h2 id={criterion.id}>{criterion.title} <span class="sum-level"><LevelWord level={criterion.level} /></span></h2>
      <p class="quiet">{criterion.description}</p>
      <Flags criterion={criterion} />
      {criterion.evidence.length > 0 ? <Terms id={id} criterion={criterion} /> : <p>Nothing in this session speaks of it.</p>}
      <Result id={id} criterion={criterion} least={least} />
    </section>
  );
}

function Flags({ criterion }: { criterion: Criterion }) {
  return (
    <details class="flags">
      <summary>What speaks for it and against it</summary>
      <ul>
        {criterion.green_flags.map((flag) => <li key={flag}><span class="sign good" aria-hidden="true">+</span> <span class="hidden">For: </span>{flag}</li>)}
        {criterion.red_flags.map((flag) => <li key={flag}><span class="sign bad" aria-hidden="true">−</span> <span class="hidden">Against: </span>{flag}</li>)}
      </ul>
    </details>
  );
}

function Terms({ id, criterion }: { id: string; criterion: Criterion }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`The sum of ${criterion.title}`}>
      <table class="sum">
        <thead>
          <tr>
            <th scope="col">Evidence</th>
            <th scope="col">Value</th>
            <th scope="col">Weight</th>
            <th scope="col">Product</th>
          </tr>
        </thead>
        <tbody>
          {criterion.evidence.map((piece, at) => (
            <tr key={at}>
              <td class="in-words">
                <Sentence text={piece.sentence} /> <Places id={id} piece={piece} />
                {hintsTook(piece) && <small class="quiet">{hintsTook(piece)}</small>}
              </td>
              <td>{figure(piece.value)}</td>
              <td>{figure(piece.weight)}</td>
              <td>{figure(piece.product)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>Sum</th>
            <td>{figure(criterion.divisor)}</td>
            <td>{figure(criterion.total)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function Places({ id, piece }: { id: string; piece: Evidence }) {
  return (
    <span class="places">
      {placesOf(piece).map((place) => <a key={place.anchor} href={`${roomPath(id, "report")}#${place.anchor}`}>{place.words}</a>)}
      {piece.at !== null && (
        <a href={`${roomPath(id, "replay")}#t=${Math.max(0, piece.at).toFixed(1)}`} aria-label={`${moment(piece.at)} in the replay`}>
          {moment(piece.at)}
        </a>
      )}
    </span>
  );
}

function Result({ id, criterion, least }: { id: string; criterion: Criterion; least: number }) {
  const { value, threshold, overruled } = criterion;
  return (
    <>
      <p class="sum-line">
        {value !== null && threshold !== null ? (
          <>
            {figure(criterion.total)} ÷ {figure(criterion.divisor)} = <strong>{figure(value)}</strong>, which is at least{" "}
            {figure(threshold)}: <LevelWord level={criterion.machine_level} />.
          </>
        ) : (
          <>The evidence weighs {figure(criterion.divisor)} in all, less than {figure(least)}: <LevelWord level={null} />.</>
        )}
      </p>
      {overruled && criterion.counts !== null && (
        <p class="sum-line">
          At <a href={`${roomPath(id, "replay")}#t=${Math.max(0, overruled.at).toFixed(1)}`}>{moment(overruled.at)}</a>{" "}
          <bdi>{overruled.by}</bdi> set it to <LevelWord level={overruled.level} />
          {overruled.reason && <>, because: <q>{overruled.reason}</q></>}. This counts, as {figure(criterion.counts)}.
        </p>
      )}
    </>
  );
}
