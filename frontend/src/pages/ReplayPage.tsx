import { MessagePage } from "./MessagePage";

export function ReplayPage({ id }: { id: string }) {
  return (
    <MessagePage title="Opening the replay…" isBusy>
      <p class="quiet">Room <code>{id}</code></p>
    </MessagePage>
  );
}
