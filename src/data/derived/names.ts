/** What may be said of the calendar. */
import { cycleNames, levelNames } from "./derivation.ts";

/** What can be made of the times of a sequence, by the names that people give it. */
export const calendarNames = [...cycleNames, ...levelNames, "weekend", "elapsed"] as const;
export type CalendarName = (typeof calendarNames)[number];

/** Those, or: the ones that vary within the training data and come again (`auto`), or none. */
export const calendarWords = ["auto", "none", ...calendarNames] as const;
export type CalendarWord = (typeof calendarWords)[number];

/** What is said of reading data, with the parts of the calendar that may help unless it says which. */
export const withCalendar = <Said extends { readonly calendar?: readonly CalendarWord[] | undefined }>(
  said: Said,
) => ({ ...said, calendar: said.calendar ?? (["auto"] as const) });
