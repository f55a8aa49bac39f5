import { MessagePage } from "../pages/MessagePage";
import { roomPath } from "../router";
import type { ByLink } from "../state/by-link";

type Trouble = Exclude<ByLink<never>, { at: "here" }>;

/** Why what a room's link opens (its report, its replay) is not to be seen, said kindly. */
export function Trouble({ id, what, loaded }: { id: string; what: string; loaded: Trouble }) {
  switch (loaded.at) {
    case "loading":
      return <MessagePage title={`Opening the ${what}…`} isBusy />;
    case "no-link":
      return (
        <MessagePage title={`The ${what} opens with the room’s link`}>
          <p>A room is open to those who have its link, and this browser was never given it. Open the link you were sent, then come back here.</p>
        </MessagePage>
      );
    case "unknown":
      return (
        <MessagePage title="There is no such room">
          <p>There is none with this address, or the link that this browser keeps is another room’s.</p>
        </MessagePage>
      );
    case "unreachable":
      return (
        <MessagePage title="Torchroom does not answer">
          <p>The {what} opens as soon as the service is back.</p>
        </MessagePage>
      );
    case "refused":
      return (
        <MessagePage title={loaded.title}>
          <p>{loaded.detail}</p>
          <p><a href={roomPath(id)}>Back to the room</a></p>
        </MessagePage>
      );
  }
}
