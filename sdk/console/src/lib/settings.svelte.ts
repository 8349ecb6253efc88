// What a reader has chosen, kept in this browser: theme, zone, language.

import { chooseLanguage } from "./message.ts";
import { isZone } from "./time.ts";

export type Theme = "system" | "light" | "dark";

interface Stored {
  theme: Theme;
  zone: string;
  language: string;
}

const NAME = "s2s.settings";
const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function load(): Stored {
  const fallback: Stored = { theme: "system", zone: "", language: "" };
  try {
    const stored = JSON.parse(window.localStorage.getItem(NAME) ?? "{}") as Partial<Stored>;
    return { ...fallback, ...stored };
  } catch {
    return fallback;
  }
}

const stored = $state(load());

function save(): void {
  window.localStorage.setItem(NAME, JSON.stringify(stored));
}

/** Shows the theme on the page. */
export function applyTheme(): void {
  const isDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const shown = stored.theme === "system" ? (isDark ? "dark" : "light") : stored.theme;
  document.documentElement.dataset.theme = shown;
}

export const settings = {
  get theme(): Theme {
    return stored.theme;
  },
  set theme(theme: Theme) {
    stored.theme = theme;
    save();
    applyTheme();
  },
  /** The chosen zone; empty for that of the browser. */
  get chosenZone(): string {
    return stored.zone;
  },
  set chosenZone(zone: string) {
    stored.zone = zone;
    save();
  },
  get zone(): string {
    return stored.zone !== "" && isZone(stored.zone) ? stored.zone : browserZone;
  },
  /** The chosen language; empty for that of the browser. */
  get chosenLanguage(): string {
    return stored.language;
  },
  set chosenLanguage(language: string) {
    stored.language = language;
    save();
  },
  language(known: readonly string[]): string {
    return chooseLanguage([stored.language, ...window.navigator.languages], known);
  },
};
