/** Something that is fetched: on its way, here, or not to be had. */
import { Refusal, Unreachable } from "../api";

export type Loading<T> =
  | { at: "loading" }
  | { at: "here"; value: T }
  | { at: "unknown" }
  | { at: "unreachable" }
  /** `comesAgain`: it will be given later, once something of ours is back. */
  | { at: "refused"; title: string; detail: string; comesAgain: boolean };

export async function load<T>(fetching: Promise<T>): Promise<Loading<T>> {
  try {
    return { at: "here", value: await fetching };
  } catch (error) {
    if (error instanceof Unreachable) return { at: "unreachable" };
    if (error instanceof Refusal && error.status === 404) return { at: "unknown" };
    return { at: "refused", ...described(error), comesAgain: error instanceof Refusal && error.status === 503 };
  }
}

export function described(error: unknown): { title: string; detail: string } {
  if (error instanceof Refusal) return { title: error.title, detail: error.detail };
  if (error instanceof Unreachable) return { title: error.message, detail: "Try again when it is back." };
  return {
    title: "The answer could not be read",
    detail: "Something other than Torchroom seems to answer at this address. Reload the page, or look at the service's log.",
  };
}
