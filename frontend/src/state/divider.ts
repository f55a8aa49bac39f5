/** How much of its column the result takes, in percent; null until somebody has moved the divider. */
import { signal } from "@preact/signals";
import { keep, recall } from "./storage";

export const least = 15;
export const most = 80;

export const resultsShare = signal<number | null>(recall<number>("divider"));

export function setResultsShare(percent: number): void {
  resultsShare.value = Math.min(most, Math.max(least, Math.round(percent)));
  keep("divider", resultsShare.value);
}
