// The language of the page. A further language is one more file in `messages`.

import { fill, type Key, type Messages, type Params } from "./message.ts";
import { type Amount, formatAmount, formatPercent, roundAmount } from "./money.ts";
import { settings } from "./settings.svelte.ts";
import { formatDistance, formatTime, type TimeStyle } from "./time.ts";

export type { Key } from "./message.ts";

const files = import.meta.glob<{ default: Messages }>("../messages/*.ts");
const fileOf = (language: string) => `../messages/${language}.ts`;

/** The languages that there are. */
export const languages: readonly string[] = Object.keys(files)
  .map((path) => path.replace(/^.*\/|\.ts$/g, ""))
  .sort();

const current = $state<{ language: string; messages: Partial<Messages> }>({ language: "en", messages: {} });

/** Loads the messages of the chosen language. */
export async function loadLanguage(): Promise<void> {
  const language = settings.language(languages);
  const file = await files[fileOf(language)]?.();
  current.messages = file?.default ?? {};
  current.language = language;
  document.documentElement.lang = language;
}

export function language(): string {
  return current.language;
}

/** Returns a message in the reader's language. */
export function t(key: Key, params: Params = {}): string {
  return fill(current.messages[key] ?? key, params, current.language);
}

/** Returns the message of a key that is made of a code, or the fallback if there is none. */
export function tCode(prefix: string, code: string, fallback: string): string {
  const message = current.messages[`${prefix}.${code}` as Key];
  return message === undefined ? fallback : fill(message, {}, current.language);
}

export function money(amount: Amount | undefined): string {
  return amount ? formatAmount(amount, current.language) : "–";
}

/** Returns an amount without more decimals than its currency has, for sums at a glance. */
export function roundMoney(amount: Amount): string {
  return formatAmount(roundAmount(amount), current.language);
}

export function percent(micros: bigint): string {
  return formatPercent(micros, current.language);
}

export function count(value: number | bigint): string {
  return new Intl.NumberFormat(current.language).format(value);
}

export function time(value: Date | undefined, style: TimeStyle = "short"): string {
  return value ? formatTime(value, current.language, settings.zone, style) : "–";
}

export function ago(value: Date, now: Date): string {
  return formatDistance(value, now, current.language);
}
