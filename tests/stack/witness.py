"""Everything that a page said while it was watched, also what stood there for a moment only."""

from playwright.sync_api import Page

_WATCH = """() => {
  const said = (window.witnessed = []);
  const note = () => {
    const text = document.body.innerText;
    if (said.at(-1) !== text) said.push(text);
  };
  note();
  new MutationObserver(note).observe(document.body, {
    childList: true, subtree: true, characterData: true,
  });
}"""


class Witness:
    """Of one page, which must not be loaded anew meanwhile."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.evaluate(_WATCH)

    def all(self) -> list[str]:
        """The page's whole text after each of its changes, what only a screen reader gets too."""
        found: list[str] = self._page.evaluate("window.witnessed")
        assert found
        return found
