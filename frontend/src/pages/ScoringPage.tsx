import { useEffect, useMemo } from "preact/hooks";
import type { Report } from "../api/report";
import { useArrival } from "../parts/arrive";
import { CriterionSum } from "../parts/report/CriterionSum";
import { Thresholds } from "../parts/report/Thresholds";
import { Trouble } from "../parts/Trouble";
import { WholeSum } from "../parts/report/WholeSum";
import { roomPath } from "../router";
import { openScoring } from "../state/report";
import "../styles/report.css";

export function ScoringPage({ id }: { id: string }) {
  const desk = useMemo(() => openScoring(id), [id]);
  useEffect(() => desk.close, [desk]);
  const loaded = desk.state.value;
  if (loaded.at !== "here") return <Trouble id={id} what="scoring" loaded={loaded} />;
  return <Arithmetic id={id} report={loaded.value} />;
}

function Arithmetic({ id, report }: { id: string; report: Report }) {
  const heading = useArrival("How this was scored");
  return (
    <main id="main" class="report-page scoring" tabIndex={-1}>
      <p><a href={roomPath(id, "report")}>Report: {report.title}</a></p>
      <h1 ref={heading} tabIndex={-1}>How this was scored</h1>
      <p class="lead">
        Every piece of evidence has a value, from 0 (against) to 1 (for), and a weight. A criterion’s value is the sum of value times
        weight, divided by the sum of the weights. The session’s value is made of the criteria in the same way. Nothing else happens:
        the same log always gives the same score. Pastes and times away from the page enter nowhere.
      </p>
      <Thresholds report={report} />
      <WholeSum report={report} />
      {report.criteria.map((criterion) => (
        <CriterionSum key={criterion.id} id={id} criterion={criterion} least={report.outcome.least_weight} />
      ))}
    </main>
  );
}
