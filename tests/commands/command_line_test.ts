import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { argumentsOf, helpText, parseCommandLine } from "../../lib/commands/command_line.ts";
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

Deno.test("parseCommandLine() gives options, flags and the rest", () => {
  const line = parseCommandLine(command, ["--heat", "200", "apple", "--fast"]);
  assertEquals(line, { positionals: ["apple"], options: { heat: "200", fast: true } });
  assertEquals(parseCommandLine(command, []).options, { heat: undefined, fast: false });
});

Deno.test("parseCommandLine() names its options for what it does not know", () => {
  for (const args of [["--heet", "1"], ["--heat"], ["--fast=yes"]]) {
    assertThrows(() => parseCommandLine(command, args), UserError, "--heat, --fast, --help");
  }
});

Deno.test("parseCommandLine() takes a value that begins with a dash, but no option for one", () => {
  const { options } = parseCommandLine(command, ["--heat", "-1 --or=2", "--fast"]);
  assertEquals(options, { heat: "-1 --or=2", fast: true });
  for (const option of ["--fast", "--heat=1"]) {
    assertThrows(() => parseCommandLine(command, ["--heat", option]), UserError, "ambiguous");
  }
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

Deno.test("parseCommandLine() refuses words where a command takes none", () => {
  const { positionals: _, ...bare } = command;
  assertThrows(() => parseCommandLine(bare, ["apple"]), UserError, "apple");
});

Deno.test("a command takes paths from the folder where it was typed", async () => {
  await withTemporaryFolder(async (folder) => {
    const { stderr } = await runDeno([...denoArguments(PARITY), "."], { INIT_CWD: folder });
    assertStringIncludes(stderr, ". holds no safetensors files");
  });
});

Deno.test("helpText() shows usage and every option", () => {
  const text = helpText(command);
  for (
    const part of ["Bakes.", "deno task bake [cake…] [options]", "--heat N", "how hot", "--fast"]
  ) {
    assertStringIncludes(text, part);
  }
});
