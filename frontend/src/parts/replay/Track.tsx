import { useMemo, useRef } from "preact/hooks";
import type { Replay } from "../../state/replay";
import type { Player } from "../../state/replay-player";
import { momentWord, phaseWord, runTold, timeOf, told, type Names, type Told } from "../../state/replay-words";

interface Props {
  player: Player;
  names: Names;
}

/** The whole session as one slider: what happened when, and where we are in it. */
export function Track({ player, names }: Props) {
  const track = useRef<HTMLDivElement>(null);
  const { replay } = player;
  const seekTo = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    if (box) player.seek(((event.clientX - box.left) / box.width) * replay.duration);
  };
  return (
    <div
      ref={track}
      class="time-track"
      role="slider"
      tabIndex={0}
      aria-label="Time in the session"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.floor(replay.duration / 1000)}
      aria-valuenow={Math.floor(player.moment.value.time / 1000)}
      aria-valuetext={momentWord(player.moment.value)}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        const mark = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-index]") : null;
        if (mark) {
          player.seekEvent(Number(mark.dataset.index));
          return;
        }
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event);
      }}
    >
      <Still replay={replay} names={names} />
      <Head player={player} />
    </div>
  );
}

function Head({ player }: { player: Player }) {
  return <div class="track-head" style={{ left: share(player.moment.value.time, player.replay) }} />;
}

/** What stays as it is while the time moves on. */
function Still({ replay, names }: { replay: Replay; names: Names }) {
  return useMemo(() => <Lanes replay={replay} names={names} />, [replay, names]);
}

function Lanes({ replay, names }: { replay: Replay; names: Names }) {
  const { marks } = replay;
  const busiest = Math.max(...marks.density, 1);
  return (
    <>
      <div class="lane lane-phases">
        {marks.phases.filter((band) => band.to > band.from).map((band) => (
          <span key={band.index} class={`band band-${band.phase}`} style={place(band.from, band.to, replay)} title={`${names.stage(band.stage, band.phase)}, from ${timeOf(band.from)}`}>
            {phaseWord(band.phase)}
          </span>
        ))}
        {marks.pauses.map((band) => (
          <span key={band.index} class="band-paused" data-index={band.index} style={place(band.from, band.to, replay)} title={`Clock paused for ${timeOf(band.to - band.from)}`} />
        ))}
      </div>
      <div class="lane lane-typing">
        {marks.density.map((count, at) => count > 0 && (
          <span key={at} class="typing" style={{ left: `${(100 * at) / marks.density.length}%`, width: `${100 / marks.density.length}%`, height: `${20 + (80 * count) / busiest}%` }} />
        ))}
        {marks.absences.map((band) => (
          <span key={band.index} class="absence" data-index={band.index} style={place(band.from, band.to, replay)} title={`Window left for ${timeOf(band.to - band.from)}`} />
        ))}
      </div>
      <div class="lane lane-runs">
        {marks.runs.map((run) => (
          <Mark key={run.index} index={run.ended?.index ?? run.index} left={share(run.time, replay)} shape={run.mode} mark={runTold(run, names)} time={run.time} />
        ))}
      </div>
      <div class="lane lane-small">
        {marks.happenings.map(({ index, time, event }) => {
          if (event.kind !== "hint" && event.kind !== "edit" && event.kind !== "extend") return null;
          return <Mark key={index} index={index} left={share(time, replay)} shape="small" mark={told(event, names)} time={time} />;
        })}
      </div>
    </>
  );
}

function Mark({ index, left, shape, mark, time }: { index: number; left: string; shape: string; mark: Told; time: number }) {
  return (
    <span class={`mark mark-${shape} look-${mark.look}`} data-index={index} style={{ left }} title={`${timeOf(time)} ${mark.text}`}>
      {mark.sign}
    </span>
  );
}

const share = (time: number, { duration }: Replay) => `${(100 * time) / Math.max(duration, 1)}%`;

const place = (from: number, to: number, replay: Replay) => ({ left: share(from, replay), width: share(to - from, replay) });
