import { join } from "node:path";
import { asUserError } from "../as_user_error.ts";
import { sha256 } from "../files/sha256.ts";
import { writeAtomically } from "../files/write_atomically.ts";
import { UserError } from "../user_error.ts";

interface InputCard {
  readonly name: string;
}

/** What cards of one kind hold. */
export interface CardKind<T extends InputCard> {
  /** "teacher" */
  readonly what: string;
  /** All that such a card has; newer versions may write more. */
  readonly keys: readonly (keyof T & string)[];
  /** The hash that tells one input from another of the same name. */
  readonly identity: keyof T & string;
}

/**
 * Gives the place of a card, relative to its results folder: `inputs/cifar10.json`. Cards describe data
 * sets and teachers that a folder's runs were made with and that need not come with it, such as images and
 * weights that nobody may give away. With them, tables, figures and notebooks can be made of the results
 * where neither is at hand.
 */
export function cardPath(name: string): string {
  return `inputs/${name}.json`;
}

/**
 * Reads the card of an input; null if there is none.
 *
 * @throws UserError if it is not as it was written, or is that of another input
 */
export async function readCard<T extends InputCard>(
  kind: CardKind<T>,
  results: string,
  name: string,
): Promise<T | null> {
  const file = join(results, cardPath(name));
  let text: string;
  try {
    // Git may have checked it out with other ends of lines.
    text = (await Deno.readTextFile(file)).replaceAll("\r\n", "\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw asUserError(error);
  }
  const card = parsed(text);
  const fault = faultOf(kind, card, text);
  if (fault === null && card.name === name) return card as unknown as T;
  throw new UserError(
    `${file} is damaged: ${fault ?? `it describes ${card.name}`}; restore it, or delete it, and ` +
      `the next "deno task reproduce" on these results writes it anew`,
  );
}

/**
 * Writes the card of an input.
 *
 * @throws UserError if the one that is there is damaged, or describes another input of that name
 */
export async function keepCard<T extends InputCard>(
  kind: CardKind<T>,
  results: string,
  card: T,
): Promise<void> {
  const { what, identity } = kind;
  const file = join(results, cardPath(card.name));
  const before = await readCard(kind, results, card.name);
  if (before && before[identity] !== card[identity]) {
    throw new UserError(
      `${file} describes a ${what} of SHA-256 ${before[identity]}, but the one here has ` +
        `${card[identity]}; put theirs back, or take another results folder for this one`,
    );
  }
  const text = cardText(card);
  if (await Deno.readTextFile(file).catch(() => null) === text) return;
  await writeAtomically(file, new TextEncoder().encode(text));
}

/** Says what is wrong with a card; null if nothing is. */
function faultOf<T extends InputCard>(
  { keys }: CardKind<T>,
  card: Readonly<Record<string, unknown>>,
  text: string,
): string | null {
  if (!keys.every((key) => Object.hasOwn(card, key))) {
    return `it should be JSON with ${keys.join(", ")}`;
  }
  const { sha256: _, ...described } = card;
  if (text === cardText(described)) return null;
  // Older versions wrote no hash. Without one, at least nothing else may stand there.
  const isOld = Object.keys(card).length === keys.length && text === jsonText(card);
  return isOld ? null : "its SHA-256 is not that of its text";
}

/** The last line is the hash of the text without that line. */
function cardText(card: object): string {
  return jsonText({ ...card, sha256: sha256(jsonText(card)) });
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function parsed(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
