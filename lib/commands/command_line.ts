import { parseArgs } from "node:util";
import { asUserError } from "../as_user_error.ts";
import { hiddenParts } from "../files/hidden.ts";
import { printableLines } from "../files/printable.ts";
import { UserError } from "../user_error.ts";

/** An option of a command: a flag, or a text if it has `value`, its placeholder in the help. */
export interface OptionDescription {
  readonly help: string;
  readonly value?: string;
  /** True if the option may be given more than once. */
  readonly isRepeatable?: boolean;
}

/** The description of a command, which `--help` prints. */
export interface Command<O extends Record<string, OptionDescription>> {
  /** The name as typed: "reproduce". */
  readonly name: string;
  readonly summary: string;
  /** Placeholder of arguments that are not options: "[experiment…]". */
  readonly positionals?: string;
  readonly options: O;
}

export interface CommandLine<O extends Record<string, OptionDescription>> {
  readonly positionals: string[];
  readonly options: {
    readonly [K in keyof O]: O[K] extends { isRepeatable: true } ? readonly string[]
      : O[K] extends { value: string } ? string | undefined
      : boolean;
  };
}

/**
 * Runs a command: parses the arguments and prints the help on request. Turns an error that is not a
 * fault of this code into one message and exit status 2.
 *
 * @param main returns the exit status
 */
export async function runCommand<const O extends Record<string, OptionDescription>>(
  command: Command<O>,
  args: readonly string[],
  main: (line: CommandLine<O>) => Promise<number>,
): Promise<never> {
  try {
    goWhereTyped();
    if (args.includes("--help") || args.includes("-h")) {
      console.log(helpText(command));
      Deno.exit(0);
    }
    const line = parseCommandLine(command, args);
    hiddenParts(); // refuses unknown parts before anything starts
    checkWithinReach(command, line);
    Deno.exit(await main(line));
  } catch (error) {
    const told = asUserError(error);
    if (!(told instanceof UserError)) throw error;
    console.error(`error: ${printableLines(told.message)}`);
    Deno.exit(2);
  }
}

/**
 * Changes to the folder where the command was typed, because relative paths start there. Deno runs
 * tasks in the project's folder.
 *
 * @throws UserError if that folder is gone
 */
function goWhereTyped(): void {
  const typed = Deno.env.get("INIT_CWD");
  if (!typed) return;
  try {
    Deno.chdir(typed);
  } catch (error) {
    throw new UserError(
      `cannot enter ${typed}, the folder in which the command was typed ($INIT_CWD); ` +
        "type the command in another folder",
      { cause: error },
    );
  }
}

/**
 * Checks paths. Deno closes some folders to programs without all permissions, and files there would
 * seem to be missing.
 *
 * @throws UserError for a path in one of these folders
 */
function checkWithinReach<O extends Record<string, OptionDescription>>(
  command: Command<O>,
  { positionals, options }: CommandLine<O>,
): void {
  const isPath = (name: string) => ["DIR", "FILE", "FOLDER"].includes(command.options[name].value!);
  const paths = Object.entries(options).filter(([name]) => isPath(name)).map(([, value]) => value);
  const closed = [...positionals, ...paths].find((path) =>
    /^\/(dev|proc|sys)(\/|$)/.test(`${path}`)
  );
  if (closed === undefined || Deno.build.os !== "linux") return;
  throw new UserError(
    `${closed} is out of reach: Deno keeps tasks out of /dev (/dev/shm, too), /proc and /sys; ` +
      "choose another folder",
  );
}

/** @throws UserError for an unknown option, naming the valid ones */
export function parseCommandLine<const O extends Record<string, OptionDescription>>(
  command: Command<O>,
  args: readonly string[],
): CommandLine<O> {
  const line = parsedLine(command, args);
  // An empty path would mean the current folder.
  const empty = Object.entries(line.options).find(([, value]) => [value].flat().includes(""))?.[0];
  if (empty === undefined) return line;
  throw new UserError(
    `--${empty} is empty; give ${command.options[empty].value} or leave the option out`,
  );
}

function parsedLine<const O extends Record<string, OptionDescription>>(
  command: Command<O>,
  args: readonly string[],
): CommandLine<O> {
  const names = Object.keys(command.options);
  try {
    const { values, positionals } = parseArgs({
      args: withValues(command.options, args),
      allowPositionals: command.positionals !== undefined,
      options: Object.fromEntries(
        names.map((name) => {
          const { value, isRepeatable: multiple = false } = command.options[name];
          return [name, { type: value ? "string" as const : "boolean" as const, multiple }];
        }),
      ),
    });
    const options = Object.fromEntries(
      names.map((name) => {
        const { value, isRepeatable } = command.options[name];
        return [name, values[name] ?? (isRepeatable ? [] : value ? undefined : false)];
      }),
    );
    return { positionals, options: options as CommandLine<O>["options"] };
  } catch (error) {
    const [reason] = (error as Error).message.split(/\. (?=To specify)/);
    throw new UserError(
      `${command.name}: ${reason}; its options are ` +
        [...names, "help"].map((name) => `--${name}`).join(", "),
      { cause: error },
    );
  }
}

/**
 * Joins an option and a value that begins with a dash into one word, as in `--slurm "--time=1:00"`.
 * If the next word is an option of the command, the value was forgotten, and the words stay apart.
 */
function withValues(
  options: Readonly<Record<string, OptionDescription>>,
  args: readonly string[],
): string[] {
  const optionOf = (word?: string) => options[/^--([^=]+)/.exec(word ?? "")?.[1] ?? ""];
  const words: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const [word, next] = args.slice(index, index + 2);
    const isSplit = optionOf(word)?.value && !word.includes("=") && next?.startsWith("-") &&
      !optionOf(next);
    words.push(isSplit ? `${word}=${args[++index]}` : word);
  }
  return words;
}

/** Makes the arguments of a command line: the inverse of `parseCommandLine`. */
export function argumentsOf(
  { positionals, options }: {
    readonly positionals: readonly string[];
    readonly options: Readonly<Record<string, readonly string[] | string | boolean | undefined>>;
  },
): string[] {
  const given = Object.entries(options).flatMap(([name, value]) => {
    if (typeof value === "boolean") return value ? [`--${name}`] : [];
    return [value ?? []].flat().map((text) => `--${name}=${text}`);
  });
  return [...positionals, ...given];
}

export function helpText(command: Command<Record<string, OptionDescription>>): string {
  const rows = Object.entries({ ...command.options, help: { help: "print this" } })
    .map(([name, option]): [string, string] => [
      `--${name}${"value" in option ? ` ${option.value}` : ""}`,
      option.help,
    ]);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return [
    command.summary,
    "",
    `usage: deno task ${
      [command.name, command.positionals, "[options]"].filter(Boolean).join(" ")
    }`,
    "",
    ...rows.map(([left, help]) => `  ${left.padEnd(width)}${help}`),
  ].join("\n");
}

/** Parses an option's whole number. @throws UserError naming the option */
export function parseWholeNumber(
  option: string,
  text: string,
  min: number,
  max = 2 ** 31 - 1,
): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new UserError(
      `--${option} is "${text}", but must be a whole number of at least ${min} and at most ${max}`,
    );
  }
  return value;
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** The longest time: a timer counts at most 2³¹ − 1 milliseconds. */
const MOST_HOURS = 596;

/**
 * Parses "150m", "2h30m" or "90s" to seconds.
 *
 * @throws UserError naming the option for anything else, for no time, and for more than 596 hours
 */
export function parseTime(option: string, text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
  const seconds = parts.reduce((sum, [, value, unit]) => sum + Number(value) * UNITS[unit], 0);
  if (parts.map(([part]) => part).join("") !== text || !(seconds > 0)) {
    throw new UserError(`--${option} is "${text}", but must be a time such as 150m, 2h30m or 90s`);
  }
  if (seconds > 3600 * MOST_HOURS) {
    throw new UserError(`--${option} is "${text}", but must be at most ${MOST_HOURS}h`);
  }
  return seconds;
}

/** Parses a comma-separated list. @throws UserError if it is empty */
export function parseList(option: string, text: string): string[] {
  const items = text.split(",").map((item) => item.trim()).filter(Boolean);
  if (items.length === 0) throw new UserError(`--${option} is empty; give names, comma-separated`);
  return [...new Set(items)];
}
