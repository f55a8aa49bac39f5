import { route, type Route } from "../router";
import { chooseNextScheme, scheme } from "../state/scheme";

const schemeWord = { system: "System", light: "Light", dark: "Dark" } as const;

const places: { href: string; title: string; pages: Route["page"][] }[] = [
  { href: "/", title: "Library", pages: ["library", "question"] },
  { href: "/interviews", title: "Interviews", pages: ["interviews", "room", "report", "scoring", "replay"] },
  { href: "/practice", title: "Practice", pages: ["practice"] },
];

export function Header() {
  const { page } = route.value;
  return (
    <header class="header">
      <a class="wordmark" href="/">
        <img src="/favicon.svg" width="22" height="22" alt="" />
        <span class="wordmark-name">Torchroom</span>
      </a>
      <nav aria-label="Main">
        {places.map(({ href, title, pages }) => (
          <a key={href} href={href} aria-current={pages[0] === page ? "page" : pages.includes(page) ? "true" : undefined}>{title}</a>
        ))}
      </nav>
      <button type="button" class="plain" onClick={chooseNextScheme} aria-label={`Colours: ${schemeWord[scheme.value]}. Change`}>
        <span class="colours-word">Colours: </span>{schemeWord[scheme.value]}
      </button>
    </header>
  );
}
