import { batched, normals, scalar, TrainingStep, zeros } from "./step.mjs";

/** Shades of a pixel. */
const SHADES = 256;

/**
 * The training step of a VRNN of video (`--model video-vrnn`): convolutions, group normalisation, a convolutional GRU, latent maps, and a
 * logistic distribution of each pixel around the last frame.
 *
 * @param config `steps`, `batch`, `height`, `width`, `channels` of the first stage, `hidden` and `latent` channels
 */
export const videoLoad = (config) => ({
  config,
  rivals: { pytorch: { module: "video", variants: ["hoisted", "channels-last"] } },
  create: (vrnn, shards) => {
    const { height, width, batch, ...sizes } = config;
    const { build, options } = vrnn.modelFamilies["video-vrnn"];
    const { channels, hidden, latent } = sizes;
    const model = build(
      { frames: [height, width], levels: SHADES },
      options.parse({ channels, hidden, latent }),
    );
    return TrainingStep.create(vrnn, shards, {
      program: vrnn.gradientProgram(model, vrnn.objectives.elbo.create({}), {
        passes: vrnn.nodeRuntime().passesFor?.({ B: batch / shards }),
      }),
      parameters: model.parameters,
      ...inputsOf(vrnn, model, config),
    });
  },
});

function inputsOf(vrnn, model, { steps, batch, height, width, latent }) {
  const [places] = model.latents.map(({ shape: [all] }) => all / latent);
  const frame = [height * width];
  const states = { ...model.state, ...model.past, last: frame, "last.age": frame };
  return {
    batch: {
      x: driftingFrames(vrnn, { steps, batch, height, width }),
      mask: batched(1, "float32", [steps, batch], new Float32Array(steps * batch).fill(1)),
      noise: normals(vrnn, "noise", 1, [steps, batch, latent * places]),
      ...Object.fromEntries(
        Object.entries(states).map(([name, shape]) => [`state.${name}`, zeros(batch, shape)]),
      ),
    },
    shared: { klWeight: scalar(1), "count.observedSteps": scalar(steps * batch) },
  };
}

/** Shades as shares of the range, `[T, B, H, W]`: each frame is the one before with a little noise. */
function driftingFrames(vrnn, { steps, batch, height, width }) {
  const { axis, value } = normals(vrnn, "x", 1, [steps, batch, height, width]);
  const size = batch * height * width;
  const shade = (place) => Math.round((SHADES - 1) * Math.min(1, Math.max(0, place))) / (SHADES - 1);
  const data = new Float32Array(value.data.length);
  for (let i = 0; i < data.length; i++)
    data[i] = i < size ? shade(0.5 + 0.2 * value.data[i]) : shade(data[i - size] + 0.03 * value.data[i]);
  return { axis, value: { ...value, data } };
}
