import { isRefusal } from "../../files/write_atomically.ts";
import { sha256 } from "../../files/sha256.ts";
import { canonicalJson } from "../run_specification.ts";
import { deleteOldCaches, teacherCacheFile } from "./folder.ts";
import { TeacherLogitFile } from "./file.ts";
import { slotsOf, type TeacherLogitKey } from "./key.ts";

/** Where caches of teachers' logits lie, and how much room they get. */
export interface TeacherCacheSettings {
  readonly folder: string;
  /**
   * In MiB on disk, for a run's own cache and once more for all others together. A cache that is full
   * takes no more entries and keeps those it has: those of the first epochs, which the next run of the
   * seed asks for first. Of the others, the least recently used are deleted.
   */
  readonly mebibytes: number;
}

/**
 * The logits that a teacher gave for augmented training images, on disk, for the next run that meets
 * the same ones: every method and student of a seed does.
 *
 * What is read must be what would be computed, bit for bit. So nothing is taken from here before an
 * entry, computed once more, was found to be that; where one is not, the entries are from other code or
 * from a processor that rounds differently, and all are deleted.
 *
 * No failure of the disk stops a run: the cache then turns itself off, with one message.
 */
export class TeacherLogitCache {
  readonly #key: TeacherLogitKey;
  readonly #path: string;
  readonly #mebibytes: number;
  readonly #report: (message: string) => void;
  /** null while it is off */
  #file: TeacherLogitFile | null = null;
  #confirmed = false;

  /** @param report is told why the cache is off */
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
   * The logits of a batch, `[n, classes]` row by row, or null if some are not there.
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

  /** Keeps what was computed for a batch, as far as it is not there and there is room. */
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

  #distrust(file: TeacherLogitFile): void {
    file.clear();
    this.close();
    this.#report(
      `${this.#path} held other teacher logits than are computed now; they are deleted, and this ` +
        "run keeps none",
    );
  }

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
