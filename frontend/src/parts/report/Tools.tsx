import { roomPath } from "../../router";
import type { ReportDesk, Shown } from "../../state/report";
import { ShareReport } from "../ShareReport";

/** What can be done with a report. Not printed. */
export function Tools({ id, desk, shown }: { id: string; desk: ReportDesk; shown: Shown }) {
  const { room, page: { report } } = shown;
  return (
    <nav class="report-tools" aria-label="About this report">
      <a href={roomPath(id)}>Room</a>
      <a href={roomPath(id, "replay")}>Replay</a>
      <a href={roomPath(id, "scoring")}>How this was scored</a>
      <span class="report-tools-gap" />
      {room.state.may.includes("share") && !report.practice && (
        <ShareReport label="Share with the candidate" look="primary" share={() => void desk.share()} />
      )}
      {report.shared && room.role === "interviewer" && <span class="quiet">Shared with the candidate</span>}
      <button type="button" onClick={() => window.print()}>Print</button>
      <button type="button" onClick={() => void desk.download("html")}>Download HTML</button>
      <button type="button" onClick={() => void desk.download("json")}>Download JSON</button>
    </nav>
  );
}
