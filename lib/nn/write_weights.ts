import { decodeSafetensors } from "./safetensors.ts";
import { writeAtomically } from "../files/write_atomically.ts";

/** Writes the bytes of a safetensors file, and checks what reached the disk. */
export async function writeWeights(file: string, bytes: Uint8Array): Promise<void> {
  await writeAtomically(file, bytes, (written) => void decodeSafetensors(written, file));
}
