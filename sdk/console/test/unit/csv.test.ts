import assert from "node:assert/strict";
import { test } from "node:test";
import { csvCell, decimalsOf, fileAmount, parseCsv } from "../../src/lib/csv.ts";
import { fileTime, guessMapping, readRows } from "../../src/lib/mapping.ts";

test("files of spreadsheets are read", () => {
  const csv = parseCsv('\ufeffOrder ID;Name;Amount\r\n1;"Smith; ""Jo""\nand co";1,50\r\n\r\n2;x\r\n');
  assert.equal(csv.delimiter, ";");
  assert.deepEqual(csv.titles, ["Order ID", "Name", "Amount"]);
  assert.deepEqual(csv.rows, [
    ["1", 'Smith; "Jo"\nand co', "1,50"],
    ["2", "x", ""],
  ]);
  assert.deepEqual(parseCsv("sep=|\na|b\n1|2").rows, [["1", "2"]]);
  assert.deepEqual(parseCsv("").titles, []);
});

test("amounts of files are read by the file's decimals", () => {
  for (const [cell, decimals, micros, currencyCode = ""] of [
    ["1,234.50", ".", 1_234_500_000n],
    ["1.234,50", ",", 1_234_500_000n],
    ["1.500", ",", 1_500_000_000n],
    ["1.500", ".", 1_500_000n],
    ["(3.00)", ".", -3_000_000n],
    ["−2,5", ",", -2_500_000n],
    ["EUR 12.00", ".", 12_000_000n, "EUR"],
    ["$7", ".", 7_000_000n],
    [".5", ".", 500_000n],
  ] as const) {
    assert.deepEqual(fileAmount(cell, decimals), { micros, currencyCode }, cell);
  }
  assert.equal(fileAmount("", "."), undefined);
  assert.equal(fileAmount("-", "."), undefined);
  for (const cell of ["n/a", "1,23", "1.2.3", "12,34.5"]) {
    assert.equal(fileAmount(cell, "."), null, cell);
  }
});

test("the decimals of a file are found, unless every amount has two meanings", () => {
  assert.equal(decimalsOf(["1.500", "2,50"]), ",");
  assert.equal(decimalsOf(["1,234.50"]), ".");
  assert.equal(decimalsOf(["12", "7.5"]), ".");
  assert.equal(decimalsOf(["1.500", "2,750", "3"]), undefined);
});

test("columns are found by the network's titles, or by usual ones", () => {
  const titles = ["Date", "Click Ref", "Order ID", "Sale Amount", "Commission (EUR)", "Status", "Currency"];
  assert.deepEqual(guessMapping(titles, {}), {
    order: 2,
    click: 1,
    value: 3,
    commission: 4,
    currency: 6,
    status: 5,
    time: 0,
  });
  assert.equal(guessMapping(["Ref", "Sum"], { order: "ref", commission: "SUM" }).order, 0);
});

test("rows are read, and what can't be read is told with its line", () => {
  const csv = parseCsv(
    "Order ID,Payout (EUR),Date\nA1,2.50,2026-10-31 14:05:00\nA2,oops,yesterday\n,9.99,\n",
  );
  const mapping = guessMapping(csv.titles, {});
  const { rows, faults, leftOut, timesLeftOut } = readRows(csv, mapping, ".", "Europe/Berlin", "approved");
  assert.equal(rows.length, 2);
  assert.deepEqual(rows[0]?.commission, { micros: 2_500_000n, currencyCode: "EUR" });
  assert.equal(rows[0]?.status, "approved");
  assert.equal(rows[0]?.time?.toISOString(), "2026-10-31T13:05:00.000Z");
  assert.deepEqual(faults, [{ line: 3, field: "commission", cell: "oops" }]);
  assert.equal(leftOut, 1);
  assert.equal(timesLeftOut, 1);
});

test("times with one meaning are read", () => {
  assert.equal(fileTime("2026-10-31T14:05:00Z", "Europe/Berlin")?.toISOString(), "2026-10-31T14:05:00.000Z");
  assert.equal(fileTime("31.10.2026 14:05", "UTC")?.toISOString(), "2026-10-31T14:05:00.000Z");
  assert.equal(fileTime("10/11/2026", "UTC"), undefined);
});

test("cells are written so that no spreadsheet runs them", () => {
  assert.equal(csvCell("=1+1"), "'=1+1");
  assert.equal(csvCell('a,"b"'), '"a,""b"""');
  assert.equal(csvCell("-3.50"), "-3.50");
});
