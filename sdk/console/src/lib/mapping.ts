// The columns of a network's file, and the rows that are read from them.

import { type Csv, type Decimals, fileAmount } from "./csv.ts";
import { instantOf } from "./time.ts";

export const FIELDS = ["order", "click", "value", "commission", "currency", "status", "time"] as const;
export type Field = (typeof FIELDS)[number];

/** The place of each field's column; -1 if there is none. */
export type Mapping = Readonly<Record<Field, number>>;

/** The titles by which a network names its columns. */
export type PresetTitles = Partial<Record<Field, string>>;

const USUAL: Readonly<Record<Field, readonly RegExp[]>> = {
  order: [
    /^(order|transaction|sale|txn|trans|bestell|auftrags|transaktions)[\s_-]*(id|no|nr|number|nummer|ref|reference)$/,
    /^oid$/,
    /^(order|transaction|bestellung)$/,
    /^t?id$/,
  ],
  click: [/^(click|klick)[\s_-]*(id|ref)$/, /^clickid$/, /^sub(id)?[\s_-]?1?$/],
  value: [
    /^(sale|order|transaction)?[\s_-]*(amount|value|total|revenue)$/,
    /^(umsatz|wert|bestellwert|warenwert)/,
  ],
  commission: [/^(commission|provision|payout|earnings?|verg(ü|ue)tung)/, /commission/],
  currency: [/^(currency|cur|w(ä|ae)hrung)/],
  status: [/^(status|state)$/, /status/],
  time: [
    /^(sale|order|transaction|conversion|event)?[\s_-]*(date|time|datum|zeit|zeitpunkt)$/,
    /^(timestamp|created)/,
  ],
};

const folded = (title: string) => title.trim().toLowerCase();

/** Finds the columns by the titles of the network, and else by usual titles. */
export function guessMapping(titles: readonly string[], preset: PresetTitles): Mapping {
  const taken = new Set<number>();
  const find = (field: Field): number => {
    const named = titles.findIndex(
      (title, at) => !taken.has(at) && preset[field] && folded(title) === folded(preset[field] ?? ""),
    );
    const patterns = USUAL[field];
    let place = named;
    for (const pattern of place < 0 ? patterns : []) {
      // A unit in brackets, such as `Payout (EUR)`, is no part of the title.
      place = titles.findIndex(
        (title, at) => !taken.has(at) && pattern.test(folded(title).replace(/\s*\(.*\)$/, "")),
      );
      if (place >= 0) {
        break;
      }
    }
    if (place >= 0) {
      taken.add(place);
    }
    return place;
  };
  return Object.fromEntries(FIELDS.map((field) => [field, find(field)])) as Record<Field, number>;
}

export interface FileRow {
  readonly transactionId: string;
  readonly clickId: string;
  readonly value: { micros: bigint; currencyCode: string } | undefined;
  readonly commission: { micros: bigint; currencyCode: string } | undefined;
  readonly status: string;
  readonly time: Date | undefined;
}

export interface ReadRows {
  readonly rows: readonly FileRow[];
  /** Lines that can't be read, each with its number in the file and the cell. */
  readonly faults: readonly { line: number; field: Field; cell: string }[];
  /** Rows without an order id and a click id, such as totals. */
  readonly leftOut: number;
  /** Times that could not be read; their rows go without one. */
  readonly timesLeftOut: number;
}

/** Reads the rows. `status` is for files that have no column for it. */
export function readRows(
  csv: Csv,
  mapping: Mapping,
  decimals: Decimals,
  zone: string,
  status: string,
): ReadRows {
  const rows: FileRow[] = [];
  const faults: { line: number; field: Field; cell: string }[] = [];
  let leftOut = 0;
  let timesLeftOut = 0;
  for (const [index, cells] of csv.rows.entries()) {
    const cell = (field: Field) => (mapping[field] < 0 ? "" : (cells[mapping[field]] ?? ""));
    const transactionId = cell("order");
    const clickId = cell("click");
    if (transactionId === "" && clickId === "") {
      leftOut++;
      continue;
    }
    const unitOf = (field: Field) => /\(([A-Z]{3})\)\s*$/.exec(csv.titles[mapping[field]] ?? "")?.[1] ?? "";
    const amount = (field: "value" | "commission") => {
      const read = fileAmount(cell(field), decimals);
      if (read === null) {
        // The first line of a file has the titles.
        faults.push({ line: index + 2, field, cell: cell(field) });
        return undefined;
      }
      const currencyCode = read?.currencyCode || cell("currency").toUpperCase() || unitOf(field);
      return read && { micros: read.micros, currencyCode };
    };
    const time = fileTime(cell("time"), zone);
    timesLeftOut += cell("time") !== "" && !time ? 1 : 0;
    rows.push({
      transactionId,
      clickId,
      value: amount("value"),
      commission: amount("commission"),
      status: cell("status") || status,
      time,
    });
  }
  return { rows, faults, leftOut, timesLeftOut };
}

/** Reads `2026-10-31 14:05:00`, `2026-10-31T14:05:00Z` and `31.10.2026 14:05`; not `10/11/2026`, which has two meanings. */
export function fileTime(text: string, zone: string): Date | undefined {
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/.test(text)) {
    const time = new Date(text);
    return Number.isNaN(time.getTime()) ? undefined : time;
  }
  const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?/.exec(text);
  const german = /^(\d\d?)\.(\d\d?)\.(\d{4})(?:[, ]+(\d\d?):(\d\d)(?::(\d\d))?)?/.exec(text);
  const [year, month, day, ...clock] = iso
    ? iso.slice(1)
    : german
      ? [german[3], german[2], german[1], ...german.slice(4)]
      : [];
  if (year === undefined) {
    return undefined;
  }
  const [hour = 0, minute = 0, second = 0] = clock.map((part) => Number(part ?? 0));
  return instantOf(
    { year: Number(year), month: Number(month), day: Number(day), hour, minute, second },
    zone,
  );
}

/** Returns the SHA-256 of a file, in hexadecimal digits. */
export async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
