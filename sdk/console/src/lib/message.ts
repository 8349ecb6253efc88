// Messages of one language: texts with places, and plurals.

import type en from "../messages/en.ts";

/** A text with places such as `{name}`, or one text for each plural form. */
export type Message = string | ({ readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);

export type Key = keyof typeof en;

/** The sentences of the server that other languages translate by their code. */
type CodeKey = `${"cure" | "note" | "warning"}.${string}`;

/** The messages of a language. */
export type Messages = Readonly<Record<Key, Message> & Partial<Record<CodeKey, Message>>>;

export type Params = Readonly<Record<string, string | number | bigint>>;

/** Fills a message. The plural form is that of the parameter `n`, which is written with separators. */
export function fill(message: Message, params: Params, language: string): string {
  const text = typeof message === "string" ? message : pluralOf(message, params, language);
  return text.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = params[name];
    if (value === undefined) {
      return place;
    }
    return typeof value === "string" ? value : new Intl.NumberFormat(language).format(value);
  });
}

function pluralOf(message: Exclude<Message, string>, params: Params, language: string): string {
  const count = params.n ?? 0;
  const form = new Intl.PluralRules(language).select(
    typeof count === "string" ? Number(count) : Number(count),
  );
  return message[form] ?? message.other;
}

/** Chooses a language that there is for the languages that a reader prefers. */
export function chooseLanguage(preferred: readonly string[], known: readonly string[]): string {
  for (const tag of preferred) {
    const [base = ""] = tag.toLowerCase().split("-");
    if (known.includes(base)) {
      return base;
    }
  }
  return "en";
}
