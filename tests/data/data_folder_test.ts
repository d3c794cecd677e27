import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { dataFolder } from "../../lib/data/data_folder.ts";

/** Runs a test with environment variables of its own; null: not set. */
function withEnvironment(variables: Record<string, string | null>, use: () => void) {
  const set = (name: string, value: string | null | undefined) =>
    value == null ? Deno.env.delete(name) : Deno.env.set(name, value);
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  Object.entries(variables).forEach(([name, value]) => set(name, value));
  try {
    use();
  } finally {
    before.forEach(([name, value]) => set(name, value));
  }
}

Deno.test("dataFolder() takes the option before $BSS_DATA, and that before the cache", () => {
  withEnvironment({ BSS_DATA: "/from/variable", XDG_CACHE_HOME: "/cache" }, () => {
    assertEquals(dataFolder("/from/option"), "/from/option");
    assertEquals(dataFolder(), "/from/variable");
  });
  withEnvironment({ BSS_DATA: null, XDG_CACHE_HOME: "/cache" }, () => {
    assertEquals(dataFolder(), join("/cache", "bss-data"));
  });
});

Deno.test("dataFolder() counts what is set but empty as not set", () => {
  withEnvironment({ BSS_DATA: "", XDG_CACHE_HOME: "/cache" }, () => {
    assertEquals(dataFolder(""), join("/cache", "bss-data"));
  });
});

Deno.test("dataFolder() falls back to the home folder's cache", () => {
  withEnvironment({ BSS_DATA: null, XDG_CACHE_HOME: null, LOCALAPPDATA: null }, () => {
    assertMatch(dataFolder(), /.[\\/]\.cache[\\/]bss-data$/);
  });
});
