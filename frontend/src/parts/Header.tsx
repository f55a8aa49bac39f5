import { chooseNextScheme, scheme } from "../state/scheme";

const schemeWord = { system: "System", light: "Light", dark: "Dark" } as const;

export function Header() {
  return (
    <header class="header">
      <a class="wordmark" href="/">
        <img src="/favicon.svg" width="22" height="22" alt="" />
        Torchroom
      </a>
      <nav aria-label="Main">
        <a href="/">Library</a>
      </nav>
      <button type="button" class="plain" onClick={chooseNextScheme} aria-label={`Colours: ${schemeWord[scheme.value]}. Change`}>
        Colours: {schemeWord[scheme.value]}
      </button>
    </header>
  );
}
