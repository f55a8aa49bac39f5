import { useState } from "preact/hooks";
import type { Interview, RoomLinks } from "../../api/types";
import { extraTime, invite, type Invitation, type Making } from "../../state/interviews";
import { recall } from "../../state/storage";
import { ExtraTime } from "./ExtraTime";
import { Links } from "./Links";

export function InviteForm({ item }: { item: Interview }) {
  const [making, setMaking] = useState<Making>({ at: "ready" });
  const [made, setMade] = useState<{ links: RoomLinks; invitation: Invitation } | null>(null);
  const [invitation, setInvitation] = useState<Invitation>(() => ({
    candidate: "",
    interviewer: recall<string>("name") ?? "",
    extraTime: extraTime.value,
    script: true,
    isKept: true,
  }));
  const set = (change: Partial<Invitation>) => setInvitation({ ...invitation, ...change });

  const submit = async (event: Event) => {
    event.preventDefault();
    if (making.at === "busy") return;
    setMaking({ at: "busy" });
    const answer = await invite(item.slug, invitation);
    if (answer.at === "made") {
      setMade({ links: answer.links, invitation });
      setMaking({ at: "ready" });
    } else {
      setMaking(answer);
    }
  };

  if (made) return <Links links={made.links} invitation={made.invitation} onAnother={() => setMade(null)} />;
  return (
    <form class="invite" aria-label={`Invite somebody: ${item.title}`} onSubmit={(event) => void submit(event)}>
      <div class="invite-fields">
        <label class="field">
          <span>The candidate’s name</span>
          <input
            value={invitation.candidate}
            maxLength={120}
            autoComplete="off"
            ref={focusOnce}
            onInput={(event) => set({ candidate: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>Your name</span>
          <input value={invitation.interviewer} maxLength={120} autoComplete="name" onInput={(event) => set({ interviewer: event.currentTarget.value })} />
        </label>
        <ExtraTime label="Extra time" chosen={invitation.extraTime} onChoose={(percent) => set({ extraTime: percent })} />
      </div>
      <label class="check">
        <input type="checkbox" checked={invitation.script} onChange={(event) => set({ script: event.currentTarget.checked })} />
        <span>
          The scripted interviewer opens, sets the tasks, gives hints and asks what comes next. You can take over at any moment; without
          it, all of that is yours.
        </span>
      </label>
      <label class="check">
        <input type="checkbox" checked={invitation.isKept} onChange={(event) => set({ isKept: event.currentTarget.checked })} />
        <span>Keep both links in this browser, under My rooms. On a computer that others use leave it off, and open the room elsewhere.</span>
      </label>
      <button type="submit" class="primary" aria-disabled={making.at === "busy"}>Make the two links</button>
      <div role="status">
        {making.at === "failed" && (
          <p class="made-not"><strong>{making.title}.</strong> {making.detail}</p>
        )}
      </div>
    </form>
  );
}

/** Who opens the form wants to fill it in. */
const focusOnce = (input: HTMLInputElement | null) => {
  if (input && !input.dataset.met) {
    input.dataset.met = "yes";
    input.focus();
  }
};
