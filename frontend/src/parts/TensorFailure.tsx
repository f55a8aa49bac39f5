import type { Described, Failure } from "../api/types";
import { failureFacts, failureTitle, index, shape } from "../words";

/** What a person needs to find the mistake: which tensor, what was expected, what came, and where they part. */
export function TensorFailure({ failure }: { failure: Failure }) {
  const { expected, got, first_bad } = failure;
  const facts = failureFacts(failure);
  return (
    <div class="failure">
      <h4>
        {failureTitle(failure)} <code class="path">{failure.path}</code>
      </h4>
      <div class="scroll" tabIndex={0} role="group" aria-label="Expected and got">
        <table class="compare">
          <thead>
            <tr>
              <td />
              <th scope="col">Expected</th>
              <th scope="col">Got</th>
            </tr>
          </thead>
          <tbody>
            {rowsOf(expected, got).map(({ name, left, right }) => (
              <tr key={name} class={left === right ? "" : "differs"}>
                <th scope="row">{name}</th>
                <td><code>{left}</code></td>
                <td>
                  <code>{right}</code>
                  {left !== right && <span class="differs-word"> differs</span>}
                </td>
              </tr>
            ))}
            {first_bad && (
              <tr class="differs">
                <th scope="row">first difference, at <code>{index(first_bad.index)}</code></th>
                <td><code>{first_bad.expected}</code></td>
                <td><code>{first_bad.got}</code></td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {facts.length > 0 && (
        <dl class="errors">
          {facts.map(({ name, value, note }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <strong>{value}</strong> {note && <span class="quiet">({note})</span>}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {(expected.value !== null || got.value !== null) && (
        <div class="values">
          <Value name="Expected values" value={expected.value} />
          <Value name="Got" value={got.value} />
        </div>
      )}
    </div>
  );
}

function Value({ name, value }: { name: string; value: string | null }) {
  return (
    <div class="stream">
      <span class="stream-name">{name}</span>
      <pre class="code" tabIndex={0} aria-label={name}>{value ?? "not shown"}</pre>
    </div>
  );
}

interface Row {
  name: string;
  left: string;
  right: string;
}

function rowsOf(expected: Described, got: Described): Row[] {
  const rows: Row[] = [];
  if (expected.type !== got.type) rows.push({ name: "type", left: expected.type, right: got.type });
  if (expected.shape !== null || got.shape !== null) {
    rows.push({ name: "shape", left: shape(expected.shape), right: shape(got.shape) });
  }
  if (expected.dtype !== null || got.dtype !== null) {
    rows.push({ name: "dtype", left: expected.dtype ?? "—", right: got.dtype ?? "—" });
  }
  return rows;
}
