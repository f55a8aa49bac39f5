import type { ComponentChild } from "preact";
import { useRef } from "preact/hooks";

interface Props<Id extends string> {
  label: string;
  chosen: { value: Id };
  tabs: { id: Id; title: string; panel: () => ComponentChild }[];
}

/** Tabs as the ARIA practices describe them: one stop for Tab, arrows between them, Home and End. */
export function Tabs<Id extends string>({ label, chosen, tabs }: Props<Id>) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const to = target(event.key, tabs.findIndex((tab) => tab.id === chosen.value), tabs.length);
    const tab = to === null ? undefined : tabs[to];
    if (!tab) return;
    event.preventDefault();
    chosen.value = tab.id;
    list.current?.querySelector<HTMLElement>(`#tab-${tab.id}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
        {tabs.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={chosen.value === id}
            aria-controls={`panel-${id}`}
            tabIndex={chosen.value === id ? 0 : -1}
            onClick={() => {
              chosen.value = id;
            }}
          >
            {title}
          </button>
        ))}
      </div>
      {tabs.map(({ id, panel }) => (
        <div key={id} role="tabpanel" id={`panel-${id}`} aria-labelledby={`tab-${id}`} class="panel" tabIndex={0} hidden={chosen.value !== id}>
          {chosen.value === id && panel()}
        </div>
      ))}
    </>
  );
}

function target(key: string, now: number, count: number): number | null {
  if (key === "ArrowRight") return (now + 1) % count;
  if (key === "ArrowLeft") return (now + count - 1) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}
