import type { Report } from "../../api/report";
import { figure, percent } from "../../state/report-words";
import { LevelWord } from "./LevelWord";

/** The criteria, added up to the session. */
export function WholeSum({ report: { criteria, outcome } }: { report: Report }) {
  return (
    <section aria-labelledby="whole">
      <h2 id="whole">The whole</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="The sum of all criteria">
        <table class="sum">
          <thead>
            <tr>
              <th scope="col">Criterion</th>
              <th scope="col">Counts</th>
              <th scope="col">Weight</th>
              <th scope="col">Product</th>
            </tr>
          </thead>
          <tbody>
            {criteria.map((one) => (
              <tr key={one.id}>
                <th scope="row"><a href={`#${one.id}`}>{one.title}</a> <span class="sum-level"><LevelWord level={one.level} /></span></th>
                <td>{one.counts === null ? "–" : figure(one.counts)}</td>
                <td>{one.counts === null ? "–" : figure(one.weight)}</td>
                <td>{one.counts === null ? "–" : figure(one.weight * one.counts)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>Sum</th>
              <td>{figure(outcome.divisor)}</td>
              <td>{figure(outcome.total)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      <p class="sum-line">
        {outcome.value === null || outcome.threshold === null ? (
          "No criterion was assessed, so there is nothing to add up."
        ) : (
          <>
            {figure(outcome.total)} ÷ {figure(outcome.divisor)} = <strong>{figure(outcome.value)}</strong>, which is at least{" "}
            {figure(outcome.threshold)}: <LevelWord level={outcome.level} />. {percent(outcome.assessed)} of the whole weight was
            assessed.
          </>
        )}
      </p>
    </section>
  );
}
