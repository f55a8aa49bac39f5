import { MessagePage } from "./MessagePage";

export function ReportPage({ id }: { id: string }) {
  return (
    <MessagePage title="Opening the report…" isBusy>
      <p class="quiet">Room <code>{id}</code></p>
    </MessagePage>
  );
}
