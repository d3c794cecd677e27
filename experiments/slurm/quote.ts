/** A word as bash takes it literally; plain words stay as they are. */
export function bashWord(text: string): string {
  return /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The path of a file in a line of `#SBATCH`, where "%" and a few others mean something. */
export function sbatchPath(path: string): string {
  return path.replaceAll("%", "%%").replace(/[^\w./%-]/gu, "\\$&");
}
