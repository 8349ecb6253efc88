// The currencies that a reader may choose.

/** Returns codes with their names in the reader's language, those that are used most first. */
export function currencies(language: string): { value: string; label: string; hint: string }[] {
  const first = ["EUR", "USD", "GBP", "CHF", "PLN", "SEK", "BRL", "INR", "JPY"];
  const names = new Intl.DisplayNames([language], { type: "currency" });
  const all = [...new Set([...first, ...Intl.supportedValuesOf("currency")])];
  return all.map((code) => ({ value: code, label: code, hint: names.of(code) ?? "" }));
}
