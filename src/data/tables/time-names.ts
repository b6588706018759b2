/** What the names of columns say of time. */

/** The words of a name: "Date Time", epochMs and recorded_at have two each. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== "");

/** How many of a unit are in a second, by what it is called. */
const PER_SECOND: ReadonlyMap<string, number> = new Map(
  (
    [
      ["ns nanos nanoseconds", 1e9],
      ["us µs micros microseconds", 1e6],
      ["ms msec millis milliseconds", 1e3],
      ["s sec secs seconds", 1],
      ["min mins minutes minute", 1 / 60],
      ["h hr hrs hours hour", 1 / 3600],
      ["days day", 1 / 86_400],
      ["weeks week", 1 / 604_800],
    ] as const
  ).flatMap(([words, count]) => words.split(" ").map((word) => [word, count] as const)),
);

/** Names that say nothing but when, by their words without a unit or a zone. */
const TIMES: ReadonlySet<string> = new Set(
  (
    "t|ts|ds|time|times|timestamp|timestamps|time stamp|time stamps|date|dates|datetime|datetimes|date time|time date|" +
    "dateandtime|date and time|epoch|epoch time|unix|unixtime|unix time|unix timestamp|epochtime|zeit|datum|zeitstempel|" +
    "zeitpunkt|uhrzeit|datum zeit|datum uhrzeit"
  ).split("|"),
);

/** Words that tell when at the beginning or the end of a name. */
const EDGES: ReadonlySet<string> = new Set(
  (
    "time timestamp timestamps date datetime epoch ts unix unixtime zeit datum zeitstempel at year month quarter period " +
    "week day jahr monat tag"
  ).split(" "),
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

/** How many of the unit that a name tells are in a second, where it tells one: 1000 of time_ms, 1/3600 of hour. */
export function unitIn(name: string): number | undefined {
  const words = wordsOf(name);
  const [word = ""] = words.slice(-1);
  // "min" and "s" alone are names like any others.
  return words.length > 1 || word.length > 3 || word === "day" ? PER_SECOND.get(word) : undefined;
}

/** Whether whole numbers of four digits under this name are years. */
export const isYearName = (name: string): boolean => /^(?:year|jahr)s?$/i.test(name.trim());

const PART_OF_DATE =
  /^(?:years?|months?|days?|hours?|minutes?|seconds?|weeks?|quarters?|doy|day ?of ?year|jahr|monat|tag|stunde|woche|quartal)$/i;

/** Whether a column of this name holds a part of a date, such as the month. */
export const isPartOfDate = (name: string): boolean => PART_OF_DATE.test(wordsOf(name).join(" "));

/** Whether whole numbers of six digits under this name are months. */
export const isMonthName = (name: string): boolean =>
  wordsOf(name).some((word) => ["month", "date", "period", "ds", "monat", "yyyymm", "time"].includes(word));
