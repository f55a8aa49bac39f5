/** The rooms that this browser has been in or has made, newest first. Their secrets are kept by secret.ts. */
import { signal } from "@preact/signals";
import type { Role } from "../api/room";
import { forgetSecret } from "./secret";
import { keep, recall, watchOtherTabs } from "./storage";

export interface MyRoom {
  id: string;
  title: string;
  role: Role;
  /** Alone, without an interviewer. */
  practice: boolean;
  /** When it was made, or first come into. */
  at: string;
  /** Who was invited, where that was said. */
  candidate?: string;
  /** To give to the candidate once more; only with whoever invited, and only if they wished to keep it. */
  candidateLink?: string;
}

const name = "rooms";
const most = 50;

export const myRooms = signal<readonly MyRoom[]>(recall<MyRoom[]>(name) ?? []);

watchOtherTabs(name, () => {
  myRooms.value = recall<MyRoom[]>(name) ?? [];
});

/** What was known of the room before stays where this does not say otherwise. */
export function rememberRoom(room: MyRoom): void {
  store(withRoom(recall<MyRoom[]>(name) ?? [], room));
}

/** With its links: on a computer that others use nothing of it stays behind. */
export function forgetRoom(id: string): void {
  forgetSecret(id);
  store((recall<MyRoom[]>(name) ?? []).filter((room) => room.id !== id));
}

export function withRoom(rooms: readonly MyRoom[], room: MyRoom): MyRoom[] {
  const known = rooms.find((one) => one.id === room.id);
  const others = rooms.filter((one) => one.id !== room.id);
  return [{ ...known, ...room, at: known?.at ?? room.at }, ...others].sort((one, other) => other.at.localeCompare(one.at)).slice(0, most);
}

function store(rooms: MyRoom[]): void {
  keep(name, rooms);
  myRooms.value = rooms;
}
