import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decimalOf,
  formatAmount,
  formatPercent,
  parseAmount,
  roundAmount,
  sumsOf,
} from "../../src/lib/money.ts";

const eur = (micros: bigint) => ({ currencyCode: "EUR", micros });
/** Spaces in formatted amounts do not break lines. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

test("millionths become decimals without a float", () => {
  assert.equal(decimalOf(19_990_000n), "19.99");
  assert.equal(decimalOf(-1n), "-0.000001");
  assert.equal(decimalOf(10n ** 18n), "1000000000000");
  assert.equal(decimalOf(999_999_999_999_999_999n), "999999999999.999999");
});

test("amounts are formatted exactly, in the reader's language", () => {
  assert.equal(plain(formatAmount(eur(1_234_500_000n), "en")), "€1,234.50");
  assert.equal(plain(formatAmount(eur(1_234_500_000n), "de")), "1.234,50 €");
  assert.equal(plain(formatAmount(eur(2_629_353n), "en")), "€2.629353");
  assert.equal(plain(formatAmount(eur(999_999_999_999_999_999n), "en")), "€999,999,999,999.999999");
  assert.equal(plain(formatAmount({ currencyCode: "JPY", micros: 500_000_000n }, "en")), "¥500");
  assert.equal(plain(formatAmount({ currencyCode: "", micros: 1_500_000n }, "en")), "1.50");
});

test("typed amounts are read, and never guessed", () => {
  for (const [text, language, micros] of [
    ["19.99", "en", 19_990_000n],
    ["19,99", "de", 19_990_000n],
    ["19,99", "en", 19_990_000n],
    ["1,234.50", "en", 1_234_500_000n],
    ["1.234,50", "de", 1_234_500_000n],
    ["1 234,50", "de", 1_234_500_000n],
    ["1,234,567", "en", 1_234_567_000_000n],
    ["-2.50", "en", -2_500_000n],
    [".5", "en", 500_000n],
    ["1.500", "en", 1_500_000n],
    ["1.500", "de", "ambiguous"],
    ["1,500", "en", "ambiguous"],
    ["1e3", "en", "malformed"],
    ["", "en", "malformed"],
    ["1.2.3", "en", "malformed"],
    ["0.0000001", "en", "tooPrecise"],
    ["9999999999999", "en", "outOfRange"],
  ] as const) {
    assert.equal(parseAmount(text, language), micros, `${text} in ${language}`);
  }
});

test("sums are by currency", () => {
  const usd = { currencyCode: "USD", micros: 1n };
  assert.deepEqual(sumsOf([usd, eur(2n), undefined, eur(3n)]), [eur(5n), usd]);
});

test("a sum at a glance has what its currency can pay", () => {
  assert.deepEqual(roundAmount(eur(2_629_353n)), eur(2_630_000n));
  assert.deepEqual(roundAmount(eur(-2_625_000n)), eur(-2_630_000n));
  assert.equal(roundAmount({ currencyCode: "JPY", micros: 1_500_000n }).micros, 2_000_000n);
});

test("percents have no trailing zeros", () => {
  assert.equal(formatPercent(12_500_000n, "de"), "12,5 %");
  assert.equal(formatPercent(80_000_000n, "en"), "80 %");
});
