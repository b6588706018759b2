/** The most characters of a message, and megabytes that an input may cost beside twenty times its size. */
const LONGEST_MESSAGE = 500;
const MEGABYTES = 200;
const TIMES_INPUT = 20;

/**
 * What became of an input: "read", "refused", or what is wrong.
 *
 * @param parser of `parsersOf`
 */
export async function verdictOf({ parse }, bytes, VrnnError) {
  const before = process.memoryUsage.rss();
  const outcome = await outcomeOf(parse, bytes, VrnnError);
  const megabytes = (process.memoryUsage.rss() - before - TIMES_INPUT * bytes.length) / 1e6;
  return megabytes > MEGABYTES ? `takes ${Math.round(megabytes)} MB` : outcome;
}

async function outcomeOf(parse, bytes, VrnnError) {
  try {
    await parse(bytes, VrnnError);
    return "read";
  } catch (error) {
    if (!(error instanceof VrnnError)) return `throws ${String(error).slice(0, 200)}`;
    if (error.message.length > LONGEST_MESSAGE) return `a message of ${error.message.length} characters`;
    if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(error.message))
      return `a message with control characters: ${error.message}`;
    return "refused";
  }
}
