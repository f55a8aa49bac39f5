/** One room's report: fetched with the secret of its link, scored, shared, and taken away as a file. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { downloadReport, readReport, readReportPage, readRoom, sendRoomEvent } from "../api";
import type { Level, ReportPage } from "../api/report";
import type { RoomView } from "../api/room";
import { fetchByLink, type ByLink } from "./by-link";
import { described } from "./loading";

export interface Shown {
  room: RoomView;
  page: ReportPage;
}

/** What a person says of an answer, by its key points, or of a whole criterion. */
export type Score =
  | { question: string; item: number; points: boolean[]; reason: string }
  /** Without a level: what was said before is taken back. */
  | { criterion: string; level: Level | null; reason: string };

export interface ReportDesk {
  state: ReadonlySignal<ByLink<Shown>>;
  /** What became of the last thing that was asked for; empty at first. */
  said: ReadonlySignal<string>;
  score(score: Score): Promise<boolean>;
  share(): Promise<boolean>;
  download(suffix: "html" | "json"): Promise<void>;
  close(): void;
}

/** The report as data, for the page that shows the arithmetic. */
export const openScoring = (id: string) => fetchByLink(id, (secret) => readReport(id, secret));

export function openReport(id: string): ReportDesk {
  const { state, secret, again, close } = fetchByLink(id, (held) => shown(id, held));
  const said = signal("");
  const client = `report-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  let sent = 0;

  async function carryOut(what: string, act: (secret: string) => Promise<unknown>): Promise<boolean> {
    if (secret === null) return false;
    said.value = "";
    try {
      await act(secret);
    } catch (error) {
      const { title, detail } = described(error);
      said.value = `${title}. ${detail}`;
      return false;
    }
    said.value = what;
    return true;
  }

  async function send(kind: string, body: object, what: string): Promise<boolean> {
    sent += 1;
    const key = `${client}:${sent}`;
    const done = await carryOut(what, (held) => sendRoomEvent(id, held, key, kind, body));
    if (done) await again();
    return done;
  }

  return {
    state,
    said,
    score: (score) => send("score", score, "Saved. The report shows it now."),
    share: () => send("share", {}, "Shared: the candidate’s link shows the report now."),
    async download(suffix) {
      await carryOut("The file is in your downloads.", async (held) => {
        const { name, content } = await downloadReport(id, held, suffix);
        handOver(name, content);
      });
    },
    close,
  };
}

async function shown(id: string, secret: string): Promise<Shown> {
  const [room, page] = await Promise.all([readRoom(id, secret), readReportPage(id, secret)]);
  return { room, page };
}

function handOver(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads the address when it begins to write, which is soon, but not at once.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
