import { join } from "node:path";
import { asUserError } from "../as_user_error.ts";
import { sha256 } from "../files/sha256.ts";
import { writeAtomically } from "../files/write_atomically.ts";
import { UserError } from "../user_error.ts";

interface InputCard {
  readonly name: string;
}

/** The fields of one kind of card. */
export interface CardKind<T extends InputCard> {
  /** "teacher" */
  readonly what: string;
  /** The fields that every such card has; newer versions may add more. */
  readonly keys: readonly (keyof T & string)[];
  /** The field with the hash that tells two inputs of one name apart. */
  readonly identity: keyof T & string;
}

/**
 * Gives the path of a card, relative to its results folder: `inputs/cifar10.json`. A card describes
 * a data set or teacher of the folder's runs. Some of these can't be redistributed; with the card,
 * tables, figures and notebooks of finished results still open without them.
 */
export function cardPath(name: string): string {
  return `inputs/${name}.json`;
}

/**
 * Reads an input's card; null if there is none.
 *
 * @throws UserError if the card is not as it was written, or describes another input
 */
export async function readCard<T extends InputCard>(
  kind: CardKind<T>,
  results: string,
  name: string,
): Promise<T | null> {
  const file = join(results, cardPath(name));
  let text: string;
  try {
    // Git may have changed the line ends at checkout.
    text = (await Deno.readTextFile(file)).replaceAll("\r\n", "\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw asUserError(error, file);
  }
  const card = parsed(text);
  const fault = faultOf(kind, card, text);
  const { sha256: _, ...described } = card;
  if (fault === null && card.name === name) return described as unknown as T;
  throw new UserError(
    `${file} is damaged: ${fault ?? `it describes ${card.name}`}; restore it, or delete it and ` +
      `the next "deno task reproduce" on these results writes it again`,
  );
}

/**
 * Writes an input's card.
 *
 * @throws UserError if the existing card is damaged, or describes another input of that name
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
        `${card[identity]}; put back the one described, or use another results folder`,
    );
  }
  const text = cardText(card);
  if (await Deno.readTextFile(file).catch(() => null) === text) return;
  await writeAtomically(file, text);
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
  // Older versions wrote no hash. Such a card may have no further fields.
  const isOld = Object.keys(card).length === keys.length && text === jsonText(card);
  return isOld ? null : "its SHA-256 is not that of its text";
}

/** Formats a card. Its last field is the hash of the text without that field. */
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
