import { isRefusal } from "../../files/write_atomically.ts";
import { sha256 } from "../../files/sha256.ts";
import { canonicalJson } from "../run_specification.ts";
import { deleteOldCaches, teacherCacheFile } from "./folder.ts";
import { TeacherLogitFile } from "./file.ts";
import { slotsOf, type TeacherLogitKey } from "./key.ts";

/** The place and the size of caches of teachers' logits. */
export interface TeacherCacheSettings {
  readonly folder: string;
  /**
   * The limit in MiB on disk, once for the run's cache and once more for all other caches together. A
   * full cache takes no more entries; it keeps the first epochs, which the next run of the seed asks
   * for first. If the other caches exceed the limit, the least recently used are deleted.
   */
  readonly mebibytes: number;
}

/**
 * A cache on disk of a teacher's logits for augmented training images. All methods and students of a
 * seed meet the same augmented images.
 *
 * The cached logits must equal the computed ones, bit for bit. So the cache gives nothing until one
 * entry has been computed again and found equal. If it differs, the entries come from other code or
 * from a processor that rounds differently, and all are deleted.
 *
 * No failure of the disk stops a run: the cache turns itself off, with one message.
 */
export class TeacherLogitCache {
  readonly #key: TeacherLogitKey;
  readonly #path: string;
  readonly #mebibytes: number;
  readonly #report: (message: string) => void;
  /** null while the cache is off */
  #file: TeacherLogitFile | null = null;
  /** True once a computed entry was found equal to its cached one */
  #confirmed = false;

  /** @param report gets the reason if the cache turns itself off */
  constructor(
    key: TeacherLogitKey,
    { folder, mebibytes }: TeacherCacheSettings,
    report: (message: string) => void,
  ) {
    this.#key = key;
    this.#path = teacherCacheFile(folder, sha256(canonicalJson(key)).slice(0, 32));
    this.#mebibytes = mebibytes;
    this.#report = report;
    this.#attempt(() => {
      Deno.mkdirSync(folder, { recursive: true });
      deleteOldCaches(folder, this.#path, mebibytes * 2 ** 20);
      this.#file = new TeacherLogitFile(this.#path, key);
    });
  }

  /**
   * Reads the logits of a batch, `[n, classes]` row by row; null if some are missing.
   *
   * @param imageNumbers see `augmentedImageNumbers`
   */
  read(imageNumbers: Float64Array): Float32Array | null {
    const file = this.#file;
    if (!file || !this.#confirmed) return null;
    return this.#attempt(() => {
      const { classes } = this.#key;
      const slots = slotsOf(this.#key, imageNumbers);
      const logits = new Float32Array(slots.length * classes);
      for (let i = 0; i < slots.length; i++) {
        if (!file.read(slots[i])) return null;
        logits.set(file.logits, i * classes);
      }
      return logits;
    });
  }

  /** Stores the computed logits of a batch: entries that are missing, as long as there is room. */
  store(imageNumbers: Float64Array, logits: Float32Array): void {
    const file = this.#file;
    if (!file) return;
    this.#attempt(() => {
      const { classes } = this.#key;
      const slots = slotsOf(this.#key, imageNumbers);
      const hasRoom = file.diskUseAfter(slots.length) <= this.#mebibytes * 2 ** 20;
      for (let i = 0; i < slots.length; i++) {
        const computed = logits.subarray(i * classes, (i + 1) * classes);
        if (file.read(slots[i])) {
          if (!file.holds(computed)) return this.#distrust(file);
          this.#confirmed = true;
        } else if (hasRoom) {
          file.logits.set(computed);
          file.write(slots[i]);
        }
      }
    });
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }

  /** Empties the cache and turns it off, since an entry differs from the computed logits. */
  #distrust(file: TeacherLogitFile): void {
    file.clear();
    this.close();
    this.#report(
      `${this.#path} held teacher logits that differ from those computed now; they are deleted, and ` +
        "this run keeps none",
    );
  }

  /** Runs an action; if the disk refuses it, turns the cache off and gives null. */
  #attempt<T>(action: () => T): T | null {
    try {
      return action();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.close();
      this.#report(`no teacher logits are kept (${this.#path}: ${error.message})`);
      return null;
    }
  }
}
