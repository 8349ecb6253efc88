// Reads the CSV files that spreadsheets and networks write.

import { microsOf } from "./money.ts";

/** A file: its titles, and its rows with as many cells as there are titles. */
export interface Csv {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly delimiter: string;
}

const DELIMITERS = [",", ";", "\t", "|"];

/** Reads a file with a line of titles. Quotes, line ends within quotes and a byte order mark are understood. */
export function parseCsv(text: string): Csv {
  const plain = text.replace(/^\ufeff/, "");
  const [, named] = /^sep=(.)\r?\n/i.exec(plain) ?? [];
  const body = named === undefined ? plain : plain.slice(plain.indexOf("\n") + 1);
  const delimiter = named ?? delimiterOf(body);
  const [titles = [], ...rows] = recordsOf(body, delimiter).filter((row) => row.some((cell) => cell.trim()));
  return {
    titles: titles.map((title) => title.trim()),
    rows: rows.map((row) => titles.map((_, index) => (row[index] ?? "").trim())),
    delimiter,
  };
}

function delimiterOf(text: string): string {
  const line = text.slice(0, text.search(/\r?\n|$/));
  const counts = DELIMITERS.map((delimiter) => line.replace(/"[^"]*"/g, "").split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

function recordsOf(text: string, delimiter: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (isQuoted) {
      if (char !== '"') {
        cell += char;
      } else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else {
        isQuoted = false;
      }
    } else if (char === '"' && cell.trim() === "") {
      isQuoted = true;
      cell = "";
    } else if (char === delimiter) {
      record.push(cell);
      cell = "";
    } else if (char === "\n" || char === "\r") {
      if (char === "\r" && text[at + 1] === "\n") {
        at++;
      }
      records.push([...record, cell]);
      record = [];
      cell = "";
    } else {
      cell += char;
    }
  }
  return cell || record.length > 0 ? [...records, [...record, cell]] : records;
}

/** What separates the decimals of the amounts of a file. */
export type Decimals = "." | ",";

/** Finds what separates decimals in amounts; undefined if every amount can be read in two ways. */
export function decimalsOf(cells: Iterable<string>): Decimals | undefined {
  for (const cell of cells) {
    const digits = cell.replace(/[^0-9.,]/g, "");
    const point = digits.lastIndexOf(".");
    const comma = digits.lastIndexOf(",");
    if (point >= 0 && comma >= 0) {
      return point > comma ? "." : ",";
    }
    const last = Math.max(point, comma);
    // Three digits after a single separator may be thousands.
    if (last >= 0 && digits.length - last - 1 !== 3) {
      return point >= 0 ? "." : ",";
    }
  }
  return undefined;
}

/** An amount of a file, and the currency that is written beside it. */
export interface FileAmount {
  readonly micros: bigint;
  readonly currencyCode: string;
}

/** Reads an amount such as `1,234.50`, `-3`, `(3.00)` or `EUR 3`. Empty: undefined. Not an amount: null. */
export function fileAmount(cell: string, decimals: Decimals): FileAmount | undefined | null {
  const text = cell.trim();
  if (text === "" || text === "-") {
    return undefined;
  }
  const currencyCode = /(?:^|[^A-Za-z])([A-Z]{3})(?:[^A-Za-z]|$)/.exec(text)?.[1] ?? "";
  const isInBrackets = /^\(.*\)$/.test(text);
  const plain = text.replace(/[A-Z]{3}|[\s\u00a0\u202f'()$€£¥]/g, "").replace("−", "-");
  const [, sign, digits] = /^([-+]?)([0-9.,]*[0-9][0-9.,]*)$/.exec(plain) ?? [];
  if (digits === undefined) {
    return null;
  }
  const at = digits.lastIndexOf(decimals);
  const whole = at < 0 ? digits : digits.slice(0, at);
  const fraction = at < 0 ? "" : digits.slice(at + 1);
  const wholeForm =
    decimals === "." ? /^([0-9]{1,3}(,[0-9]{3})+|[0-9]*)$/ : /^([0-9]{1,3}(\.[0-9]{3})+|[0-9]*)$/;
  if (!wholeForm.test(whole) || /[^0-9]/.test(fraction)) {
    return null;
  }
  const micros = microsOf(sign === "-" || isInBrackets, whole.replace(/[.,]/g, "") || "0", fraction);
  return typeof micros === "bigint" ? { micros, currencyCode } : null;
}

/** Writes a cell so that no spreadsheet reads it as a formula. */
export function csvCell(text: string): string {
  const safe = /^[=+@\t\r]|^-[^0-9]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
