import { useState } from "preact/hooks";
import type { Criterion, Level } from "../../api/report";
import type { ReportDesk } from "../../state/report";
import { levels, levelWord } from "../../state/report-words";

/** A person's level for one criterion, with the reason for it. */
export function CriterionScore({ desk, criterion }: { desk: ReportDesk; criterion: Criterion }) {
  const [level, setLevel] = useState<Level | "">(criterion.overruled?.level ?? "");
  const [reason, setReason] = useState(criterion.overruled?.reason ?? "");
  const [complaint, setComplaint] = useState("");
  const [isBusy, setBusy] = useState(false);

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    const missing = whatIsMissing();
    setComplaint(missing);
    if (missing) return;
    setBusy(true);
    await desk.score(level ? { criterion: criterion.id, level, reason: reason.trim() } : { criterion: criterion.id, level: null, reason: "" });
    setBusy(false);
  }

  function whatIsMissing(): string {
    // Going back to the machine's level needs no reason.
    if (!level) return criterion.overruled ? "" : "Choose a level first.";
    return reason.trim() ? "" : "Say why: the reason stands in the report.";
  }

  const said = `complaint-${criterion.id}`;
  return (
    <form class="criterion-score" onSubmit={(event) => void save(event)}>
      <fieldset>
        <legend class="hidden">{criterion.title}</legend>
        <p>
          <strong aria-hidden="true">{criterion.title}</strong>
          <span class="quiet">{criterion.machine_level ? `The machine says ${levelWord[criterion.machine_level]}.` : "The machine has not assessed it."}</span>
        </p>
        <label>
          Level
          <select value={level} onChange={(event) => setLevel(event.currentTarget.value as Level | "")}>
            <option value="">{criterion.machine_level ? "leave it so" : "not assessed"}</option>
            {levels.map((one) => <option key={one} value={one}>{levelWord[one]}</option>)}
          </select>
        </label>
        <label class="score-reason">
          Reason
          <input
            value={reason}
            maxLength={2000}
            aria-describedby={complaint ? said : undefined}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <button type="submit" aria-disabled={isBusy} aria-label={`Set the level of ${criterion.title}`}>Set</button>
        <p id={said} class="bad" role="alert">{complaint}</p>
      </fieldset>
    </form>
  );
}
