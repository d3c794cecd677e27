import v8 from "node:v8";
import vm from "node:vm";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import type * as tf from "@tensorflow/tfjs";
import { DeviceError } from "../device_error.ts";

/**
 * Programs between two garbage collections on a software driver. It keeps a memory mapping for each
 * program's bindings until they are collected, and Linux by default ends a process after 65,530
 * mappings. A training step runs about a thousand programs. A GPU's driver maps none.
 */
const PROGRAMS_PER_COLLECTION = 8192;

/** The longest wait in ms for the cause of a failed read, and the time between two looks. */
const TOLD_WITHIN = 1000;
const NAP = 5;

type Data = Awaited<ReturnType<WebGPUBackend["read"]>>;

/**
 * TensorFlow.js's WebGPU backend with three changes. A device that was lost or refused its work
 * gives an error instead of zeros. A synchronous read names the asynchronous one. A read takes no
 * longer than the work before it.
 */
export class CheckedWebgpuBackend extends WebGPUBackend {
  /** The reason why the device is gone; null as long as it is not known to be gone. */
  #lost: string | null = null;
  #refused: string | null = null;
  #programs = 0;
  readonly info: GPUAdapterInfo;
  readonly #mappedBefore = new WeakSet<GPUBuffer>();
  /** A buffer whose read waits for all work queued before. */
  readonly #probe: GPUBuffer;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.info = info;
    this.#probe = device.createBuffer({
      size: 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
    });
    device.lost.then(({ reason, message }) => this.#lost = message || reason);
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#refused ??= (event as GPUUncapturedErrorEvent).error.message;
    });
  }

  /** True if the device still works; notices a loss that was not reported yet. */
  async works(): Promise<boolean> {
    return await this.getBufferData(this.#probe).then(() => true, () => false);
  }

  /**
   * Waits until the device has finished its work or is gone. It throws nothing: the next use of the
   * device reports what went wrong.
   */
  async finish(): Promise<void> {
    await this.works();
  }

  /**
   * Reads the bytes of a buffer, after all work before it.
   *
   * `mapAsync` of Deno 2.9 waits for the device when it is called, and then sleeps 10 ms before it
   * resolves: longer than a step of an attack. The mapped bytes are readable at once, except at a
   * buffer's first mapping, when Deno does not know its mode yet. If that fails, the read waits.
   */
  override async getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer> {
    const staging = this.bufferManager.acquireBuffer(
      buffer.size,
      GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    );
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    this.submitQueue();
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
    this.queue.submit([encoder.finish()]);
    const mapping = staging.mapAsync(GPUMapMode.READ);
    let values = this.#mappedNow(staging, mapping);
    if (values === null) {
      await mapping;
      values = copyOf(staging);
    }
    staging.unmap();
    this.#mappedBefore.add(staging);
    this.bufferManager.releaseBuffer(staging);
    return values;
  }

  #mappedNow(staging: GPUBuffer, mapping: Promise<unknown>): ArrayBuffer | null {
    if (!this.#mappedBefore.has(staging)) return null;
    try {
      const values = copyOf(staging);
      // Nobody awaits this promise.
      mapping.catch(() => {});
      return values;
    } catch {
      return null;
    }
  }

  override async read(dataId: object): Promise<Data> {
    this.#check();
    const values = await super.read(dataId).catch(async (error) => {
      if (error instanceof DOMException) await this.#cause();
      throw this.#explained(error);
    });
    this.#check();
    return values;
  }

  override readSync(dataId: object): Data {
    const { values } = this.tensorMap.get(dataId);
    if (values) return values;
    throw new Error("webgpu reads tensors only asynchronously; use await tensor.data()");
  }

  override uploadToGPU(dataId: object): void {
    try {
      super.uploadToGPU(dataId);
    } catch (error) {
      throw this.#explained(error as Error);
    }
  }

  override runWebGPUProgram(
    ...args: Parameters<WebGPUBackend["runWebGPUProgram"]>
  ): tf.TensorInfo {
    this.#check();
    if (this.info.isFallbackAdapter && ++this.#programs % PROGRAMS_PER_COLLECTION === 0) {
      collectGarbage();
    }
    return super.runWebGPUProgram(...args);
  }

  /** Waits for the reason why a read failed; Deno 2.9 reports it some milliseconds later. */
  async #cause(): Promise<void> {
    for (let slept = 0; slept < TOLD_WITHIN && this.#lost === null && this.#refused === null;) {
      await new Promise((resolve) => setTimeout(resolve, NAP));
      slept += NAP;
    }
  }

  /** Turns a device's error into a DeviceError; its cause may be reported only later. */
  #explained(error: Error): Error {
    this.#check();
    if (!(error instanceof DOMException)) return error;
    const { message } = error;
    return new DeviceError(`the GPU was lost or refused its work: ${message}`, { cause: error });
  }

  /** @throws DeviceError */
  #check(): void {
    if (this.#lost !== null) throw new DeviceError(`the GPU was lost: ${this.#lost}`);
    if (this.#refused === null) return;
    const message = this.#refused;
    this.#refused = null;
    throw new DeviceError(`the GPU refused its work: ${message}`);
  }
}

function copyOf(mapped: GPUBuffer): ArrayBuffer {
  return mapped.getMappedRange().slice(0);
}

let collect: (() => void) | null = null;

/**
 * Runs V8's garbage collector now. V8 collects WebGPU objects late, since it knows only of the few
 * bytes that they take in JavaScript.
 */
function collectGarbage(): void {
  if (collect === null) {
    v8.setFlagsFromString("--expose-gc");
    collect = vm.runInNewContext("gc") as () => void;
  }
  collect();
}
