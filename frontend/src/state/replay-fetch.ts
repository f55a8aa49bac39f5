/** Fetches a room and its log, for whoever has the room's link. */
import { readRoom, readRoomLog } from "../api";
import type { RoomLog } from "../api/log";
import type { RoomView } from "../api/room";
import { fetchByLink } from "./by-link";

export interface Fetched {
  room: RoomView;
  log: RoomLog;
}

export const fetchSession = (id: string) =>
  fetchByLink<Fetched>(id, async (secret) => {
    const [room, log] = await Promise.all([readRoom(id, secret), readRoomLog(id, secret)]);
    return { room, log };
  });
