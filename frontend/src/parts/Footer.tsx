import type { Layer, System } from "../api/types";
import { system } from "../state/service";
import { areThere, plural } from "../words";

export function Footer() {
  return <footer class="footer">{system.value ? <About system={system.value} /> : <span>Torchroom</span>}</footer>;
}

function About({ system: { version, torch, slot, slots, executors } }: { system: System }) {
  return (
    <>
      <span>Torchroom {version}</span>
      {torch && <span>torch {torch}</span>}
      {slot.state === "ready" ? <Isolation slot={slot} slots={slots} executors={executors} /> : <span>{slot.state === "away" && areThere({ executors }) ? "No executor takes runs" : stateWord[slot.state]}</span>}
    </>
  );
}

const stateWord = {
  starting: "The slots that run code are starting…",
  away: "No executor is connected",
  failed: "No slot could be started",
  stopped: "The service is stopping",
} as const;

function Isolation({ slot, slots, executors }: Pick<System, "slot" | "slots" | "executors">) {
  return (
    <details class="about">
      <summary>
        {executors !== null && `${plural(executors, "executor")}, `}
        {plural(slots, `${slot.kind} slot`)}, {holding(slot.layers)}
      </summary>
      <div class="about-layers" tabIndex={0} role="group" aria-label="Layers of isolation">
        <p>Layers of isolation around the code that is run, as they were found {whereFound(executors)}:</p>
        <ul>
          {slot.layers.map((layer) => (
            <li key={layer.name}>
              <span class={layer.holds ? "sign good" : "sign bad"} aria-hidden="true">{layer.holds ? "✓" : "✗"}</span>
              <span>
                <strong>{layer.name}</strong> {layer.holds ? "holds" : "does not hold"}
                <span class="quiet"> {layer.detail}</span>
              </span>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}

function whereFound(executors: number | null): string {
  if (executors === null) return "on this machine when the service started";
  return executors > 1 ? "on every executor when it started (one that is missing on any does not hold)" : "on the executor when it started";
}

const holding = (layers: Layer[]) =>
  `${layers.filter((layer) => layer.holds).length} of ${plural(layers.length, "layer")} of isolation hold`;
