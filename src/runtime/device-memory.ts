/** What stands behind the handles of device values. */
import { VrnnError } from "../errors.ts";
import { describeType } from "../graph/dims.ts";
import { type DeviceValue, type Inputs, isDeviceValue, type TensorValue, type Values } from "./runtime.ts";

/** The memory of one runtime: what stands behind its handles. */
export class DeviceMemory<Content> {
  private readonly place: string;
  private readonly release: (content: Content) => void;
  private readonly contents = new WeakMap<DeviceValue, Content>();
  private readonly own = new WeakSet<DeviceValue>();
  private count = 0;

  /** @param release gives back what a handle stood for */
  constructor(place: string, release: (content: Content) => void = () => {}) {
    this.place = place;
    this.release = release;
  }

  /** How many handles have not been disposed of. */
  get held(): number {
    return this.count;
  }

  hold({ dtype, shape }: Pick<TensorValue, "dtype" | "shape">, content: Content): DeviceValue {
    const value: DeviceValue = { dtype, shape, place: this.place, dispose: () => this.drop(value) };
    this.contents.set(value, content);
    this.own.add(value);
    this.count += 1;
    return value;
  }

  /**
   * What a handle stands for.
   *
   * @param what the value in words, for errors
   * @throws VrnnError `runtime/disposed` after `dispose`, `runtime/foreign` for a handle of another runtime
   */
  contentOf(value: DeviceValue, what = "a value"): Content {
    const content = this.contents.get(value);
    if (content !== undefined) return content;
    if (this.own.has(value)) throw disposed(what, value);
    throw foreign(what, value, this.place);
  }

  /** Puts other memory behind a handle; what was there is not given back. */
  protected exchange(value: DeviceValue, content: Content): void {
    this.contents.set(value, content);
  }

  private drop(value: DeviceValue): void {
    const content = this.contents.get(value);
    if (content === undefined) return;
    this.contents.delete(value);
    this.count -= 1;
    this.release(content);
  }
}

/** The memory of runtimes that compute in the host's: behind a handle is the tensor that was uploaded, and no copy. */
export class HostMemory extends DeviceMemory<TensorValue> {
  /** As the contract of `Runtime` has them. */
  readonly methods = {
    upload: async (value: TensorValue): Promise<DeviceValue> => this.hold(value, value),
    download: async (value: DeviceValue): Promise<TensorValue> => {
      const content = this.contentOf(value);
      return { ...content, data: content.data.slice() } as TensorValue;
    },
    view: (value: DeviceValue): TensorValue => this.contentOf(value),
  };

  /** Lets a handle stand for another tensor of its type. @throws VrnnError `runtime/run` for one of another */
  replace(value: DeviceValue, tensor: TensorValue): void {
    const [own, other] = [describeType(value), describeType(tensor)];
    if (own !== other) throw new VrnnError("runtime/run", `${other} does not fit into a value of ${own}`);
    this.exchange(value, tensor);
  }

  /** Tensors in the place of their handles. @throws as `contentOf`, naming the input */
  tensorsOf(inputs: Inputs): Values {
    if (!Object.values(inputs).some(isDeviceValue)) return inputs as Values;
    return Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [
        name,
        isDeviceValue(value) ? this.contentOf(value, `the input ${name}`) : value,
      ]),
    );
  }
}

const disposed = (what: string, value: DeviceValue): VrnnError =>
  new VrnnError("runtime/disposed", `${what}, ${describeType(value)}, was disposed of`, {
    remedy: "dispose of a value after its last use, or upload it again",
  });

const foreign = (what: string, value: DeviceValue, place: string): VrnnError =>
  new VrnnError(
    "runtime/foreign",
    `${what}, ${describeType(value)}, is held by another runtime (${value.place}) than this one (${place})`,
    { remedy: "download it there and upload it here" },
  );
