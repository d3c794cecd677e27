import { UserError } from "./user_error.ts";

/** What a user can do about an error of the operating system, by its code. */
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: "choose a place that you have the rights to",
  EEXIST: "move away what is in its place",
  EISDIR: "move away the folder that is in the place of a file",
  ELOOP: "remove the link, which leads back to itself",
  EMFILE: "allow more open files, as with `ulimit -n 4096`",
  ENAMETOOLONG: "choose a shorter path",
  ENOENT: "put back what was there, or name another place",
  ENOSPC: "free some space, then run the same command again",
  ENOTDIR: "move away the file that is in the place of a folder",
  EPERM: "choose a place that you have the rights to",
  EROFS: "choose a place that can be written",
};

/** Deno's names of what it was at, where they are no English. */
const VERBS: Readonly<Record<string, string>> = {
  chdir: "enter",
  mkdir: "make the folder",
  readdir: "list",
  readfile: "read",
  writefile: "write",
};

/**
 * Turns an error of the operating system into one sentence with cause and remedy; gives any other error
 * as it is, such as a fault of this code, whose trace somebody needs.
 */
export function asUserError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  if (error instanceof Deno.errors.NotCapable) return lacking(error);
  // "Is a directory (os error 21): readfile '/a'", on every system.
  const [, reason, verb, path] = /^(.*) \(os error \d+\)(?:: (\w+) (.*))?$/s.exec(error.message) ??
    [];
  if (reason === undefined) return error;
  const what = verb === undefined ? reason : `cannot ${VERBS[verb] ?? verb} ${path}: ${reason}`;
  const remedy = REMEDIES[(error as { code?: string }).code ?? ""] ?? "see to that, then try again";
  return new UserError(`${what}; ${remedy}`, { cause: error });
}

/** Gives the text for an error that ended a run: the sentence for a user, or the trace of a fault of this code. */
export function failureText(error: unknown): string {
  const told = asUserError(error) as Error;
  return told instanceof UserError ? told.message : String(told.stack);
}

/** Says which permission was missing, without Deno's advice to give all: that is for deno.json to do. */
function lacking(error: Deno.errors.NotCapable): UserError {
  const [need] = error.message.split(", run again");
  return new UserError(
    `a permission is missing: ${need}; deno.json says what each task may do, and no task may use ` +
      "/dev (/dev/shm, too), /proc and /sys",
    { cause: error },
  );
}
