import { extraTimes } from "../../state/interviews";

interface Props {
  label: string;
  chosen: number;
  onChoose: (percent: number) => void;
}

/** For people who read, type or speak more slowly: every stage is lengthened. */
export function ExtraTime({ label, chosen, onChoose }: Props) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={chosen} onChange={(event) => onChoose(Number(event.currentTarget.value))}>
        {extraTimes.map((percent) => (
          <option key={percent} value={percent}>{percent === 0 ? "None" : `${percent} % more`}</option>
        ))}
      </select>
    </label>
  );
}
