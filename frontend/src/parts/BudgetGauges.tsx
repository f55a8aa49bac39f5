import type { Budget, Outcome } from "../api/types";
import { budgetGauges, type Gauge } from "../words";

export function BudgetGauges({ budget, outcome }: { budget: Budget; outcome: Outcome }) {
  return (
    <div class="gauges">
      {budgetGauges(budget, outcome).map((gauge) => <OneGauge key={gauge.name} gauge={gauge} />)}
    </div>
  );
}

function OneGauge({ gauge: { name, ratio, allowed, isOver, sentence } }: { gauge: Gauge }) {
  const scale = Math.max(ratio, allowed) * 1.1;
  const percent = (value: number) => `${(100 * value) / scale}%`;
  return (
    <div class={isOver ? "gauge gauge-over" : "gauge"}>
      <p>
        <strong>{name}</strong> {sentence}
        {isOver && <strong class="differs-word"> over budget</strong>}
      </p>
      <div class="gauge-track" aria-hidden="true">
        <div class="gauge-bar" style={{ width: percent(ratio) }} />
        <div class="gauge-limit" style={{ left: percent(allowed) }} />
      </div>
    </div>
  );
}
