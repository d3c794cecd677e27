import { assertEquals, assertThrows } from "@std/assert";
import { parseSlurmOptions, slurmOptions } from "../../../lib/runs/slurm/submit.ts";
import { parseCommandLine } from "../../../lib/commands/command_line.ts";
import { UserError } from "../../../lib/user_error.ts";

function parse(...args: string[]): ReturnType<typeof parseSlurmOptions> {
  const command = {
    name: "reproduce",
    summary: "",
    options: { ...slurmOptions, shard: { value: "I/N", help: "" } },
  };
  return parseSlurmOptions(parseCommandLine(command, args).options);
}

Deno.test("parseSlurmOptions() says how to submit, and gives null without --submit", () => {
  assertEquals(parse("--shard", "1/2"), null);
  assertEquals(parse("--status"), null);
  assertEquals(parse("--submit", "slurm"), { jobs: undefined, extra: "" });
  const all = parse("--submit", "slurm", "--jobs", "4", "--slurm", "--time=1:00 -p cpu");
  assertEquals(all, { jobs: 4, extra: "--time=1:00 -p cpu" });
});

const mistakes: [what: string, args: string[], text: string][] = [
  ["another kind of cluster", ["--submit", "pbs"], '--submit is "pbs"; choose from slurm'],
  ["options of what is not submitted", ["--jobs", "4"], "give --submit slurm with them"],
  ["no task", ["--submit", "slurm", "--jobs", "0"], '--jobs is "0", but must be'],
  ["too many tasks", ["--submit", "slurm", "--jobs", "10000"], "at most 9999"],
  ["a shard to submit", ["--submit", "slurm", "--shard", "1/2"], "set their number with --jobs N"],
  ["two things at once", ["--submit", "slurm", "--status"], "choose one of"],
];

for (const [what, args, text] of mistakes) {
  Deno.test(`parseSlurmOptions() names the remedy for ${what}`, () => {
    assertThrows(() => parse(...args), UserError, text);
  });
}
