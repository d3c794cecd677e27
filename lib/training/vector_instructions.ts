/** From the widest on; each flag is set where those below it are. */
const WIDEST_FIRST = [
  ["amx_tile", "AMX"],
  ["avx512_bf16", "AVX-512 with bfloat16"],
  ["avx512f", "AVX-512"],
  ["avx2", "AVX2"],
];

/**
 * The widest vector instructions of an x86 processor. Two that differ in them may have one model name, as
 * virtual machines give it: of two "AMD EPYC" one took 1.8 times as long for a training step as the other.
 *
 * @param cpuinfo Linux's `/proc/cpuinfo`
 * @returns null where it names none
 */
export function vectorInstructions(cpuinfo: string): string | null {
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1].split(/\s+/) ?? [];
  return WIDEST_FIRST.find(([flag]) => flags.includes(flag))?.[1] ?? null;
}
