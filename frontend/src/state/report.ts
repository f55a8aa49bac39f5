/** One room's report: fetched with the secret of its link, scored, shared, and taken away as a file. */
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import { downloadReport, readReportPage, readRoom, sendRoomEvent } from "../api";
import type { Level, ReportPage } from "../api/report";
import type { RoomView } from "../api/room";
import { described, load, type Loading } from "./loading";
import { secretOf } from "./secret";
import { returns } from "./service";

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
  state: ReadonlySignal<Loading<Shown> | { at: "no-link" }>;
  /** What became of the last thing that was asked for; empty at first. */
  said: ReadonlySignal<string>;
  score(score: Score): Promise<boolean>;
  share(): Promise<boolean>;
  download(suffix: "html" | "json"): Promise<void>;
  close(): void;
}

export function openReport(id: string): ReportDesk {
  const state = signal<Loading<Shown> | { at: "no-link" }>({ at: "loading" });
  const said = signal("");
  const secret = secretOf(id);
  const client = `report-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  let sent = 0;
  let isClosed = false;

  async function fetchAll(): Promise<void> {
    if (secret === null) {
      state.value = { at: "no-link" };
      return;
    }
    const loaded = await load(shown(id, secret));
    // A report already on the page is better than a message that it cannot be fetched anew.
    if (!isClosed && (loaded.at === "here" || state.peek().at !== "here")) state.value = loaded;
  }

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
    if (done) await fetchAll();
    return done;
  }

  const stop = effect(() => {
    returns.value; // again when the service comes back
    if (state.peek().at !== "here") void fetchAll();
  });

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
    close() {
      isClosed = true;
      stop();
    },
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
