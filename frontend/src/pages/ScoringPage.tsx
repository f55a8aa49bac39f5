import { MessagePage } from "./MessagePage";

export function ScoringPage({ id }: { id: string }) {
  return (
    <MessagePage title="Opening the scoring…" isBusy>
      <p class="quiet">Room <code>{id}</code></p>
    </MessagePage>
  );
}
