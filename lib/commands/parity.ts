import { runCommand } from "./command_line.ts";
import { backendOption } from "./common_options.ts";
import { describeStartedBackend, startBackend } from "../backend/start_backend.ts";
import { formatComparison } from "../parity/compare.ts";
import { checkParity, notCompared } from "../parity/check_parity.ts";
import { UserError } from "../user_error.ts";

const command = {
  name: "parity",
  summary:
    "Compares the library with a folder of reference numbers made with published PyTorch code.\n" +
    "Prints one line for each quantity: its largest error and tolerance. Exit status 1 if one fails.",
  positionals: "DIR",
  options: backendOption,
} as const;

if (import.meta.main) {
  await runCommand(command, Deno.args, async ({ positionals, options }) => {
    if (positionals.length !== 1) {
      throw new UserError("parity needs one folder of reference numbers: deno task parity DIR");
    }
    console.log(describeStartedBackend(await startBackend(options.backend)));
    let failures = 0;
    for await (const comparison of checkParity(positionals[0])) {
      console.log(formatComparison(comparison));
      if (!comparison.passed) failures++;
    }
    for (const file of await notCompared(positionals[0])) {
      console.log(`not compared: ${file}, because the library has nothing to compare with it`);
    }
    console.log(failures === 0 ? "all quantities agree" : `${failures} quantities differ`);
    return failures === 0 ? 0 : 1;
  });
}
