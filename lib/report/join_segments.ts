/**
 * Joins segments that share an end to lines as long as can be.
 *
 * @param segments pairs of ends; at most two segments share an end
 * @returns ends in the order of each line; a closed line ends where it starts
 */
export function joinSegments(segments: readonly (readonly [number, number])[]): number[][] {
  const links = new Map<number, number[]>();
  const link = (from: number, to: number) => links.set(from, [...links.get(from) ?? [], to]);
  for (const [a, b] of segments) {
    link(a, b);
    link(b, a);
  }
  const follow = (from: number): number | undefined => {
    const to = links.get(from)!.pop();
    if (to !== undefined) links.set(to, links.get(to)!.filter((back) => back !== from));
    return to;
  };
  // Open lines first, from one of their ends; what is left then is closed.
  const ends = [...links.keys()].filter((end) => links.get(end)!.length === 1);
  const lines: number[][] = [];
  for (const start of [...ends, ...links.keys()]) {
    if (links.get(start)!.length === 0) continue;
    const line: number[] = [];
    for (let at: number | undefined = start; at !== undefined; at = follow(at)) line.push(at);
    lines.push(line);
  }
  return lines;
}
