/** Encoders as others would export them: files of ONNX, written op by op. */
import { encodeModel, type ValueInfo } from "../../src/onnx/proto.ts";

/** One op, of one output. */
interface Op {
  readonly op: string;
  readonly of: readonly string[];
  readonly gives: string;
  readonly with?: Readonly<Record<string, number | readonly number[]>>;
}

interface PortOf {
  readonly type?: "float32" | "int64";
  readonly shape: readonly (number | string)[];
}

interface Written {
  readonly inputs: Readonly<Record<string, PortOf>>;
  readonly outputs: Readonly<Record<string, PortOf>>;
  readonly ops: readonly Op[];
  /** Float32, or whole numbers in int64, with their shapes. */
  readonly weights?: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: Float32Array | BigInt64Array }>
  >;
}

const [FLOAT, INT64] = [1, 7];
const INTS = 7;

const portInfo = ([name, { type, shape }]: [string, PortOf]): ValueInfo => ({
  name,
  type: {
    tensorType: {
      elemType: type === "int64" ? INT64 : FLOAT,
      shape: {
        dim: shape.map((size) => (typeof size === "number" ? { dimValue: size } : { dimParam: size })),
      },
    },
  },
});

/** The bytes of a model. */
export const encoderFile = ({ inputs, outputs, ops, weights = {} }: Written): Uint8Array =>
  encodeModel({
    irVersion: 10,
    producerName: "test",
    opsetImport: [{ domain: "", version: 21 }],
    metadataProps: [],
    graph: {
      name: "encoder",
      node: ops.map(({ op, of, gives, with: attributes = {} }, i) => ({
        ...{ input: of, output: [gives], name: `${op}${i}`, opType: op, domain: "" },
        attribute: Object.entries(attributes).map(([name, value]) =>
          typeof value === "number" ? { name, type: 2, i: value } : { name, type: INTS, ints: value },
        ),
      })),
      initializer: Object.entries(weights).map(([name, { shape, data }]) => ({
        ...{ name, dims: shape, dataType: data instanceof Float32Array ? FLOAT : INT64 },
        rawData: new Uint8Array(data.buffer),
      })),
      input: Object.entries(inputs).map(portInfo),
      output: Object.entries(outputs).map(portInfo),
    },
  });

/**
 * An encoder of sound: products of the samples with some kernels, every `hop` samples.
 *
 * @param kernels `[E, K]` @param channel whether it reads `[N, 1, L]`
 */
export function framingEncoder(
  kernels: readonly (readonly number[])[],
  hop: number,
  channel = false,
): Uint8Array {
  const [width, reach] = [kernels.length, kernels[0]!.length];
  return encoderFile({
    inputs: { samples: { shape: channel ? ["N", 1, "L"] : ["N", "L"] } },
    outputs: { frames: { shape: ["N", "T", width] } },
    ops: [
      ...(channel ? [] : [{ op: "Unsqueeze", of: ["samples", "axes"], gives: "sound" }]),
      {
        op: "Conv",
        of: [channel ? "samples" : "sound", "kernels"],
        gives: "maps",
        with: { kernel_shape: [reach], strides: [hop] },
      },
      { op: "Transpose", of: ["maps"], gives: "frames", with: { perm: [0, 2, 1] } },
    ],
    weights: {
      ...(!channel && { axes: { shape: [1], data: BigInt64Array.of(1n) } }),
      kernels: { shape: [width, 1, reach], data: Float32Array.from(kernels.flat()) },
    },
  });
}

/**
 * An encoder of sound as front ends are: logarithms of the energy near some frequencies, every `hop` samples.
 *
 * @param hertz the frequencies, at 16,000 samples a second @param reach samples of a frame
 */
export function bandsEncoder(hertz: readonly number[], reach: number, hop: number): Uint8Array {
  const window = Array.from(
    { length: reach },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / reach),
  );
  const waves = hertz.flatMap((frequency) =>
    [Math.cos, Math.sin].map((wave) =>
      window.map((share, i) => share * wave((2 * Math.PI * frequency * i) / 16_000)),
    ),
  );
  const pairs = hertz.map((_, i) => waves.map((__, k) => Number(k >> 1 === i)));
  return encoderFile({
    inputs: { samples: { shape: ["N", "L"] } },
    outputs: { bands: { shape: ["N", "T", hertz.length] } },
    ops: [
      { op: "Unsqueeze", of: ["samples", "axes"], gives: "sound" },
      { op: "Conv", of: ["sound", "waves"], gives: "parts", with: { kernel_shape: [reach], strides: [hop] } },
      { op: "Mul", of: ["parts", "parts"], gives: "squares" },
      { op: "Conv", of: ["squares", "pairs"], gives: "energy", with: { kernel_shape: [1] } },
      { op: "Add", of: ["energy", "floor"], gives: "more" },
      { op: "Log", of: ["more"], gives: "logs" },
      { op: "Transpose", of: ["logs"], gives: "bands", with: { perm: [0, 2, 1] } },
    ],
    weights: {
      axes: { shape: [1], data: BigInt64Array.of(1n) },
      waves: { shape: [waves.length, 1, reach], data: Float32Array.from(waves.flat()) },
      pairs: { shape: [hertz.length, waves.length, 1], data: Float32Array.from(pairs.flat()) },
      floor: { shape: [1], data: Float32Array.of(1e-4) },
    },
  });
}

/**
 * An encoder of text: of each token the row of a table that its id names, times its mask where it reads one.
 *
 * @param table `[V, E]` @param pooled whether it tells the sum of a text alone, `[N, E]`
 */
export function lookupEncoder(
  table: readonly (readonly number[])[],
  { masked = false, pooled = false }: { readonly masked?: boolean; readonly pooled?: boolean } = {},
): Uint8Array {
  const width = table[0]!.length;
  const ids = { type: "int64", shape: ["N", "T"] } as const;
  const rows = masked ? "looked" : "rows";
  return encoderFile({
    inputs: {
      input_ids: ids,
      ...(masked && { attention_mask: ids, token_type_ids: ids }),
    },
    outputs: { [pooled ? "sums" : "rows"]: { shape: pooled ? ["N", width] : ["N", "T", width] } },
    ops: [
      { op: "Gather", of: ["table", "input_ids"], gives: rows },
      ...(masked
        ? [
            { op: "Sub", of: ["attention_mask", "token_type_ids"], gives: "whole" },
            { op: "Cast", of: ["whole"], gives: "mask", with: { to: 1 } },
            { op: "Unsqueeze", of: ["mask", "last"], gives: "column" },
            { op: "Mul", of: ["looked", "column"], gives: "rows" },
          ]
        : []),
      ...(pooled ? [{ op: "ReduceSum", of: ["rows", "steps"], gives: "sums", with: { keepdims: 0 } }] : []),
    ],
    weights: {
      table: { shape: [table.length, width], data: Float32Array.from(table.flat()) },
      ...(masked && { last: { shape: [1], data: BigInt64Array.of(2n) } }),
      ...(pooled && { steps: { shape: [1], data: BigInt64Array.of(1n) } }),
    },
  });
}
