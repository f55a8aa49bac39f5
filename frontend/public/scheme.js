// Runs before the first paint, so that a chosen colour scheme does not flash the other one.
try {
  var chosen = localStorage.getItem("torchroom.scheme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.scheme = chosen;
} catch (refused) {
  // Storage is switched off: the system's own scheme is used.
}
