import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "trackio_web/_bundle",
    emptyOutDir: true,
    target: "es2022",
    // The page's policy allows neither data: scripts nor inline ones.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    // Files of a few hundred bytes wait for each other longer than they take: what every page needs is one file, and what
    // some pages share is put together.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "first", tags: ["$initial"], priority: 1 },
            { name: "shared", test: /./, minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 5_000 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": { target: "http://127.0.0.1:7861", ws: true }, "/media": "http://127.0.0.1:7861" } },
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
});
