/** What an encoder of text that somebody brings reads and tells, by what its file says. */
import type { FloatTensor, Port } from "../../runtime/node-frozen.ts";
import { type Frames, framesOf } from "../audio/frames.ts";
import { isFixed, portWords, refused } from "../encoders.ts";

/** What each token of a text is told by, beside its id. */
const INPUTS = {
  input_ids: undefined,
  attention_mask: 1n,
  token_type_ids: 0n,
} as const;
type InputName = keyof typeof INPUTS;

/** Where ids go in and what is told of them comes out. */
export interface TextPorts {
  /** Which of the inputs it has. */
  readonly inputs: readonly InputName[];
  readonly output: string;
  /** Outputs that nothing is read of. */
  readonly others: readonly string[];
}

/** Numbers of a token at most. */
const MOST_WIDTH = 4096;

const WANTED =
  "bring one that reads int64 input_ids [N, T] and, if any, attention_mask and token_type_ids, N and T being free";

/**
 * The ports of an encoder: int64 `[N, T]` inputs `input_ids` and, if there are any, `attention_mask` and `token_type_ids`; the first
 * output of float32 that has three axes, or two.
 *
 * @param at its path
 * @throws VrnnError `data/encoder` for others
 * @example
 * textPortsOf([{ name: "input_ids", type: "int64", shape: ["N", "T"] }], [{ name: "y", type: "float32", shape: ["N", "T", 384] }], "a.onnx");
 * // { inputs: ["input_ids"], output: "y", others: [] }
 */
export function textPortsOf(inputs: readonly Port[], outputs: readonly Port[], at: string): TextPorts {
  const isKnown = ({ name, type, shape }: Port) =>
    Object.hasOwn(INPUTS, name) && type === "int64" && shape.length === 2;
  if (!inputs.every(isKnown) || !inputs.some(({ name }) => name === "input_ids"))
    throw refused(`its inputs are ${portWords(inputs)}`, at, WANTED);
  const fixed = inputs.find(({ shape: [rows, length] }) => isFixed(length) || (isFixed(rows) && rows > 1));
  if (fixed !== undefined) throw refused(`its input is ${portWords([fixed])}, of a fixed size`, at, WANTED);
  const output = outputs.find(isRead);
  if (output === undefined)
    throw refused(
      `its outputs are ${portWords(outputs)}`,
      at,
      "bring one that tells float32 [N, T, E] or [N, E]",
    );
  return {
    inputs: inputs.map(({ name }) => name as InputName),
    output: output.name,
    others: outputs.filter((each) => each !== output).map(({ name }) => name),
  };
}

/** Of an output whose shape is not told it turns out when it is computed. */
const isRead = ({ type, shape }: Port): boolean =>
  type === "float32" && (shape.length === 0 || shape.length === 2 || shape.length === 3);

/** One text as an encoder reads it. @param ids `[T]` */
export const fedIds = (ids: readonly number[], { inputs }: TextPorts) =>
  Object.fromEntries(
    inputs.map((name) => {
      const data = BigInt64Array.from(ids, (id) => INPUTS[name] ?? BigInt(id));
      return [name, { shape: [1, ids.length], data }] as const;
    }),
  );

/**
 * What an encoder told of a text, a row for each step: its output is `[1, T, E]`, or `[1, E]` where the text is one step.
 *
 * @param at its path @throws VrnnError `data/encoder` for other shapes
 */
export function toldSteps({ shape, data }: FloatTensor, at: string): Frames {
  const width = shape.at(-1) ?? 0;
  const isRows = (shape.length === 2 || shape.length === 3) && shape[0] === 1;
  if (isRows && width >= 1 && width <= MOST_WIDTH) return framesOf(data, width);
  throw refused(
    `of one text it told [${shape.join(", ")}]`,
    at,
    `bring one that tells [N, T, E] or [N, E] of N texts, E being ${MOST_WIDTH} at most`,
  );
}
