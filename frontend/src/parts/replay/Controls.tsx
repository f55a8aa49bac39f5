import { useComputed } from "@preact/signals";
import { speeds, type Player } from "../../state/replay-player";
import { timeOf, type Names } from "../../state/replay-words";
import { stopwatch } from "../../words";
import { keyHelp } from "./keys";

interface Props {
  player: Player;
  names: Names;
}

export function Controls({ player, names }: Props) {
  return (
    <div class="player-controls">
      <PlayButton player={player} />
      <div class="player-steps" role="group" aria-label="Step">
        <button type="button" class="plain" onClick={() => player.stepEvent(-1)} title="Previous event (Shift ←)"><span aria-hidden="true">|◀</span><span class="hidden">Previous event</span></button>
        <button type="button" class="plain" onClick={() => player.skip(-1)} title="5 seconds back (←)">−5 s</button>
        <button type="button" class="plain" onClick={() => player.skip(1)} title="5 seconds on (→)">+5 s</button>
        <button type="button" class="plain" onClick={() => player.stepEvent(1)} title="Next event (Shift →)"><span aria-hidden="true">▶|</span><span class="hidden">Next event</span></button>
      </div>
      <Where player={player} names={names} />
      <Speeds player={player} />
      <label class="player-skip">
        <input type="checkbox" checked={player.skipsIdle.value} onChange={(event) => { player.skipsIdle.value = event.currentTarget.checked; }} />
        <span>Skip idle<span class="wide"> time</span></span>
      </label>
    </div>
  );
}

function PlayButton({ player }: { player: Player }) {
  const isPlaying = player.isPlaying.value;
  return (
    <button type="button" class="primary player-play" onClick={player.toggle}>
      <span aria-hidden="true">{isPlaying ? "❚❚" : "▶"}</span> {isPlaying ? "Pause" : "Play"}
    </button>
  );
}

/** To the second only: nothing here is drawn anew for every frame. */
function Where({ player, names }: Props) {
  const { moment, replay, isPlaying, skipsIdle } = player;
  const time = useComputed(() => timeOf(moment.value.time)).value;
  const phase = useComputed(() => moment.value.phase).value;
  const left = useComputed(() => (moment.value.remaining === null ? null : stopwatch(Math.ceil(moment.value.remaining)))).value;
  const isPaused = useComputed(() => moment.value.isPaused).value;
  const isAway = useComputed(() => moment.value.isAway).value;
  const gap = useComputed(() => (isPlaying.value && skipsIdle.value ? replay.idle.gapAt(moment.value.time) : null)).value;
  return (
    <p class="player-where">
      <span class="player-time"><strong>{time}</strong> <span class="quiet">of {timeOf(replay.duration)}</span></span>
      {phase && <span class="player-phase">{names.stage(phase.stage, phase.phase)}</span>}
      {left !== null && <span class="quiet">{left} left{isPaused && ", clock paused"}</span>}
      {isAway && <span class="badge">candidate away from the window</span>}
      {gap && <span class="badge">skipping {timeOf(gap.to - gap.from)} of nothing</span>}
    </p>
  );
}

function Speeds({ player }: { player: Player }) {
  return (
    <fieldset class="speeds">
      <legend class="hidden">Speed</legend>
      {speeds.map((speed) => (
        <label key={speed} class={player.speed.value === speed ? "speed speed-chosen" : "speed"}>
          <input class="hidden" type="radio" name="speed" checked={player.speed.value === speed} onChange={() => player.setSpeed(speed)} />
          {speed}×
        </label>
      ))}
    </fieldset>
  );
}

/** What the keys do and what the signs mean. */
export function Help() {
  return (
    <div class="player-help quiet">
      <p class="player-keys">
        {keyHelp.map(({ keys, does }) => (
          <span key={does}>
            {keys.map((key) => <kbd key={key}>{key}</kbd>)} {does}
          </span>
        ))}
      </p>
      <p class="player-signs">
        <span><span class="mark-sample mark-run" aria-hidden="true">✓</span> Run</span>
        <span><span class="mark-sample mark-submit" aria-hidden="true">✓</span> Submit</span>
        <span>✓ passed</span>
        <span>✗ failed</span>
        <span>? hint</span>
        <span>P paste</span>
        <span>+ more time</span>
        <span><span class="band-sample band-paused" aria-hidden="true" /> paused</span>
        <span><span class="band-sample absence" aria-hidden="true" /> window left</span>
      </p>
    </div>
  );
}
