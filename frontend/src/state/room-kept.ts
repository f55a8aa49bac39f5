/**
 * What this browser keeps of a room until the room has it, by the page that wrote it: text and commands.
 * A page that is gone leaves its things behind, and the next page of the same link takes them over. Two pages that
 * both live leave each other's things alone: each holds a lock, or answers on a channel where a browser has no locks.
 */
import type { Changes } from "../api/room";
import type { Kept as Command } from "./room-outbox";
import { forget, keep, recall } from "./storage";

export interface Pending {
  changes: Changes;
  pasted: number;
}

/** Changes of one document that the room has not confirmed, made on `version`, with the text they lead to. */
export interface Draft {
  client: string;
  document: string;
  version: number;
  /** The last event this page had seen; what came after it may hold these very changes. */
  seq: number;
  pending: Pending[];
  text: string;
}

export interface Orphan {
  client: string;
  drafts: Draft[];
  commands: Command[];
}

export interface Keeper {
  client: string;
  outboxName: string;
  keepDraft(draft: Omit<Draft, "client">): boolean;
  forgetDraft(document: string): void;
  /** Things of pages that are gone. They are claimed, and stay kept as they are until they are forgotten. */
  adopt(): Promise<Orphan[]>;
  /** Its text is ours now. */
  forgetDrafts(orphan: Orphan): void;
  /** Its commands have been sent. */
  forgetCommands(orphan: Orphan): void;
  /** True where another page has taken this one for gone: it must not send what is no longer its own. */
  wasAdopted(): boolean;
  close(): void;
}

const askFor = 300; // milliseconds in which a living page answers, where there are no locks
const adoptWithin = 2500;
const lastTab = "torchroom.room.client";

/** `owner` tells the two links of one room apart. */
export function openKeeper(room: string, owner: string, client: string): Keeper {
  const base = `room.${room}.${owner}`;
  const draftName = (of: string, document: string) => `${base}.draft.${of}.${document}`;
  const outboxOf = (of: string) => `${base}.outbox.${of}`;
  const claimName = (of: string) => `${base}.claim.${of}`;
  const lockName = (of: string) => `torchroom.${base}.${of}`;

  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(`torchroom.${base}`);
  let onAlive: ((client: string) => void) | null = null;
  channel?.addEventListener("message", ({ data }: MessageEvent<{ ask?: true; alive?: string }>) => {
    if (data.ask) channel.postMessage({ alive: client });
    if (data.alive) onAlive?.(data.alive);
  });

  const locks = typeof navigator === "undefined" ? undefined : (navigator.locks as LockManager | undefined);
  let release = () => {};
  const gone = new Promise<void>((done) => {
    release = done;
  });
  void locks?.request(lockName(client), () => gone);

  // The page that was in this tab before: a reload should not wait for its lock in vain.
  const before = tabsClient();
  setTabsClient(client);

  async function living(): Promise<Set<string>> {
    if (locks) {
      const held = (await locks.query()).held ?? [];
      return new Set(held.map((lock) => (lock.name ?? "").slice(lockName("").length)));
    }
    const alive = new Set<string>();
    onAlive = (one) => alive.add(one);
    channel?.postMessage({ ask: true });
    await new Promise((done) => setTimeout(done, askFor));
    onAlive = null;
    return alive;
  }

  function left(): Map<string, Orphan> {
    const found = new Map<string, Orphan>();
    const of = (one: string) => {
      const orphan = found.get(one) ?? { client: one, drafts: [], commands: [] };
      found.set(one, orphan);
      return orphan;
    };
    for (const name of namesIn(`${base}.`)) {
      const [, kind, one] = /^(draft|outbox)\.([^.]+)/.exec(name.slice(base.length + 1)) ?? [];
      if (!kind || !one || one === client) continue;
      if (kind === "outbox") of(one).commands.push(...(recall<Command[]>(name) ?? []));
      else {
        const draft = recall<Draft>(name);
        if (draft) of(one).drafts.push(draft);
      }
    }
    return found;
  }

  async function orphans(): Promise<Orphan[]> {
    if (left().size === 0) return [];
    let alive = await living();
    // A page that is being left lets go of its lock a moment after its successor has begun.
    for (let tries = 0; before && alive.has(before) && left().has(before) && tries < 5; tries += 1) {
      await new Promise((done) => setTimeout(done, 100));
      alive = await living();
    }
    const isTaken = (one: string) => alive.has(recall<string>(claimName(one)) ?? "");
    const mine = [...left().values()].filter((one) => !alive.has(one.client) && !isTaken(one.client));
    for (const orphan of mine) keep(claimName(orphan.client), client);
    return mine;
  }

  return {
    client,
    outboxName: outboxOf(client),
    keepDraft: (draft) => keep(draftName(client, draft.document), { client, ...draft } satisfies Draft),
    forgetDraft: (document) => forget(draftName(client, document)),
    // One at a time: two pages that open together do not both take the same things.
    adopt() {
      if (left().size === 0) return Promise.resolve([]);
      const found = (locks ? locks.request(`torchroom.${base}.adopting`, orphans) : orphans()) as Promise<Orphan[]>;
      // A page that sleeps with the lock in its hand must not keep this one from opening.
      return Promise.race([found, new Promise<Orphan[]>((done) => setTimeout(done, adoptWithin, []))]);
    },
    forgetDrafts(orphan) {
      for (const draft of orphan.drafts) forget(draftName(orphan.client, draft.document));
    },
    forgetCommands(orphan) {
      forget(outboxOf(orphan.client));
      // Without locks a page that only slept may wake, and has to find that it was taken for gone.
      if (locks) forget(claimName(orphan.client));
    },
    wasAdopted: () => recall(claimName(client)) !== null,
    close() {
      channel?.close();
      release();
    },
  };
}

function namesIn(start: string): string[] {
  const prefix = "torchroom.";
  try {
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(prefix + start))
      .map((name) => name.slice(prefix.length));
  } catch {
    return [];
  }
}

function tabsClient(): string | null {
  try {
    return sessionStorage.getItem(lastTab);
  } catch {
    return null;
  }
}

function setTabsClient(client: string): void {
  try {
    sessionStorage.setItem(lastTab, client);
  } catch {
    // A reload then may take a moment longer.
  }
}
