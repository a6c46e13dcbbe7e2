/** How the bundle is built: every address relative to the module, so that the host decides where it is served. */
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Vendors by themselves, since they change seldom; small files of our own together, to save requests. */
const GROUPS: [string, RegExp][] = [
  ["vendor-react", /node_modules\/(react|react-dom|scheduler)\//],
  ["vendor-flow", /node_modules\/(@xyflow|d3-[a-z]+|classcat)\//],
  ["vendor-virtual", /node_modules\/@tanstack\/(react-virtual|virtual-core)\//],
  [
    "vendor-ui",
    /node_modules\/(@base-ui|@floating-ui|@tanstack|use-sync-external-store|tabbable|reselect)\//,
  ],
  ["shared", /\/src\/(ui|api|run)\/(?!pluginIcons)/],
  ["code", /node_modules\/(@codemirror|@lezer|@marijn|crelt|style-mod|w3c-keyname)\//],
];

export default defineConfig({
  base: "./",
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  build: {
    outDir: "../static/flowstudio",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["src/main.tsx", "src/pages.css"],
      output: {
        codeSplitting: {
          groups: GROUPS.map(([name, test]) => ({ name, test })),
        },
      },
    },
  },
  server: {
    port: 5173,
    strictPort: true,
    origin: "http://127.0.0.1:5173",
    cors: { origin: ["http://127.0.0.1:8000", "http://localhost:8000"] },
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
  },
});
