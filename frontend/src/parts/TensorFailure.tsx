import type { Described, Failure } from "../api/types";
import { failureFacts, failureTitle, index, shape, type Fact } from "../words";

/** What a person needs to find the mistake: which tensor, what was expected, what came, and where they part. */
export function TensorFailure({ failure }: { failure: Failure }) {
  const { expected, got, first_bad, label, path } = failure;
  const rows = rowsOf(expected, got);
  const facts = failureFacts(failure);
  return (
    <div class="failure">
      <h4>
        {failureTitle(failure)} {path !== label && <code class="path">{path}</code>}
      </h4>
      {(rows.length > 0 || first_bad) && <Comparison rows={rows} first={first_bad} />}
      {facts.length > 0 && <Errors facts={facts} />}
      {(expected.value !== null || got.value !== null) && (
        <div class="values">
          <Value name="Expected" value={expected.value} />
          <Value name="Got" value={got.value} />
        </div>
      )}
    </div>
  );
}

function Comparison({ rows, first }: { rows: Row[]; first: Failure["first_bad"] }) {
  return (
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
          {rows.map(({ name, left, right }) => (
            <tr key={name} class={left === right ? "" : "differs"}>
              <th scope="row">{name}</th>
              <td><code>{left}</code></td>
              <td>
                <code>{right}</code>
                {left !== right && <span class="differs-word"> differs</span>}
              </td>
            </tr>
          ))}
          {first && (
            <tr class="differs">
              <th scope="row">first difference, at <code>{index(first.index)}</code></th>
              <td><code>{first.expected}</code></td>
              <td><code>{first.got}</code></td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

function Errors({ facts }: { facts: Fact[] }) {
  return (
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
  );
}

function Value({ name, value }: { name: string; value: string | null }) {
  return (
    <div class="stream">
      <span class="stream-name">{name}</span>
      <pre class="code" tabIndex={0} aria-label={name}>{value ?? "—"}</pre>
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
