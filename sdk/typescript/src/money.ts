// Converts decimal text to exact money and back.
//
// There is no float, exponent, rounding or thousands separator: text that is not exactly an amount
// in millionths is an error. The currency is taken unchanged; the server checks it.

import { create, isMessage } from "@bufbuild/protobuf";
import { type Money, MoneySchema } from "./gen/s2s/v1/money_pb.js";

/** Number of fraction digits in millionths. */
const FRACTION_DIGITS = 6;
/** Number of digits of the largest 64-bit integer. */
const MICROS_DIGITS_MAX = 19;

/** Digits after the point, by ISO 4217, of currencies that don't have two. */
const DIGITS: Readonly<Record<string, number>> = Object.fromEntries(
  [
    [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"] as const,
    [3, "BHD IQD JOD KWD LYD OMR TND"] as const,
    [4, "CLF UYW"] as const,
  ].flatMap(([digits, codes]) => codes.split(" ").map((code) => [code, digits])),
);
const DIGITS_DEFAULT = 2;

const PROBLEMS = {
  malformed: "an amount must be digits with at most one decimal point, such as 19.99",
  tooPrecise: "an amount can have at most six fraction digits",
  outOfRange: "the amount is out of range",
};

/** The error for a text that is not an amount of money. */
export class MoneyError extends Error {
  static {
    MoneyError.prototype.name = "MoneyError";
  }

  /**
   * `malformed`: not digits with at most one point. `tooPrecise`: not a whole number of millionths.
   * `outOfRange`: the millionths exceed a 64-bit integer.
   */
  readonly problem: "malformed" | "tooPrecise" | "outOfRange";

  constructor(problem: MoneyError["problem"]) {
    super(PROBLEMS[problem]);
    this.problem = problem;
  }
}

/**
 * Reads an exact amount, such as `19.99`, `-3` or `0.000001`. Throws a `MoneyError` if the text is
 * not an amount, and a `TypeError` for a number, which may be not exact.
 *
 * `currencyCode` is an ISO 4217 code, such as `EUR`. Default: the currency of the conversion code.
 *
 * A negative amount takes money back. The server refuses amounts beyond ±10^18 millionths. It also
 * refuses a negative value or commission in a conversion to record.
 */
export function money(amount: string, currencyCode?: string): Money;
/** Returns a copy of an amount. */
export function money(amount: Money): Money;
export function money(amount: string | Money, currencyCode = ""): Money {
  if (isMessage(amount, MoneySchema)) {
    return create(MoneySchema, { currencyCode: amount.currencyCode, micros: amount.micros });
  }
  if (typeof amount !== "string") {
    throw new TypeError('an amount must be a string such as "19.99": a number may be not exact');
  }
  if (typeof currencyCode !== "string") {
    throw new TypeError('a currency must be a string such as "EUR"');
  }
  return create(MoneySchema, { currencyCode, micros: microsOf(amount) });
}

/**
 * Returns the amount without its currency, such as `19.99`, `100` or `-0.5`; `money` reads it back.
 */
export function moneyToDecimal({ micros }: Pick<Money, "micros">): string {
  return decimal(micros, 0);
}

/**
 * Returns the amount for people, with as many decimals as its currency has: `19.90 EUR`, `500 JPY`.
 * Further decimals are shown if there are any, never rounded.
 */
export function formatMoney({ currencyCode, micros }: Money): string {
  const digits = Object.hasOwn(DIGITS, currencyCode) ? DIGITS[currencyCode] : undefined;
  return `${decimal(micros, digits ?? DIGITS_DEFAULT)} ${currencyCode}`.trimEnd();
}

function microsOf(text: string): bigint {
  const [, sign, whole, fraction = ""] = /^([+-]?)([0-9]+)(?:\.([0-9]+))?$/.exec(text) ?? [];
  if (whole === undefined) {
    throw new MoneyError("malformed");
  }
  if (/[^0]/.test(fraction.slice(FRACTION_DIGITS))) {
    throw new MoneyError("tooPrecise");
  }
  const digits = (whole + fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, "0")).replace(/^0+/, "");
  // Check the length first, because reading a long text takes long.
  if (digits.length > MICROS_DIGITS_MAX) {
    throw new MoneyError("outOfRange");
  }
  const micros = BigInt(digits) * (sign === "-" ? -1n : 1n);
  if (BigInt.asIntN(64, micros) !== micros) {
    throw new MoneyError("outOfRange");
  }
  return micros;
}

/** Returns an amount with at least `digits` decimals, and no more than needed. */
function decimal(micros: bigint, digits: number): string {
  const sign = micros < 0n ? "-" : "";
  const text = (micros < 0n ? -micros : micros).toString().padStart(FRACTION_DIGITS + 1, "0");
  const fraction = text.slice(-FRACTION_DIGITS).replace(/0+$/, "").padEnd(digits, "0");
  return `${sign}${text.slice(0, -FRACTION_DIGITS)}${fraction && `.${fraction}`}`;
}
