/** The secret of a room: what the link carried behind its #, kept in this browser under the room. */
import { forget, keep, recall } from "./storage";

/** As the service makes them: 32 bytes, url-safe. Another fragment is a place in a page. */
const secret = /^#([\w-]{43})$/;

// For a browser that refuses to keep anything: as long as the page is open.
const held = new Map<string, string>();

const name = (room: string) => `room.${room}.secret`;

export function keepSecret(room: string, value: string): void {
  held.set(room, value);
  keep(name(room), value);
  try {
    sessionStorage.setItem(name(room), value);
  } catch {
    // What is held then lasts as long as the page.
  }
}

/** Whoever has no other copy of the link cannot come in again. */
export function forgetSecret(room: string): void {
  held.delete(room);
  forget(name(room));
  try {
    sessionStorage.removeItem(name(room));
  } catch {
    // Then nothing was kept there.
  }
}

/** Of this tab: whoever tries a room with both its links in one browser has another in the other tab. */
function ofThisTab(room: string): string | null {
  try {
    return sessionStorage.getItem(name(room));
  } catch {
    return null;
  }
}

/** Null where this browser was never given the room's link. */
export function secretOf(room: string): string | null {
  const carried = secret.exec(window.location.hash)?.[1];
  if (carried) {
    keepSecret(room, carried);
    // Out of the address bar, the history and whatever is shared of the screen.
    window.history.replaceState(window.history.state, "", window.location.pathname + window.location.search);
  }
  return held.get(room) ?? ofThisTab(room) ?? recall<string>(name(room));
}
