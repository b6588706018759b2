import { normals, stepProgram, TrainingStep } from "./step.mjs";

/** The training step of a stack of convolutions with rectifiers between them, over pictures of one channel. */
export const convolutionLoad = (config) => ({
  config,
  rivals: { pytorch: { module: "convolution", variants: ["eager", "channels-last"] } },
  flops: () => flopsOf(config),
  create: (vrnn, shards) => {
    const { pictures, height, width, layers } = config;
    const { graph } = vrnn;
    const stack = layers.map(
      ({ inputs, outputs, ...options }, i) => new vrnn.Conv2d(`layer${i}`, inputs, outputs, options),
    );
    const parameters = stack.flatMap((layer) => layer.parameters);
    const [rows, columns] = sizesAfter(config, layers.length);
    const features = [layers.at(-1).outputs, rows, columns];
    const inputs = {
      x: graph.input("x", ["B", 1, height, width]),
      slope: graph.input("slope", ["B", ...features]),
    };
    const loss = (net, { x, slope }) => {
      const y = stack.reduce((below, layer) => graph.relu(layer.apply(net, below)), x); // [B, C, H, W]
      return graph.div(graph.sum(graph.mul(y, slope)), pictures);
    };
    return TrainingStep.create(vrnn, shards, {
      program: stepProgram(vrnn, { parameters, inputs, loss }),
      parameters,
      batch: {
        x: normals(vrnn, "x", 0, [pictures, 1, height, width]),
        slope: normals(vrnn, "slope", 0, [pictures, ...features]),
      },
    });
  },
});

/** Height and width behind some of the layers. */
const sizesAfter = ({ height, width, layers }, count) =>
  layers
    .slice(0, count)
    .reduce(
      (sizes, { kernel, stride, padding }) =>
        sizes.map((size) => Math.floor((size + 2 * padding - kernel) / stride) + 1),
      [height, width],
    );

/** Three times the forward pass, and of the first layer, whose input needs no gradient, twice. */
function flopsOf(config) {
  const forward = config.layers.map(({ inputs, outputs, kernel }, i) => {
    const [rows, columns] = sizesAfter(config, i + 1);
    return 2 * config.pictures * inputs * outputs * kernel ** 2 * rows * columns;
  });
  return forward.reduce((all, flops, i) => all + (i === 0 ? 2 : 3) * flops, 0);
}
