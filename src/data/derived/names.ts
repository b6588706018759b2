/** What may be said of the calendar. */

/** Parts of the calendar that go round without a step: each is given by the sine and the cosine of its place in the round. */
export const cycleNames = ["minute", "hour", "day-of-month", "day-of-year"] as const;
export type CycleName = (typeof cycleNames)[number];

export const phases = ["sine", "cosine"] as const;
export type Phase = (typeof phases)[number];

/** Parts of the calendar whose neighbours may have nothing in common: each is a level of its own. */
export const levelNames = ["weekday", "month"] as const;
export type LevelName = (typeof levelNames)[number];

/** What can be made of the times of a sequence, by the names that people give it. */
const calendarNames = [...cycleNames, ...levelNames, "weekend", "elapsed"] as const;
export type CalendarName = (typeof calendarNames)[number];

/** Those, or: the ones that vary within the training data and come again (`auto`), or none. */
export const calendarWords = ["auto", "none", ...calendarNames] as const;
/** A word that may be said of the calendar. */
export type CalendarWord = (typeof calendarWords)[number];

/** What is said of reading data, with the parts of the calendar that may help unless it says which. */
export const withCalendar = <Said extends { readonly calendar?: readonly CalendarWord[] | undefined }>(
  said: Said,
) => ({ ...said, calendar: said.calendar ?? (["auto"] as const) });
