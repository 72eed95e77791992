import { defineConfig } from "vitest/config";

// Where `npm run dev` sends the calls; a node with its console's listener on.
const node = process.env.DAFTAR_NODE ?? "http://127.0.0.1:7040";

export default defineConfig({
  build: {
    // Everything is a file of its own: the content security policy lets nothing stand in the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    manifest: true,
  },
  server: { proxy: { "^/daftar\\.v1\\.": { target: node, changeOrigin: true } } },
  test: { environment: "node", include: ["tests/**/*_test.ts"] },
});
