import { assertEquals } from "@std/assert";
import { extractCells } from "../../lib/commands/extract_cells.ts";

Deno.test("extractCells() joins the code cells of a notebook and leaves out the text", () => {
  const cells = [
    { cell_type: "markdown", source: ["# Title"] },
    { cell_type: "code", source: ["const a = 1;\n", "a;"] },
    { cell_type: "code", source: "a + 1;" },
  ];
  assertEquals(
    extractCells(JSON.stringify({ cells })),
    "const a = 1;\na;\n\na + 1;\n\nexport {};\n",
  );
});
