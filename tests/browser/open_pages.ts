import { assertEquals } from "@std/assert";
import { type Browser, chromium, type Page } from "npm:playwright-core@1.65.1";
import { pathToFileURL } from "node:url";
import { findChromium } from "../../lib/report/find_chromium.ts";

/** A page in the browser, with its messages and failed requests. */
export interface ShownPage {
  readonly page: Page;
  /** Messages on its console and errors of its scripts. */
  readonly said: string[];
  /** Failed network requests and their reasons. */
  readonly asked: string[];
}

/** Shows a file without a network. Waits until all but `still` figures are drawn. */
export type Show = (file: string, width: number, still?: number) => Promise<ShownPage>;

const executablePath = await findChromium();
const reason = "needs Chromium; name it in CHROMIUM or put it on the PATH";

// The tests of a file share a browser and its tab, because starting them costs more than the pages.
let browser: Browser | undefined;
let shown: ShownPage;
if (executablePath !== null) {
  Deno.test.beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    const page = await browser.newPage({ offline: true });
    page.on("console", (message) => shown.said.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => shown.said.push(`error: ${error.message}`));
    page.on("requestfailed", (request) => {
      shown.asked.push(`${request.url()}: ${request.failure()?.errorText}`);
    });
    shown = { page, said: [], asked: [] };
  });
  Deno.test.afterAll(() => browser?.close());
}

/** Registers a test that is skipped without Chromium; its name then gives the reason. */
export function browserTest(name: string, fn: (show: Show) => Promise<void>): void {
  Deno.test({
    name: executablePath ? name : `${name} (${reason})`,
    ignore: executablePath === null,
    fn: () => fn(show),
  });
}

async function show(file: string, width: number, still = 0): Promise<ShownPage> {
  const { page } = shown;
  shown = { page, said: [], asked: [] };
  await page.setViewportSize({ width, height: 900 });
  await page.goto(pathToFileURL(file).href);
  // page.waitForFunction() would fail at its second look: the pages' policy forbids eval.
  const pictures = page.locator(".still:not([hidden])");
  await pictures.nth(still).waitFor({ state: "detached", timeout: 20_000 });
  assertEquals(await pictures.count(), still);
  return shown;
}
