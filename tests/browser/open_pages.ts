import { type Browser, chromium, type Page } from "npm:playwright-core@1.65.1";
import { pathToFileURL } from "node:url";

/** A page that is shown, and what it did that it should not have. */
export interface ShownPage {
  readonly page: Page;
  /** What it said on its console, and errors of its scripts. */
  readonly said: string[];
  /** What it wanted from a network, and why it did not get it. */
  readonly asked: string[];
}

/** Shows files in a browser without a network, one after the other. */
export async function withBrowser(
  executable: string,
  use: (show: (file: string, width: number, still?: number) => Promise<ShownPage>) => Promise<void>,
): Promise<void> {
  const browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
  try {
    await use((file, width, still) => show(browser, file, width, still));
  } finally {
    await browser.close();
  }
}

/** A page with its figures drawn, but for those that stay still pictures. */
async function show(browser: Browser, file: string, width: number, still = 0): Promise<ShownPage> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, offline: true });
  const page = await context.newPage();
  const said: string[] = [];
  const asked: string[] = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => {
    asked.push(`${request.url()}: ${request.failure()?.errorText}`);
  });
  await page.goto(pathToFileURL(file).href);
  await page.waitForFunction(
    `document.querySelectorAll(".still:not([hidden])").length === ${still}`,
    undefined,
    { timeout: 20_000 },
  );
  return { page, said, asked };
}
