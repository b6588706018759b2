/** What may be said of the calendar. */

/** Parts of the calendar that are covariates when they are named. */
export const calendarNames = ["hour"] as const;
export type CalendarName = (typeof calendarNames)[number];

/** Those, or: the ones that vary within the data and come again, or none. */
export const calendarWords = ["auto", "none", ...calendarNames] as const;
export type CalendarWord = (typeof calendarWords)[number];
