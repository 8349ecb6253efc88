import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const sdk = fileURLToPath(new URL("../typescript/src", import.meta.url));

/** Components and modules that stand on dialogs, menus or comboboxes, or that few screens need. */
const SELDOM =
  /(Choice|Dialog|Menu|Period|Palette|Help|PostbackUrl|Steps)\.svelte|lib\/(live|replay|cures|mapping|csv|download|currencies|results|accounts|debounced)\./;

const isBase = (id: string) => /console\/src\/(lib|ui)\//.test(id) && !SELDOM.test(id);

export default defineConfig({
  base: "/console/",
  plugins: [svelte()],
  // In development, all but the page itself is answered by a real server.
  server: {
    proxy: {
      "^/(s2s|healthz|console/session)": process.env.S2S_ENDPOINT ?? "http://127.0.0.1:8080",
    },
  },
  resolve: {
    // The SDK's source names its modules `.js`, as Node.js wants it.
    alias: [{ find: /^@s2s\/sdk\/(.*)$/, replacement: `${sdk}/$1.ts` }],
    // The SDK has no node_modules here, so its imports are those of the console.
    dedupe: ["@bufbuild/protobuf", "@connectrpc/connect", "@connectrpc/connect-web"],
  },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
    reportCompressedSize: false,
    sourcemap: false,
    rolldownOptions: {
      checks: { pluginTimings: false, bundlerTimings: false },
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
        // What nearly every screen needs comes in few files, not in one for each component.
        codeSplitting: {
          groups: [
            { name: "svelte", test: /node_modules\/(svelte|@tanstack|esm-env|clsx)\// },
            { name: "api", test: /(sdk\/typescript\/src|@connectrpc|@bufbuild)\// },
            { name: "base", test: isBase },
          ],
        },
      },
    },
  },
});
