/** How far each of my rooms is, asked for when the list is looked at. */
import { effect, signal } from "@preact/signals";
import { readRoom } from "../api";
import type { Phase } from "../api/room";
import { load } from "./loading";
import { myRooms } from "./my-rooms";
import { secretOf } from "./secret";
import { returns } from "./service";

export type RoomNow = { phase: Phase; hasReport: boolean } | "gone";

const most = 10; // the newest: nobody waits for the state of rooms of last year

export const roomsNow = signal<Readonly<Record<string, RoomNow>>>({});

export function watchRooms(): () => void {
  return effect(() => {
    returns.value; // again when the service comes back
    for (const { id } of myRooms.value.slice(0, most)) void look(id);
  });
}

async function look(id: string): Promise<void> {
  const secret = secretOf(id);
  if (!secret) return;
  const read = await load(readRoom(id, secret));
  if (read.at === "here") {
    const { phase, report } = read.value.state;
    set(id, { phase, hasReport: report === "open" });
  } else if (read.at === "unknown") {
    set(id, "gone");
  }
}

function set(id: string, now: RoomNow): void {
  roomsNow.value = { ...roomsNow.value, [id]: now };
}
