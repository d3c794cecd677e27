import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  argumentsOf,
  helpText,
  parseCommandLine,
  parseWholeNumber,
} from "../../lib/commands/command_line.ts";
import { denoArguments } from "./deno_arguments.ts";
import { runDeno } from "./run_task.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { UserError } from "../../lib/user_error.ts";

const PARITY = "lib/commands/parity.ts";

const command = {
  name: "bake",
  summary: "Bakes.",
  positionals: "[cake…]",
  options: { heat: { value: "N", help: "how hot" }, fast: { help: "in a hurry" } },
} as const;

Deno.test("parseCommandLine() gives options, flags and positionals", () => {
  const line = parseCommandLine(command, ["--heat", "200", "apple", "--fast"]);
  assertEquals(line, { positionals: ["apple"], options: { heat: "200", fast: true } });
  assertEquals(parseCommandLine(command, []).options, { heat: undefined, fast: false });
});

Deno.test("parseCommandLine() lists its options if one is unknown", () => {
  for (const args of [["--heet", "1"], ["--heat"], ["--fast=yes"]]) {
    assertThrows(() => parseCommandLine(command, args), UserError, "--heat, --fast, --help");
  }
});

Deno.test("parseCommandLine() refuses an empty value, which would mean the current folder", () => {
  const repeatable = {
    ...command,
    options: { ...command.options, top: { value: "WITH", isRepeatable: true, help: "" } },
  } as const;
  assertThrows(
    () => parseCommandLine(repeatable, ["--heat", ""]),
    UserError,
    "--heat is empty; give N or leave the option out",
  );
  assertThrows(() => parseCommandLine(repeatable, ["--top=a", "--top="]), UserError, "give WITH");
});

Deno.test("parseWholeNumber() refuses fractions, texts, and numbers that are too small or too large", () => {
  assertEquals(parseWholeNumber("heat", "256", 1, 256), 256);
  for (const text of ["0", "257", "1.5", "-1", "x", ""]) {
    assertThrows(
      () => parseWholeNumber("heat", text, 1, 256),
      UserError,
      `--heat is "${text}", but must be a whole number of at least 1 and at most 256`,
    );
  }
  assertThrows(
    () => parseWholeNumber("seed", "9007199254740993", 0),
    UserError,
    "at most 2147483647",
  );
});

Deno.test("parseCommandLine() takes a value that begins with a dash, but not an option as a value", () => {
  const { options } = parseCommandLine(command, ["--heat", "-1 --or=2", "--fast"]);
  assertEquals(options, { heat: "-1 --or=2", fast: true });
  for (const option of ["--fast", "--heat=1"]) {
    assertThrows(() => parseCommandLine(command, ["--heat", option]), UserError, "ambiguous");
  }
});

Deno.test("parseCommandLine() takes the last of an option that is given twice, as shells' aliases need", () => {
  const { options } = parseCommandLine(command, ["--heat", "1", "--heat", "2"]);
  assertEquals(options.heat, "2");
});

Deno.test("argumentsOf() gives the arguments of a command line", () => {
  const repeatable = {
    ...command,
    options: { ...command.options, top: { value: "WITH", isRepeatable: true, help: "" } },
  } as const;
  const args = ["apple", "pear tart", "--heat=-2", "--fast", "--top=a", "--top=b c"];
  assertEquals(argumentsOf(parseCommandLine(repeatable, args)), args);
  assertEquals(argumentsOf(parseCommandLine(repeatable, [])), []);
});

Deno.test("parseCommandLine() refuses words if the command takes none", () => {
  const { positionals: _, ...bare } = command;
  assertThrows(() => parseCommandLine(bare, ["apple"]), UserError, "apple");
});

Deno.test("a command's paths are relative to the folder where it was typed", async () => {
  await withTemporaryFolder(async (folder) => {
    const { stderr } = await runDeno([...denoArguments(PARITY), "."], { INIT_CWD: folder });
    assertStringIncludes(stderr, ". holds no safetensors files");
  });
});

Deno.test("a command reports that the folder where it was typed is gone", async () => {
  const { code, stderr } = await runPiece("", "/no/such/folder");
  assertEquals([code, stderr.split("\n").length], [2, 2]);
  assertStringIncludes(
    stderr,
    "error: cannot enter /no/such/folder, the folder in which the command was typed ($INIT_CWD)",
  );
});

Deno.test("a command reports a system error in one sentence, and a bug with its stack trace", async () => {
  const refused = await runPiece(`await Deno.readTextFile(".")`, "/");
  assertEquals(
    [refused.code, refused.stderr],
    [
      2,
      "error: cannot read '.': Is a directory; move the folder away, because a file must be there\n",
    ],
  );
  const fault = await runPiece("null.length", "/");
  assertEquals(fault.code, 1);
  assertStringIncludes(fault.stderr, "TypeError");
  assertStringIncludes(fault.stderr, "    at ");
});

/** Runs a command that executes this code, as if typed in a folder. */
async function runPiece(code: string, typedIn: string): Promise<{ code: number; stderr: string }> {
  const module = import.meta.resolve("../../lib/commands/command_line.ts");
  const { code: status, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--no-lock",
      `import { runCommand } from ${JSON.stringify(module)};
       await runCommand({ name: "bake", summary: "", options: {} }, [], async () => { ${code}; });`,
    ],
    env: { INIT_CWD: typedIn, NO_COLOR: "1" },
  }).output();
  return { code: status, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("helpText() shows usage and every option", () => {
  const text = helpText(command);
  for (
    const part of ["Bakes.", "deno task bake [cake…] [options]", "--heat N", "how hot", "--fast"]
  ) {
    assertStringIncludes(text, part);
  }
});
