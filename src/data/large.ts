/** From how many megabytes on a table of separated values or JSON Lines is read as it is needed: what it holds would take several times that. */
export const LARGE_MEGABYTES = 200;
