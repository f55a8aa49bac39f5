import type { Layer, System } from "../api/types";
import { system } from "../state/service";
import { plural } from "../words";

export function Footer() {
  return <footer class="footer">{system.value ? <About system={system.value} /> : <span>Torchroom</span>}</footer>;
}

function About({ system: { version, torch, slot, slots } }: { system: System }) {
  return (
    <>
      <span>Torchroom {version}</span>
      {torch && <span>torch {torch}</span>}
      <details class="about">
        <summary>
          {plural(slots, `${slot.kind} slot`)}, {holding(slot.layers)}
        </summary>
        <div class="about-layers">
          <p>Your code runs apart from everything else. These layers of isolation were tried on this machine when the service started:</p>
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
    </>
  );
}

const holding = (layers: Layer[]) =>
  `${layers.filter((layer) => layer.holds).length} of ${plural(layers.length, "layer")} of isolation hold`;
