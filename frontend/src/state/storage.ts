/** What the browser keeps for us. Every name starts with "torchroom."; a browser may refuse to keep anything. */
const prefix = "torchroom.";

export function recall<T>(name: string): T | null {
  try {
    const stored = localStorage.getItem(prefix + name);
    return stored === null ? null : (JSON.parse(stored) as T);
  } catch {
    return null;
  }
}

/** False where the browser refuses: storage switched off, or full. */
export function keep(name: string, value: unknown): boolean {
  try {
    localStorage.setItem(prefix + name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function forget(name: string): void {
  try {
    localStorage.removeItem(prefix + name);
  } catch {
    // Nothing was kept, so there is nothing to forget.
  }
}

/** Told when another tab changes the named value; returns how to stop listening. */
export function watchOtherTabs(name: string, listener: () => void): () => void {
  const onStorage = (event: StorageEvent) => {
    if (event.key === prefix + name || event.key === null) listener();
  };
  window.addEventListener("storage", onStorage);
  return () => window.removeEventListener("storage", onStorage);
}
