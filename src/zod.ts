/**
 * Schemas: zod by functions (`zod/mini`), which a browser loads as far as they are used, where the methods of `zod` come
 * all or none. What a schema refuses is told in words of ours: what is allowed, and what was given.
 */
import * as z from "zod/mini";
import { quoted } from "./legible.ts";

/** What values of a type are called. */
const TYPES: Readonly<Record<string, string>> = {
  number: "a number",
  int: "a whole number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
};

/** What sizes are counted in, where a value has one; a number is its own size. */
const SIZES: Readonly<Record<string, string>> = { string: "characters", array: "entries", tuple: "entries" };

z.config({ localeError: messageOf });

/**
 * Why a value was refused.
 *
 * @example
 * messageOf({ code: "too_small", origin: "number", minimum: 1, inclusive: true, input: 0 });
 * // "it must be at least 1, and 0 was given"
 */
function messageOf(issue: z.core.$ZodRawIssue): string {
  const { input } = issue;
  if (issue.code === "unrecognized_keys") return `there is no ${issue.keys.map(quoted).join(", ")}`;
  if (input === undefined) return `it is missing, and must be ${allowedBy(issue)}`;
  const unit = (issue.code === "too_small" || issue.code === "too_big") && SIZES[issue.origin];
  if (unit)
    return `it must have ${allowedBy(issue)} ${unit}, and has ${(input as string | unknown[]).length}`;
  return `it must be ${allowedBy(issue)}, and ${shown(input)} was given`;
}

/** JSON has no infinite numbers. */
const shown = (input: unknown): string => (typeof input === "number" ? String(input) : quoted(input));

function allowedBy(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "too_small":
      return `${issue.inclusive ? "at least" : "above"} ${issue.minimum}`;
    case "too_big":
      return `${issue.inclusive ? "at most" : "below"} ${issue.maximum}`;
    case "invalid_value":
      return issue.values.length === 1 ? shown(issue.values[0]) : `one of ${issue.values.join(", ")}`;
    case "invalid_type":
      return TYPES[issue.expected] ?? `of the type ${issue.expected}`;
    default:
      return "of another form";
  }
}

export * from "zod/mini";

/** A text of a certain form. It is asked by a function, as a page would load what zod has for regular expressions too. */
export const textOfForm = (form: RegExp, refusal: string) =>
  z.string().check(z.refine((text) => form.test(text), refusal));

/** What is not written to, by its type alone: a page would load what zod has to freeze values too. */
export const readonly = <Schema extends z.core.SomeType>(schema: Schema): z.ZodMiniReadonly<Schema> =>
  schema as unknown as z.ZodMiniReadonly<Schema>;

/** What stands at its own usual values where nothing is said. A default does what zod has a type of its own for. */
export const usually = <Schema extends z.ZodMiniType>(schema: Schema): z.ZodMiniDefault<Schema> =>
  z._default(schema, () => z.parse(schema, {}) as never);
