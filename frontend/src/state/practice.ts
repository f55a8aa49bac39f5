/** How far this browser has come, as the service reckons it from all that was submitted. */
import { effect, signal } from "@preact/signals";
import { forgetPractice, readPractice } from "../api";
import type { Forgotten, Practice } from "../api/types";
import { load, type Loading } from "./loading";
import { forgetMarks, setMarks } from "./progress";
import { returns } from "./service";

export const practice = signal<Loading<Practice>>({ at: "loading" });

export function openPractice(): () => void {
  return effect(() => {
    returns.value; // again when the service comes back
    void refreshPractice();
  });
}

export async function refreshPractice(): Promise<void> {
  const loaded = await load(readPractice());
  // What stands on the page is better than a message that it cannot be fetched.
  if (loaded.at === "here" || practice.peek().at !== "here") practice.value = loaded;
  if (loaded.at === "here") setMarks(loaded.value);
}

export async function forgetAll(): Promise<Loading<Forgotten>> {
  const forgotten = await load(forgetPractice());
  if (forgotten.at === "here") {
    forgetMarks();
    await refreshPractice();
  }
  return forgotten;
}
