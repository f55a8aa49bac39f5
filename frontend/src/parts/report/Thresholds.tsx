import type { Report } from "../../api/report";
import { figure } from "../../state/report-words";
import { LevelWord } from "./LevelWord";

export function Thresholds({ report }: { report: Report }) {
  return (
    <section aria-labelledby="levels">
      <h2 id="levels">Levels</h2>
      <table class="sum sum-short">
        <thead>
          <tr>
            <th scope="col">Level</th>
            <th scope="col">From a value of</th>
            <th scope="col">Counts, when a person sets it</th>
          </tr>
        </thead>
        <tbody>
          {report.thresholds.map((one) => (
            <tr key={one.level}>
              <th scope="row"><LevelWord level={one.level} /></th>
              <td>{figure(one.at_least)}</td>
              <td>{figure(one.by_person)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet">
        A criterion whose evidence weighs less than {figure(report.outcome.least_weight)} in all is not assessed: it counts neither
        for nor against.
      </p>
    </section>
  );
}
