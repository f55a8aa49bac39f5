/** How the pages about a report say things. Pure. */
import type { Evidence, Level } from "../api/report";

export const levels: Level[] = ["strong-no", "no", "yes", "strong-yes"];

export const levelWord: Record<Level, string> = {
  "strong-no": "strong no",
  no: "no",
  yes: "yes",
  "strong-yes": "strong yes",
};

/** Shape as well as word tells levels apart; colour only helps. */
export const levelSign: Record<Level, string> = { "strong-no": "✗✗", no: "✗", yes: "✓", "strong-yes": "✓✓" };

/** As the arithmetic writes it: two decimals, or three where two would hide a step. */
export function figure(value: number): string {
  const short = value.toFixed(2);
  return Math.abs(Number(short) - value) < 0.0005 ? short : value.toFixed(3);
}

export const percent = (share: number) => `${Math.round(share * 100)}%`;

/** 4:07 or 1:04:07 into the interview; what came before its beginning is 0:00. */
export function moment(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

export interface Place {
  words: string;
  /** The part of the address behind the #. */
  anchor: string;
}

/** Where in the report a piece of evidence stands; the ids are those of the report's own page. */
export function placesOf(piece: Evidence): Place[] {
  const { question } = piece;
  if (question === null) return [];
  const places: Place[] = [];
  if (piece.case !== null) {
    places.push({ words: piece.case.startsWith("item-") ? "answer" : "case", anchor: `${question}-case-${piece.case}` });
  }
  if (piece.line !== null) places.push({ words: `line ${piece.line}`, anchor: `${question}-L${piece.line}` });
  if (piece.item !== null) {
    places.push({ words: `answer ${piece.item + 1}`, anchor: `${question}-answer-${piece.item + 1}` });
  }
  return places;
}

/** What the hints took off a value, written out; empty where they took nothing. */
export function hintsTook(piece: Evidence): string {
  if (piece.before_hints === null || piece.hints === 0) return "";
  const hints = piece.hints === 1 ? "1 hint" : `${piece.hints} hints`;
  return `${figure(piece.before_hints)} × (1 − ${hints} × ${figure(piece.hint_cost)}) = ${figure(piece.value)}`;
}
