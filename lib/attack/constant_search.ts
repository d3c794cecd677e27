import type { AttackClasses } from "./attack.ts";

/** Looks at the cost of a run this often. */
const LOOKS = 10;

/** What the search goes by. */
export interface SearchSettings {
  readonly confidence: number;
  readonly initialConstant: number;
  readonly searchSteps: number;
  readonly maxSteps: number;
}

/** Where the search of one sample is. */
interface Search {
  constant: number;
  lower: number;
  upper: number;
  /** Runs that are over, and steps taken in the present one. */
  runs: number;
  steps: number;
  cost: number;
  hasSucceeded: boolean;
  nearest: number;
}

/** What a sample does in the next step of Carlini and Wagner's attack. */
export interface SearchAdvice {
  /** Whether it is the nearest success so far, or the image itself. */
  readonly isNearest: boolean;
  /** Whether it starts again from the image with another constant. */
  readonly restarts: boolean;
  /** Which step of the run comes next, from 1. */
  readonly step: number;
  /** The gradient of c·f: so much at the class `down`, as much with the other sign at `up`. */
  readonly weight: number;
  readonly down: number;
  readonly up: number;
}

/**
 * The binary search for the constant c of Carlini and Wagner (2017), of each sample for
 * itself: c is halved towards the largest that failed after a success, and ten times as large while
 * none has succeeded. A run is over after `maxSteps`, or where its cost has risen since the last look.
 */
export class ConstantSearch {
  readonly #searches: Search[];
  readonly #advice: SearchAdvice[];

  constructor(
    count: number,
    private readonly classes: AttackClasses,
    private readonly settings: SearchSettings,
  ) {
    this.#searches = Array.from({ length: count }, () => ({
      constant: settings.initialConstant,
      lower: 0,
      upper: Infinity,
      runs: 0,
      steps: 0,
      cost: Infinity,
      hasSucceeded: false,
      nearest: Infinity,
    }));
    this.#advice = new Array(count);
  }

  /**
   * Takes note of where samples are.
   *
   * @param logits of each row; @param distances of each row from its image
   */
  note(samples: readonly number[], logits: Float32Array, distances: ArrayLike<number>): void {
    const classes = logits.length / samples.length;
    samples.forEach((sample, row) => {
      if (this.isOver(sample)) return;
      const ofRow = logits.subarray(row * classes, (row + 1) * classes);
      this.#advice[sample] = this.#noteOne(sample, ofRow, distances[row]);
    });
  }

  /** Whether all of the sample's runs are over. */
  isOver(sample: number): boolean {
    return this.#searches[sample].runs >= this.settings.searchSteps;
  }

  advice(sample: number): SearchAdvice {
    return this.#advice[sample];
  }

  #noteOne(sample: number, logits: Float32Array, distance: number): SearchAdvice {
    const search = this.#searches[sample];
    const { confidence, searchSteps } = this.settings;
    const isImage = search.runs === 0 && search.steps === 0;
    const { lead, down, up } = this.#leadOf(sample, logits);
    const succeeds = lead < 0 && -lead >= confidence;
    const isNearest = isImage || (succeeds && distance < search.nearest);
    if (succeeds) {
      search.hasSucceeded = true;
      search.nearest = Math.min(search.nearest, distance);
      // The image itself is as near as can be.
      if (isImage) search.runs = searchSteps;
    }
    const constant = search.constant;
    const restarts = this.#endsRun(search, distance ** 2 + constant * Math.max(lead, -confidence));
    if (restarts) this.#nextConstant(search);
    else search.steps++;
    // f is flat below −κ.
    const weight = lead >= -confidence ? constant : 0;
    return { isNearest, restarts, step: search.steps, weight, down, up };
  }

  #endsRun(search: Search, cost: number): boolean {
    const { maxSteps } = this.settings;
    if (search.steps === maxSteps) return true;
    if (search.steps % Math.max(Math.floor(maxSteps / LOOKS), 1) !== 0) return false;
    const rose = cost > search.cost;
    search.cost = cost;
    return rose;
  }

  #nextConstant(search: Search): void {
    if (search.hasSucceeded) search.upper = Math.min(search.upper, search.constant);
    else search.lower = Math.max(search.lower, search.constant);
    search.constant = search.upper < Infinity
      ? (search.lower + search.upper) / 2
      : search.constant * 10;
    search.runs++;
    search.steps = 0;
    search.cost = Infinity;
    search.hasSucceeded = false;
  }

  /** f without its floor: how far the class that is to fall leads over the one that is to rise. */
  #leadOf(
    sample: number,
    logits: Float32Array,
  ): { readonly lead: number; readonly down: number; readonly up: number } {
    const { labels, targets } = this.classes;
    const own = targets ? targets[sample] : labels[sample];
    let rival = own === 0 ? 1 : 0;
    for (let k = 0; k < logits.length; k++) {
      if (k !== own && logits[k] > logits[rival]) rival = k;
    }
    const [down, up] = targets ? [rival, own] : [own, rival];
    return { lead: logits[down] - logits[up], down, up };
  }
}
