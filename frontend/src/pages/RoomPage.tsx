import { MessagePage } from "./MessagePage";

export function RoomPage({ id }: { id: string }) {
  return (
    <MessagePage title="Opening the room…" isBusy>
      <p class="quiet">Room <code>{id}</code></p>
    </MessagePage>
  );
}
