/** Fetches a room and its log, for whoever has the room's link. */
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import { readRoom, readRoomLog } from "../api";
import type { RoomLog } from "../api/log";
import type { RoomView } from "../api/room";
import { load, type Loading } from "./loading";
import { secretOf } from "./secret";
import { returns } from "./service";

export interface Fetched {
  room: RoomView;
  log: RoomLog;
}

export type FetchState = Loading<Fetched> | { at: "no-link" };

export function fetchSession(id: string): { state: ReadonlySignal<FetchState>; close(): void } {
  const state = signal<FetchState>({ at: "loading" });
  const secret = secretOf(id);
  let isClosed = false;

  async function fetchAll(): Promise<void> {
    if (secret === null) {
      state.value = { at: "no-link" };
      return;
    }
    const both = Promise.all([readRoom(id, secret), readRoomLog(id, secret)]).then(([room, log]) => ({ room, log }));
    const loaded = await load(both);
    if (!isClosed) state.value = loaded;
  }

  // A service that did not answer is asked again once it does.
  const stop = effect(() => {
    returns.value;
    if (state.peek().at !== "here") void fetchAll();
  });
  return {
    state,
    close() {
      isClosed = true;
      stop();
    },
  };
}
