import { useEffect, useRef } from "preact/hooks";
import type { RoomLinks } from "../../api/types";
import type { Invitation } from "../../state/interviews";
import { CopyField } from "../CopyField";

interface Props {
  links: RoomLinks;
  invitation: Invitation;
  onAnother: () => void;
}

/** Shown once, when they are made: who gets which, and what each may do. */
export function Links({ links, invitation, onAnother }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const whole = (link: string) => window.location.origin + link;
  return (
    <section class="links" aria-label="The two links">
      <h4 ref={heading} tabIndex={-1}>Two links for two people</h4>
      <CopyField
        label={`For ${invitation.candidate.trim() || "the candidate"}: send this one`}
        note="It opens the candidate’s side: the task, the editor, the clock. No notes, no solutions, no scores."
        value={whole(links.candidate_link)}
      />
      <CopyField
        label="For you: keep this one to yourself"
        note="It opens the interviewer’s side: notes, solutions, the clock, the scores. Nobody else should have it."
        value={whole(links.interviewer_link)}
      />
      <p class={invitation.isKept ? "quiet" : "warn"}>
        {invitation.isKept
          ? "The service keeps no copy that could be shown again; this browser keeps both, under My rooms at the top of this page."
          : "Copy both now. The service keeps no copy, and neither does this browser: they cannot be shown again."}
      </p>
      <div class="choices">
        <a class="button" href={links.interviewer_link}>Open the room</a>
        <button type="button" class="plain" onClick={onAnother}>Invite another</button>
      </div>
    </section>
  );
}
