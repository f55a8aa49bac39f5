import { MessagePage } from "./MessagePage";

export function InterviewsPage() {
  return <MessagePage title="Interviews" />;
}
