import "./style/tokens.css";
import "./style/base.css";
import "./style/parts.css";
import "./style/dialog.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { loadLanguage } from "./lib/i18n.svelte.ts";
import { startKeys } from "./lib/keys.ts";
import { startRouter } from "./lib/router.svelte.ts";
import { applyTheme } from "./lib/settings.svelte.ts";

applyTheme();
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);
startRouter();
startKeys();
await loadLanguage();

const target = document.querySelector("#app");
if (target) {
  mount(App, { target });
}
