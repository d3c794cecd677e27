import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { CIFAR10_NORMALISATION } from "../data/cifar10.ts";
import { nchwToNhwc } from "../nn/layout.ts";
import { decodeSafetensors, type Safetensors, type StoredTensor } from "../nn/safetensors.ts";
import { UserError } from "../user_error.ts";

/** A folder of reference numbers: networks, and files with inputs and expected outputs. */
export class GoldenFolder {
  private constructor(readonly path: string, readonly files: readonly string[]) {}

  /** @throws UserError if the path is not a folder with safetensors files */
  static async open(path: string): Promise<GoldenFolder> {
    let entries;
    try {
      entries = await Array.fromAsync(Deno.readDir(path));
    } catch (error) {
      throw new UserError(`cannot read the folder ${path}: ${(error as Error).message}`);
    }
    const files = entries.map(({ name }) => name).filter((name) => name.endsWith(".safetensors"));
    if (files.length === 0) {
      throw new UserError(`${path} holds no safetensors files; give a folder of reference numbers`);
    }
    return new GoldenFolder(path, files.sort());
  }

  /** Returns the file of a network, such as "teacher_resnet26.safetensors". */
  networkFile(role: "teacher" | "student"): string {
    const file = this.files.find((name) => name.startsWith(`${role}_resnet`));
    if (!file) throw new UserError(`${this.path} holds no ${role}_resnet<depth>.safetensors`);
    return join(this.path, file);
  }

  async read(name: string): Promise<GoldenFile> {
    const file = join(this.path, name);
    return new GoldenFile(decodeSafetensors(await Deno.readFile(file), file), file);
  }
}

/** One file of reference numbers. */
export class GoldenFile {
  readonly #content: Safetensors;
  readonly #file: string;

  constructor(content: Safetensors, file: string) {
    this.#content = content;
    this.#file = file;
  }

  /** Lists the tensors whose names start with a prefix, without the prefix. */
  names(prefix: string): string[] {
    return [...this.#content.tensors.keys()].filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
  }

  tensor(name: string): StoredTensor {
    const tensor = this.#content.tensors.get(name);
    if (!tensor) throw new UserError(`${this.#file} holds no tensor "${name}"`);
    return tensor;
  }

  data(name: string): StoredTensor["data"] {
    return this.tensor(name).data;
  }

  /**
   * Returns a setting from the metadata.
   *
   * @param fallback the paper's value, for a setting that not every file names
   * @throws UserError if the file lacks the setting and there is no fallback
   */
  setting(name: string, fallback?: number): number {
    const value = this.#content.metadata[name] ?? fallback;
    if (value === undefined) {
      throw new UserError(
        `${this.#file} lacks the setting ${name}; its metadata must give what the step was made with`,
      );
    }
    return Number(value);
  }

  /** Converts images or features from `[n, c, h, w]` to `[n, h, w, c]`. */
  nhwc(name: string): { data: Float32Array | Uint8Array; shape: [number, number, number, number] } {
    const { data, shape: [n, c, h, w] } = this.tensor(name);
    return {
      data: nchwToNhwc(data as Float32Array | Uint8Array, [n, c, h, w]),
      shape: [n, h, w, c],
    };
  }

  /** Makes a tensor of a matrix, such as logits. */
  tensor2d(name: string): tf.Tensor2D {
    const { data, shape: [rows, columns] } = this.tensor(name);
    return tf.tensor2d(data, [rows, columns]);
  }

  /** Makes a tensor `[n, h, w, c]` of images or features stored as `[n, c, h, w]`. */
  tensor4d(name: string): tf.Tensor4D {
    const { data, shape } = this.nhwc(name);
    return tf.tensor4d(data, shape);
  }

  /** Normalises the step's images, `[n, h, w, c]`. */
  normalisedImages(): { data: Float32Array; shape: [number, number, number, number] } {
    const { data: bytes, shape } = this.nhwc("images_u8");
    const channels = shape[3];
    const { mean, std } = CIFAR10_NORMALISATION;
    const data = Float32Array.from(
      bytes,
      (value, i) => (value / 255 - mean[i % channels]) / std[i % channels],
    );
    return { data, shape };
  }
}
