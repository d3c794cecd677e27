import { UserError } from "./user_error.ts";

/** Remedies for errors of the operating system, by error code. */
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: "choose a path that you may use",
  EEXIST: "move away the file or folder that exists",
  EISDIR: "move the folder away, because a file must be there",
  ELOOP: "remove the link, which leads back to itself",
  EMFILE: "allow more open files, as with `ulimit -n 4096`",
  ENAMETOOLONG: "choose a shorter path",
  ENOENT: "restore it, or give another path",
  ENOSPC: "free some space, then run the same command again",
  ENOTDIR: "move the file away, because a folder must be there",
  EPERM: "choose a path that you may use",
  EROFS: "choose a path that can be written",
};

/** English for those of Deno's names of operations that are not English words. */
const VERBS: Readonly<Record<string, string>> = {
  chdir: "enter",
  mkdir: "make the folder",
  readdir: "list",
  readfile: "read",
  stat: "look at",
  writefile: "write",
};

/**
 * Turns an error of the operating system into one sentence with cause and remedy. Returns any other
 * error unchanged: a fault of this code needs its stack trace.
 *
 * @param file named where the system's message names none, as under limited permissions
 */
export function asUserError(error: unknown, file?: string): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  if (error instanceof Deno.errors.NotCapable) return lacking(error);
  // "Is a directory (os error 21): readfile '/a'", on every system.
  const [, reason, verb, path] = /^(.*) \(os error \d+\)(?:: (\w+) (.*))?$/s.exec(error.message) ??
    [];
  if (reason === undefined) return error;
  const what = verb === undefined
    ? `${file === undefined ? "" : `${file}: `}${reason}`
    : `cannot ${VERBS[verb] ?? verb} ${path}: ${reason}`;
  const remedy = REMEDIES[(error as { code?: string }).code ?? ""] ?? "fix that, then try again";
  return new UserError(`${what}; ${remedy}`, { cause: error });
}

/** Returns the text of an error that ended a run: a user error's message, else the stack trace. */
export function failureText(error: unknown): string {
  const told = asUserError(error) as Error;
  return told instanceof UserError ? told.message : String(told.stack);
}

/**
 * Names the missing permission. Leaves out Deno's advice to grant it, because deno.json does that.
 */
function lacking(error: Deno.errors.NotCapable): UserError {
  const [need] = error.message.split(", run again");
  return new UserError(
    `a permission is missing: ${need}; deno.json says what each task may do, and no task may use ` +
      "/dev (/dev/shm, too), /proc and /sys",
    { cause: error },
  );
}
