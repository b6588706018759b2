/** Device values as buffers of a graphics card. */
import { VrnnError } from "../errors.ts";
import { describeType } from "../graph/dims.ts";
import { DeviceMemory } from "./device-memory.ts";
import type { OrtTensor } from "./ort.ts";
import { type DeviceValue, float32, type TensorValue } from "./runtime.ts";

/** The part of ONNX Runtime that opens the card, and makes tensors over its buffers. */
type GpuOrt = Pick<typeof import("onnxruntime-web"), "env" | "Tensor">;

interface GpuContent {
  readonly buffer: GPUBuffer;
  readonly tensor: OrtTensor;
}

/** The memory of WebGPU: behind a handle is a buffer that ONNX Runtime reads and writes. */
export class GpuMemory extends DeviceMemory<GpuContent> {
  private readonly ort: GpuOrt;

  constructor(ort: GpuOrt) {
    super("webgpu", ({ buffer }) => buffer.destroy());
    this.ort = ort;
  }

  /** As the contract of `Runtime` has them. */
  readonly methods = {
    upload: (value: TensorValue): Promise<DeviceValue> => this.upload(value),
    download: (value: DeviceValue): Promise<TensorValue> => this.download(value),
    view: (value: DeviceValue): undefined => {
      this.contentOf(value);
    },
  };

  ortOf(value: DeviceValue, what: string): OrtTensor {
    return this.contentOf(value, what).tensor;
  }

  private async upload(value: TensorValue): Promise<DeviceValue> {
    const { dtype, shape, data } = value;
    if (dtype !== "float32") throw noRoom(value);
    const device = await this.device();
    const size = paddedSize(data.byteLength);
    const buffer = device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST });
    device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
    const tensor = this.ort.Tensor.fromGpuBuffer(buffer, { dataType: dtype, dims: shape });
    return this.hold(value, { buffer, tensor });
  }

  private async download(value: DeviceValue): Promise<TensorValue> {
    const { buffer } = this.contentOf(value);
    const device = await this.device();
    const staging = device.createBuffer({ size: buffer.size, usage: COPY_DST | MAP_READ });
    const commands = device.createCommandEncoder();
    commands.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
    device.queue.submit([commands.finish()]);
    await staging.mapAsync(MODE_READ);
    const count = value.shape.reduce((all, size) => all * size, 1);
    const data = new Float32Array(staging.getMappedRange()).slice(0, count);
    staging.destroy();
    return float32(value.shape, data);
  }

  /** The card that ONNX Runtime computes on; it opens it with the first session. */
  private async device(): Promise<GPUDevice> {
    const device = (await this.ort.env.webgpu.device) as GPUDevice | undefined;
    if (device !== undefined) return device;
    throw new VrnnError("runtime/upload", "the graphics card has not been opened", {
      remedy: "compile a program first: the first one opens it",
    });
  }
}

/** `GPUBufferUsage` and `GPUMapMode` of the standard, by their numbers: they are globals of browsers alone. */
const [MAP_READ, COPY_SRC, COPY_DST, STORAGE] = [0x1, 0x4, 0x8, 0x80];
const MODE_READ = 0x1;

/** ONNX Runtime's shaders read up to sixteen bytes at once. */
const paddedSize = (bytes: number): number => Math.max(16, Math.ceil(bytes / 16) * 16);

const noRoom = (value: TensorValue): VrnnError =>
  new VrnnError("runtime/upload", `${describeType(value)} cannot stay on WebGPU, only float32`, {
    remedy: "feed it from the host",
  });
