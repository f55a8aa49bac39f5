import { defineConfig, type Plugin } from "vite";

// The development server stands in front of a running service: `torchroom serve`, then `npm run dev`.
const service = "http://127.0.0.1:8000";

/** KaTeX names each font in three formats; every browser that runs this page reads the smallest. */
const onlySmallFonts: Plugin = {
  name: "only-small-fonts",
  enforce: "pre",
  transform(code, id) {
    if (!id.includes("katex") || !id.includes(".css")) return null;
    return code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g, "");
  },
};

export default defineConfig({
  plugins: [onlySmallFonts],
  // tsconfig.json names the JSX runtime; the transformer reads it from there.
  build: {
    target: "es2022",
    manifest: true, // scripts/check-size.mjs follows it from page to chunk
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the content security policy allows no data: script, and fonts are better cached apart
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": service, "/healthz": service, "/readyz": service } },
});
