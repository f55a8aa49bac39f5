import { useEffect, useMemo } from "preact/hooks";
import { Article } from "../parts/report/Article";
import { ScoringPanel } from "../parts/report/ScoringPanel";
import { Tools } from "../parts/report/Tools";
import { Trouble } from "../parts/Trouble";
import { openReport } from "../state/report";
import "../styles/report.css";

export function ReportPage({ id }: { id: string }) {
  const desk = useMemo(() => openReport(id), [id]);
  useEffect(() => desk.close, [desk]);
  const loaded = desk.state.value;
  if (loaded.at !== "here") return <Trouble id={id} what="report" loaded={loaded} />;
  const { room, page } = loaded.value;
  return (
    <main id="main" class="report-page" tabIndex={-1}>
      <Tools id={id} desk={desk} shown={loaded.value} />
      <p class="report-said" role="status">{desk.said.value}</p>
      {room.state.may.includes("score") && <ScoringPanel desk={desk} report={page.report} />}
      <Article page={page} />
    </main>
  );
}
