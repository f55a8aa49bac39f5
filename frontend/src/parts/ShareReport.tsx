import { AskFirst } from "./AskFirst";

interface Props {
  label: string;
  look?: string;
  isOnItsWay?: boolean;
  share: () => void;
}

/** Opens the report to the candidate, for good. */
export function ShareReport({ label, look = "", isOnItsWay = false, share }: Props) {
  return <AskFirst label={label} does={whatIsSeen} stay="Not yet" look={look} isOnItsWay={isOnItsWay} go={share} />;
}

const whatIsSeen =
  "With their link the candidate then reads the whole report: scores with your reasons, the reference and editorial of each question, and the replay. Your notes stay yours. This cannot be taken back.";
