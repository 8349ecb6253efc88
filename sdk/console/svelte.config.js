import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

/** Warnings about what is meant: see `Makefile` for the same list in the check of types. */
const MEANT = new Set([
  // Rows become cards on phones, which takes the roles of a table away from its elements.
  "a11y_no_redundant_roles",
  // Forms begin with a copy of what is stored.
  "state_referenced_locally",
]);

export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true, warningFilter: ({ code }) => !MEANT.has(code) },
};
