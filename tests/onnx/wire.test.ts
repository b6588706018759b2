/** Our writer of protocol buffers against protobufjs: the same bytes. */
import fc from "fast-check";
import protobuf from "protobufjs/minimal.js";
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import * as g from "../../src/graph/index.ts";
import { lower, type Program } from "../../src/onnx/lower.ts";
import { BackwardWriter } from "../../src/onnx/wire.ts";
import { finish, optimise } from "../../src/passes/optimise.ts";
import { modelProto } from "./model-proto.ts";

/** A field of a message, or a message of fields. */
type Part =
  | { readonly type: "int64" | "float"; readonly id: number; readonly value: number }
  | { readonly type: "string"; readonly id: number; readonly value: string }
  | { readonly type: "bytes"; readonly id: number; readonly value: Uint8Array }
  | { readonly type: "message"; readonly id: number; readonly value: readonly Part[] };

function writeBackwards(writer: BackwardWriter, parts: readonly Part[]): void {
  for (const { type, id, value } of parts.toReversed()) {
    if (type === "message") writer.message(() => writeBackwards(writer, value));
    else if (type === "string") writer.text(value);
    else if (type === "bytes") writer.bytes(value);
    else if (type === "float") writer.float(value);
    else writer.varint(value);
    writer.tag(id, type === "float" ? "four" : type === "int64" ? "number" : "delimited");
  }
}

function writeForwards(writer: protobuf.Writer, parts: readonly Part[]): protobuf.Writer {
  for (const { type, id, value } of parts) {
    writer.uint32((id << 3) | { int64: 0, float: 5, string: 2, bytes: 2, message: 2 }[type]);
    if (type === "message") writeForwards(writer.fork(), value).ldelim();
    else if (type === "string") writer.string(value);
    else if (type === "bytes") writer.bytes(value);
    else if (type === "float") writer.float(value);
    else writer.int64(value);
  }
  return writer;
}

function ours(parts: readonly Part[]): Uint8Array {
  const writer = new BackwardWriter();
  writeBackwards(writer, parts);
  return writer.finish();
}

const theirs = (parts: readonly Part[]): Uint8Array =>
  writeForwards(protobuf.Writer.create(), parts).finish();

function same(parts: readonly Part[]): void {
  expect([...ours(parts)]).toEqual([...theirs(parts)]);
}

describe("a field is written as protobufjs writes it", () => {
  const powers = Array.from({ length: 53 }, (_, bits) => 2 ** bits);
  test("whole numbers around each power of two, and negative ones", () => {
    const numbers = powers.flatMap((power) => [power - 1, power, power + 1, 1 - power, -power, -1 - power]);
    same(numbers.filter(Number.isSafeInteger).map((value) => ({ type: "int64", id: 3, value })));
  });

  test("text outside ASCII, content larger than the first buffer, nothing at all", () => {
    same([
      { type: "string", id: 1, value: "Größe 測定 🎵" },
      { type: "bytes", id: 2, value: Uint8Array.from({ length: 5000 }, (_, i) => i) },
      { type: "string", id: 900, value: "" },
      { type: "message", id: 4, value: [] },
    ]);
    expect(ours([])).toHaveLength(0);
  });

  const id = fc.integer({ min: 1, max: 2 ** 20 });
  const { part } = fc.letrec<{ part: Part }>((tie) => ({
    part: fc.oneof(
      { depthSize: "small" },
      fc.record({ type: fc.constant("int64" as const), id, value: fc.maxSafeInteger() }),
      fc.record({ type: fc.constant("float" as const), id, value: fc.float() }),
      fc.record({ type: fc.constant("string" as const), id, value: fc.string({ unit: "grapheme" }) }),
      fc.record({ type: fc.constant("bytes" as const), id, value: fc.uint8Array({ maxLength: 300 }) }),
      fc.record({ type: fc.constant("message" as const), id, value: fc.array(tie("part")) }),
    ),
  }));

  test("any message of messages", () => {
    fc.assert(fc.property(fc.array(part), same), { numRuns: 500 });
  });
});

/** A recurrence with its gradient: loops, constants of all kinds, named sizes, attributes. */
function recurrence(): Record<string, g.Tensor> {
  const xs = g.input("x", ["T", "B", 3]);
  const [w, h] = [g.input("w", [3, 3]), g.input("h", ["B", 3])];
  const { outputs } = g.scan({
    state: { h },
    over: { x: xs },
    step: ({ h }, { x }) => {
      const next = g.tanh(g.add(g.matmul(h, w), g.mul(x, 0.5)));
      return { state: { h: next }, outputs: { h: next } };
    },
  });
  const loss = g.sum(g.softplus(outputs.h));
  const [slope] = gradients(loss, [w]) as [g.Tensor];
  return { loss, slope, last: g.logSumExp(outputs.h, [-1]) };
}

/** What protobufjs makes of a model that it has read. */
const rewritten = ({ model }: Program): Uint8Array => modelProto.encode(modelProto.decode(model)).finish();

describe("a model that protobufjs reads and writes again has the same bytes", () => {
  const metadata = { unit: "°C", "": "x" };
  test("as it was built", () => {
    const program = lower(recurrence(), { metadata });
    expect(program.model.length).toBeGreaterThan(3000);
    expect(Buffer.compare(rewritten(program), program.model)).toBe(0);
  });

  test("after the passes", () => {
    const built = recurrence();
    const finished = finish(optimise(Object.values(built)));
    const program = lower(
      Object.fromEntries(Object.keys(built).map((name, i) => [name, finished[i] as g.Tensor])),
    );
    expect(program.model.length).toBeGreaterThan(1000);
    expect(Buffer.compare(rewritten(program), program.model)).toBe(0);
  });

  test("with weights inside", () => {
    const weights = Float32Array.from({ length: 9 }, (_, i) => i / 7);
    const program = lower(recurrence(), { stored: { w: weights } });
    expect(Object.keys(program.inputs)).toEqual(["h", "x"]);
    expect(Buffer.compare(rewritten(program), program.model)).toBe(0);
  });
});
