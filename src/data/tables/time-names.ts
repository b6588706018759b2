/** What the names of columns say of time. */

/** The words of a name: "Date Time", epochMs and recorded_at have two each. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== "");

/** How many of a unit are in a second, by what it is called. */
const PER_SECOND: ReadonlyMap<string, number> = new Map([
  ...["ns", "nanos", "nanoseconds"].map((word) => [word, 1e9] as const),
  ...["us", "µs", "micros", "microseconds"].map((word) => [word, 1e6] as const),
  ...["ms", "msec", "millis", "milliseconds"].map((word) => [word, 1e3] as const),
  ...["s", "sec", "secs", "seconds"].map((word) => [word, 1] as const),
  ...["min", "mins", "minutes"].map((word) => [word, 1 / 60] as const),
  ...["h", "hr", "hrs", "hours"].map((word) => [word, 1 / 3600] as const),
  ...["days"].map((word) => [word, 1 / 86_400] as const),
]);

/** Names that say nothing but when, by their words without a unit or a zone. */
const TIMES: ReadonlySet<string> = new Set(
  [
    [
      "t",
      "ts",
      "ds",
      "time",
      "times",
      "timestamp",
      "timestamps",
      "time stamp",
      "time stamps",
      "date",
      "dates",
    ],
    [
      "datetime",
      "datetimes",
      "date time",
      "time date",
      "dateandtime",
      "date and time",
      "epoch",
      "epoch time",
    ],
    ["unix", "unixtime", "unix time", "unix timestamp", "epochtime", "zeit", "datum", "zeitstempel"],
    ["zeitpunkt", "uhrzeit", "datum zeit", "datum uhrzeit"],
  ].flat(),
);

/** Words that tell when at the beginning or the end of a name. */
const EDGES: ReadonlySet<string> = new Set(
  [
    [
      "time",
      "timestamp",
      "timestamps",
      "date",
      "datetime",
      "epoch",
      "ts",
      "unix",
      "unixtime",
      "zeit",
      "datum",
    ],
    ["zeitstempel", "at", "year", "month", "quarter", "period", "week", "day", "jahr", "monat", "tag"],
  ].flat(),
);
const ZONES: ReadonlySet<string> = new Set(["utc", "gmt", "local"]);

/** How surely the name of a column says that it tells when each step was. */
export type TimeName = "surely" | "maybe" | undefined;

/**
 * Whether a name says that a column tells the time: surely by nothing but a word for it (timestamp, Date Time, epoch_ms, ds),
 * maybe where it begins or ends with one (recorded_at, start_date, year).
 *
 * @example
 * timeName("Date Time"); // "surely"
 * timeName("recorded_at"); // "maybe"
 * timeName("uptime"); // undefined
 */
export function timeName(name: string): TimeName {
  const words = wordsOf(name);
  const bare = words.filter((word, i) => i === 0 || !(PER_SECOND.has(word) || ZONES.has(word)));
  if (TIMES.has(bare.join(" "))) return "surely";
  const [first = "", last = ""] = [words[0], words.at(-1)];
  const isUnit = words.length > 1 && ["ns", "us", "ms"].includes(last);
  return EDGES.has(first) || EDGES.has(last) || isUnit ? "maybe" : undefined;
}

/** How many of the unit that a name tells are in a second, where it tells one: 1000 of time_ms. */
export function unitIn(name: string): number | undefined {
  const words = wordsOf(name);
  return words.length > 1 ? PER_SECOND.get(words.at(-1)!) : undefined;
}

/** Whether whole numbers of four digits under this name are years. */
export const isYearName = (name: string): boolean => /^(?:year|jahr)s?$/i.test(name.trim());

/** Whether whole numbers of six digits under this name are months. */
export const isMonthName = (name: string): boolean =>
  wordsOf(name).some((word) => ["month", "date", "period", "ds", "monat", "yyyymm", "time"].includes(word));
