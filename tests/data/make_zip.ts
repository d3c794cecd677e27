import { zipSync } from "fflate";

/** A .zip of a folder with some files, whose names may have folders with slashes. */
export function makeZip(
  folderName: string,
  files: Readonly<Record<string, Uint8Array>>,
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(files).map(([name, bytes]) => [`${folderName}/${name}`, bytes]);
  // Like the official archives, it has entries for the folders too.
  return new Uint8Array(
    zipSync({ [`${folderName}/`]: new Uint8Array(), ...Object.fromEntries(entries) }),
  );
}
