/** A loop as a graph, and its gradient through time: finds the factor of y[t] = a·y[t−1] + x[t] by descending. */
import { finish, graph as g, gradients, lower } from "vrnn";
import { nodeRuntime } from "vrnn/node";

const a = g.input("a", [], "float64");
const x = g.input("x", ["T"], "float64");
const target = g.input("target", ["T"], "float64");
const { outputs } = g.scan({
  state: { y: g.constant([0], [], "float64") },
  over: { x },
  step: ({ y }, slice) => {
    const next = g.add(g.mul(a, y), slice.x); // []
    return { state: { y: next }, outputs: { y: next } };
  },
});
const error = g.sub(outputs.y, target); // [T]
const loss = g.sum(g.mul(error, error)); // []
const [slope] = gradients(loss, [a]);
const [lossOut, slopeOut] = finish([loss, slope!]) as [g.Tensor, g.Tensor];
const program = await nodeRuntime().compile(lower({ loss: lossOut, slope: slopeOut }));

const signal = Float64Array.from({ length: 50 }, (_, t) => Math.sin(t));
let truth = 0;
const wanted = signal.map((value) => (truth = 0.8 * truth + value));
const vector = (data: Float64Array) => ({ dtype: "float64" as const, shape: [data.length], data });
const lossAt = async (value: number) => {
  const scalar = { dtype: "float64" as const, shape: [], data: Float64Array.of(value) };
  const results = await program.run({ a: scalar, x: vector(signal), target: vector(wanted) });
  return { loss: Number(results["loss"]!.data[0]), slope: Number(results["slope"]!.data[0]) };
};

const [above, below] = [await lossAt(0.5 + 1e-5), await lossAt(0.5 - 1e-5)];
console.log(`slope at 0.5: ${(await lossAt(0.5)).slope.toFixed(6)}`);
console.log(`by finite differences: ${((above.loss - below.loss) / 2e-5).toFixed(6)}`);
let factor = 0.5;
for (let step = 0; step < 100; step++) factor -= 0.001 * (await lossAt(factor)).slope;
console.log(`the factor is ${factor.toFixed(4)}`);
await program.dispose();
