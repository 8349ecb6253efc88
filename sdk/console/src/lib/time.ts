// Times in the reader's zone.

/** How much of a time is shown. */
export type TimeStyle = "full" | "short" | "day" | "clock";

const STYLES: Record<TimeStyle, Intl.DateTimeFormatOptions> = {
  full: { dateStyle: "medium", timeStyle: "medium" },
  short: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  day: { dateStyle: "medium" },
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
};

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(language: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known) {
    return known;
  }
  const made = new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
  formats.set(key, made);
  return made;
}

export function formatTime(time: Date, language: string, zone: string, style: TimeStyle): string {
  return formatOf(language, zone, STYLES[style]).format(time);
}

/** Returns a distance such as `3 minutes ago`. */
export function formatDistance(time: Date, now: Date, language: string): string {
  const seconds = Math.round((time.getTime() - now.getTime()) / 1000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["second", 60],
    ["minute", 3600],
    ["hour", 86_400],
    ["day", 86_400 * 30],
    ["month", 86_400 * 365],
  ];
  let size = 1;
  for (const [unit, limit] of steps) {
    if (Math.abs(seconds) < limit) {
      return format.format(Math.round(seconds / size), unit);
    }
    size = unit === "day" ? 86_400 * 30 : limit;
  }
  return format.format(Math.round(seconds / (86_400 * 365)), "year");
}

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** Returns what a clock in `zone` shows at `time`. */
export function partsIn(time: Date, zone: string): Parts {
  const format = formatOf("en-GB", zone, {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23",
  });
  const parts = Object.fromEntries(
    format.formatToParts(time).map(({ type, value }) => [type, Number(value)]),
  );
  return parts as unknown as Parts;
}

/** Returns the first instant at which a clock in `zone` shows this day and time. */
export function instantOf(parts: Partial<Parts> & Pick<Parts, "year" | "month" | "day">, zone: string): Date {
  const { year, month, day, hour = 0, minute = 0, second = 0 } = parts;
  const wanted = Date.UTC(year, month - 1, day, hour, minute, second);
  let guess = wanted;
  // The offset at the guess may be that of the other side of a change of clocks.
  for (let round = 0; round < 3; round++) {
    const shown = partsIn(new Date(guess), zone);
    const shownUtc = Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute, shown.second);
    guess += wanted - shownUtc;
  }
  return new Date(guess);
}

/** Returns the beginning of the day of `time` in `zone`, `days` later. */
export function startOfDay(time: Date, zone: string, days = 0): Date {
  const { year, month, day } = partsIn(time, zone);
  return instantOf({ year, month, day: day + days }, zone);
}

/** Reads the text of an `<input type="date">` as the beginning of that day. */
export function dayFromInput(text: string, zone: string, days = 0): Date | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined) {
    return undefined;
  }
  return instantOf({ year: Number(year), month: Number(month), day: Number(day) + days }, zone);
}

/** Writes a day for an `<input type="date">`. */
export function dayForInput(time: Date, zone: string): string {
  const { year, month, day } = partsIn(time, zone);
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** Returns true if `zone` is the name of a time zone. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Returns the name of a zone and its present distance from UTC, such as `Europe/Berlin (GMT+2)`. */
export function zoneLabel(zone: string, language: string, at: Date): string {
  const parts = formatOf(language, zone, { timeZoneName: "shortOffset" }).formatToParts(at);
  const offset = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  return offset && offset !== zone ? `${zone.replaceAll("_", " ")} (${offset})` : zone;
}
