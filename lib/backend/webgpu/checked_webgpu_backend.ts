import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import type * as tf from "@tensorflow/tfjs";
import { DeviceError } from "../device_error.ts";
import { collectGarbage } from "./collect_garbage.ts";

/**
 * A software driver maps memory for each program's bindings until they are collected as garbage, and
 * Linux ends a process (by default) after 65,530 mappings; a training step runs about a thousand
 * programs. A GPU's driver maps none.
 */
const PROGRAMS_PER_COLLECTION = 8192;

/** How long, in ms, to wait until the cause of a failed read is told, and for how long each time. */
const TOLD_WITHIN = 1000;
const NAP = 5;

type Data = Awaited<ReturnType<WebGPUBackend["read"]>>;

/**
 * TensorFlow.js's WebGPU backend, except that a device that was lost or that refused its work is an
 * error instead of zeros, that a synchronous read says what to do instead, and that a read takes as long
 * as the work before it.
 */
export class CheckedWebgpuBackend extends WebGPUBackend {
  /** Why the device is gone; null while it is not known to be. */
  #lost: string | null = null;
  #refused: string | null = null;
  #programs = 0;
  readonly info: GPUAdapterInfo;
  readonly #mappedBefore = new WeakSet<GPUBuffer>();
  /** Stands behind all work that was queued before it is read. */
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

  /** Whether the device still works, though nothing may have been told of it yet. */
  async works(): Promise<boolean> {
    return await this.getBufferData(this.#probe).then(() => true, () => false);
  }

  /**
   * Waits until the device has done all that it was given, or is gone. It throws nothing: what went
   * wrong is told by the next use, where whoever waits here has its results in its hands.
   */
  async finish(): Promise<void> {
    await this.works();
  }

  /**
   * The bytes of a buffer, after all work before it.
   *
   * `mapAsync` of Deno 2.9 waits for the device as soon as it is called, and then sleeps for 10 ms before it says
   * so: longer than a step of an attack. What it has mapped can be had at once, but for a buffer's first
   * time, when Deno does not know yet what it is mapped for. Where that does not work, it is waited for.
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
      // Nobody waits for it any more.
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
    throw new Error("webgpu reads tensors asynchronously only: await tensor.data()");
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

  /** Waits until it is told why a read failed; Deno 2.9 does so some milliseconds later. */
  async #cause(): Promise<void> {
    for (let slept = 0; slept < TOLD_WITHIN && this.#lost === null && this.#refused === null;) {
      await new Promise((resolve) => setTimeout(resolve, NAP));
      slept += NAP;
    }
  }

  /** An error of the device as one; which of the two it is may not be told before this has returned. */
  #explained(error: Error): Error {
    this.#check();
    if (!(error instanceof DOMException)) return error;
    const { message } = error;
    return new DeviceError(`the GPU was lost, or refused its work: ${message}`, { cause: error });
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
