// Money for people: from millionths and back, by BigInt and text alone.

const FRACTION_DIGITS = 6;
const MICROS_MAX = 10n ** 18n;

/** An amount as the API has it. */
export interface Amount {
  readonly currencyCode: string;
  readonly micros: bigint;
}

/** Returns millionths as a decimal text such as `-19.99`, without trailing zeros. */
export function decimalOf(micros: bigint): string {
  const digits = (micros < 0n ? -micros : micros).toString().padStart(FRACTION_DIGITS + 1, "0");
  const fraction = digits.slice(-FRACTION_DIGITS).replace(/0+$/, "");
  const sign = micros < 0n ? "-" : "";
  return `${sign}${digits.slice(0, -FRACTION_DIGITS)}${fraction && `.${fraction}`}`;
}

/**
 * Returns an amount as people of `language` write it. It has as many decimals as its currency, and
 * more if there are any: nothing is rounded.
 */
export function formatAmount({ currencyCode, micros }: Amount, language: string): string {
  const decimal = decimalOf(micros);
  const needed = decimal.split(".")[1]?.length ?? 0;
  const options: Intl.NumberFormatOptions = /^[A-Z]{3}$/.test(currencyCode)
    ? { style: "currency", currency: currencyCode, currencyDisplay: "narrowSymbol" }
    : { minimumFractionDigits: 2 };
  const usual = new Intl.NumberFormat(language, options).resolvedOptions().minimumFractionDigits ?? 2;
  const digits = Math.max(usual, needed);
  const format = new Intl.NumberFormat(language, {
    ...options,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  // A text is formatted exactly; a number would be rounded to a float.
  return format.format(decimal as Intl.StringNumericLiteral);
}

/** Rounds half away from zero to what the currency can pay. */
export function roundAmount({ currencyCode, micros }: Amount): Amount {
  const isCurrency = /^[A-Z]{3}$/.test(currencyCode);
  const format = new Intl.NumberFormat("en", isCurrency ? { style: "currency", currency: currencyCode } : {});
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const unit = 10n ** BigInt(Math.max(0, FRACTION_DIGITS - digits));
  const half = micros < 0n ? -unit / 2n : unit / 2n;
  return { currencyCode, micros: ((micros + half) / unit) * unit };
}

/** Why a text is not an amount. */
export type AmountProblem = "malformed" | "ambiguous" | "tooPrecise" | "outOfRange";

/**
 * Reads an amount that a person typed in `language`. A text with two meanings is a problem, not a
 * guess: `1.500` is one and a half in English and fifteen hundred in German.
 */
export function parseAmount(text: string, language: string): bigint | AmountProblem {
  const parts = new Intl.NumberFormat(language).formatToParts(11111.5);
  const group = parts.find(({ type }) => type === "group")?.value ?? ",";
  const decimal = parts.find(({ type }) => type === "decimal")?.value ?? ".";
  const plain = text.trim().replace(/[\s\u00a0\u202f']/g, "");
  const [, sign, digits] = /^([-+−]?)([0-9.,]*[0-9])$/.exec(plain) ?? [];
  if (digits === undefined) {
    return "malformed";
  }
  const separators = digits.replace(/[0-9]/g, "");
  let fraction = "";
  let whole = digits;
  const last = Math.max(digits.lastIndexOf("."), digits.lastIndexOf(","));
  if (separators.length === 1) {
    const tail = digits.slice(last + 1);
    if (separators !== decimal && tail.length === 3 && separators === group) {
      return "ambiguous";
    }
    whole = digits.slice(0, last);
    fraction = tail;
  } else if (separators.length > 1) {
    const isGrouped = /^[0-9]{1,3}([.,])[0-9]{3}(\1[0-9]{3})*([.,][0-9]+)?$/.exec(digits);
    if (!isGrouped) {
      return "malformed";
    }
    const hasDecimal = separators.at(-1) !== separators[0];
    whole = (hasDecimal ? digits.slice(0, last) : digits).replace(/[.,]/g, "");
    fraction = hasDecimal ? digits.slice(last + 1) : "";
  }
  return microsOf(sign === "-" || sign === "−", whole || "0", fraction);
}

/** Adds digits up to millionths. */
export function microsOf(isNegative: boolean, whole: string, fraction: string): bigint | AmountProblem {
  if (/[^0]/.test(fraction.slice(FRACTION_DIGITS))) {
    return "tooPrecise";
  }
  if (whole.length > 19) {
    return "outOfRange";
  }
  const micros = BigInt(whole + fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, "0"));
  if (micros > MICROS_MAX) {
    return "outOfRange";
  }
  return isNegative ? -micros : micros;
}

/** Returns sums by currency, sorted by currency. */
export function sumsOf(amounts: Iterable<Amount | undefined>): Amount[] {
  const sums = new Map<string, bigint>();
  for (const amount of amounts) {
    if (amount) {
      sums.set(amount.currencyCode, (sums.get(amount.currencyCode) ?? 0n) + amount.micros);
    }
  }
  return [...sums]
    .map(([currencyCode, micros]) => ({ currencyCode, micros }))
    .sort((a, b) => a.currencyCode.localeCompare(b.currencyCode));
}

/** Returns a percent in millionths as a text, such as `12.5 %`. */
export function formatPercent(micros: bigint, language: string): string {
  const format = new Intl.NumberFormat(language, { maximumFractionDigits: FRACTION_DIGITS });
  return `${format.format(decimalOf(micros) as Intl.StringNumericLiteral)} %`;
}
