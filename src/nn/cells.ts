/** Recurrent cells: pure functions of a step's inputs and state. `scan` owns time. */
import { add, addAll, matmul, mul, sigmoid, split, sub, type Tensor, tanh } from "../graph/index.ts";
import { type Parameter, uniformOver, type Weights } from "./parameters.ts";

type Sizes = Readonly<Record<string, number>>;
export type State = Readonly<Record<string, Tensor>>;

export interface Cell {
  readonly parameters: readonly Parameter[];
  /** The width of each part of the state; `h` is the part that others see. */
  readonly stateSizes: Sizes;
  /** @param inputs `[B, size]` each; @param state `[B, size]` each. */
  step(weights: Weights, inputs: Readonly<Record<string, Tensor>>, state: State): State;
}

/** `<name>.<input>.weight`, `<name>.x.bias` for what comes from outside, `<name>.h.weight`, `<name>.h.bias` for the state. */
function gateParameters(name: string, inputs: Sizes, hidden: number, gates: number): readonly Parameter[] {
  const initialise = uniformOver(hidden);
  const weight = (input: string, size: number) => ({
    name: `${name}.${input}.weight`,
    shape: [size, gates * hidden],
    initialise,
  });
  const bias = (side: string) => ({ name: `${name}.${side}.bias`, shape: [gates * hidden], initialise });
  return [
    ...Object.entries(inputs).map(([input, size]) => weight(input, size)),
    bias("x"),
    weight("h", hidden),
    bias("h"),
  ];
}

/** Σ xᵢ·Wᵢ + b. */
function fromInputs(name: string, weights: Weights, inputs: Readonly<Record<string, Tensor>>): Tensor {
  const products = Object.entries(inputs).map(([input, x]) => matmul(x, weights(`${name}.${input}.weight`)));
  return add(addAll(products), weights(`${name}.x.bias`));
}

const fromState = (name: string, weights: Weights, h: Tensor): Tensor =>
  add(matmul(h, weights(`${name}.h.weight`)), weights(`${name}.h.bias`));

/** What cells with gates share: a name, a width, and the parameters of their gates. */
abstract class GatedCell implements Cell {
  readonly parameters: readonly Parameter[];
  readonly stateSizes: Sizes;
  protected readonly name: string;
  protected readonly hidden: number;

  constructor(name: string, inputs: Sizes, hidden: number, gates: number, state: readonly string[]) {
    this.name = name;
    this.hidden = hidden;
    this.parameters = gateParameters(name, inputs, hidden, gates);
    this.stateSizes = Object.fromEntries(state.map((part) => [part, hidden]));
  }

  abstract step(weights: Weights, inputs: Readonly<Record<string, Tensor>>, state: State): State;
}

/**
 * The gated recurrent unit (Cho et al. 2014) with the reset gate behind the product, as cuDNN and PyTorch have it:
 * r = σ(xWᵣ + hUᵣ), u = σ(xWᵤ + hUᵤ), n = tanh(xWₙ + r∘(hUₙ)), h' = (1 − u)∘n + u∘h.
 */
export class GRU extends GatedCell {
  constructor(name: string, inputs: Sizes, hidden: number) {
    super(name, inputs, hidden, 3, ["h"]);
  }

  override step(weights: Weights, inputs: Readonly<Record<string, Tensor>>, state: State): State {
    const { hidden } = this;
    const h = state["h"] as Tensor; // [B, H]
    const [xGates, xCandidate] = split(fromInputs(this.name, weights, inputs), [2 * hidden, hidden]) as [
      Tensor,
      Tensor,
    ]; // [B, 2H], [B, H]
    const [hGates, hCandidate] = split(fromState(this.name, weights, h), [2 * hidden, hidden]) as [
      Tensor,
      Tensor,
    ]; // [B, 2H], [B, H]
    const [reset, update] = split(sigmoid(add(xGates, hGates)), [hidden, hidden]) as [Tensor, Tensor]; // [B, H]
    const candidate = tanh(add(xCandidate, mul(reset, hCandidate))); // [B, H]
    return { h: add(candidate, mul(update, sub(h, candidate))) }; // [B, H]
  }
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997; gates as in PyTorch, in the order i, f, g, o):
 * c' = σ(f)∘c + σ(i)∘tanh(g), h' = σ(o)∘tanh(c').
 */
export class LSTM extends GatedCell {
  constructor(name: string, inputs: Sizes, hidden: number) {
    super(name, inputs, hidden, 4, ["h", "c"]);
  }

  override step(weights: Weights, inputs: Readonly<Record<string, Tensor>>, state: State): State {
    const { hidden } = this;
    const [h, c] = [state["h"] as Tensor, state["c"] as Tensor]; // [B, H]
    const gates = add(fromInputs(this.name, weights, inputs), fromState(this.name, weights, h)); // [B, 4H]
    const [inputForget, candidate, output] = split(gates, [2 * hidden, hidden, hidden]) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const [admit, keep] = split(sigmoid(inputForget), [hidden, hidden]) as [Tensor, Tensor]; // [B, H]
    const memory = add(mul(keep, c), mul(admit, tanh(candidate))); // [B, H]
    return { h: mul(sigmoid(output), tanh(memory)), c: memory };
  }
}

type CellMaker = (name: string, inputs: Sizes, hidden: number) => Cell;

/** Every cell by its name on the command line. */
export const cells = {
  gru: (name, inputs, hidden) => new GRU(name, inputs, hidden),
  lstm: (name, inputs, hidden) => new LSTM(name, inputs, hidden),
} as const satisfies Record<string, CellMaker>;

export type CellName = keyof typeof cells;
