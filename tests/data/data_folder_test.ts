import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { withEnvironment } from "../with_environment.ts";
import { dataFolder } from "../../lib/data/data_source.ts";

Deno.test("dataFolder() takes the option before $BSS_DATA, and that before the cache", async () => {
  await withEnvironment({ BSS_DATA: "/from/variable", XDG_CACHE_HOME: "/cache" }, () => {
    assertEquals(dataFolder("/from/option"), "/from/option");
    assertEquals(dataFolder(), "/from/variable");
  });
  await withEnvironment({ BSS_DATA: null, XDG_CACHE_HOME: "/cache" }, () => {
    assertEquals(dataFolder(), join("/cache", "bss-data"));
  });
});

Deno.test("dataFolder() counts empty values as not set", async () => {
  await withEnvironment({ BSS_DATA: "", XDG_CACHE_HOME: "/cache" }, () => {
    assertEquals(dataFolder(""), join("/cache", "bss-data"));
  });
});

Deno.test("dataFolder() falls back to the home folder's cache", async () => {
  await withEnvironment({ BSS_DATA: null, XDG_CACHE_HOME: null, LOCALAPPDATA: null }, () => {
    assertMatch(dataFolder(), /.[\\/]\.cache[\\/]bss-data$/);
  });
});
