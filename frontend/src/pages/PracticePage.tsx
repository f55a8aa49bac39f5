import { MessagePage } from "./MessagePage";

export function PracticePage() {
  return <MessagePage title="Practice" />;
}
