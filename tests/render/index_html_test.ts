import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { codeCell, notebookOf, shownData, textCell } from "../notebooks/made_up.ts";
import { VERDICTS_MIME } from "../../lib/notebook/notebook.ts";
import { indexHtml, summaryOf } from "../../lib/render/index_html.ts";
import type { Evidence, NotebookVerdict } from "../../lib/report/with_verdicts.ts";

const EVIDENCE: Evidence = {
  dataset: "cifar10",
  scale: "paper",
  place: "resnet8, 20 % of the images",
  isMain: false,
  seeds: "3 of 10",
  difference: 2.07,
  interval: [-0.51, 4.65],
  paper: null,
  unit: "points",
  shown: { difference: "+2.07 points", interval: "[-0.51, 4.65]" },
  isDecided: false,
};

function verdictOf(claim: string, verdict: string, evidence: Partial<Evidence>): NotebookVerdict {
  return { claim, verdict, evidence: { ...EVIDENCE, ...evidence } };
}

/** Makes the index of two pages, the first with these verdicts. */
function indexOf(...verdicts: NotebookVerdict[]): string {
  const first = notebookOf(
    textCell("# Table 1"),
    codeCell("1", [shownData({ [VERDICTS_MIME]: verdicts, "text/plain": "" })]),
  );
  const notebooks = [["table1", first], ["by-hand", notebookOf(textCell("# By hand"))]] as const;
  const entries = notebooks.map(([name, notebook]) => ({
    href: `${name}.html`,
    summary: summaryOf(name, notebook),
  }));
  return indexHtml(entries, () => null);
}

/** Gives the beginnings of these texts in the HTML, of which none may be missing. */
function placesOf(html: string, ...texts: string[]): number[] {
  return texts.map((text) => {
    assertStringIncludes(html, text);
    return html.indexOf(text);
  });
}

Deno.test("the index starts with the answer, and has CIFAR-10 first and quick trials apart", () => {
  const html = indexOf(
    verdictOf("quick claim", "not settled (quick)", {
      scale: "quick",
      dataset: "fashion-mnist-subset",
    }),
    verdictOf("other claim", "1 of 3 seeds", { dataset: "tiny-imagenet" }),
    verdictOf("main claim", "3 of 10 seeds", { isMain: true }),
    verdictOf("no data", "not measured", { difference: null, interval: null }),
  );
  const places = placesOf(
    html,
    "Not settled yet. On CIFAR-10 (resnet8, 20 % of the images) main claim: +2.07 points " +
      "[-0.51,\u00a04.65] (3 of 10 seeds).",
    "These pages test 2 claims on CIFAR-10. 0 of them have a verdict. 1 more have data",
    ">CIFAR-10</h2>",
    '<figure class="forest">',
    '<td data-label="data">CIFAR-10, resnet8, 20 % of the images</td>',
    "1 planned claim without data",
    ">Tiny ImageNet</h2>",
    ">Quick trials on small images</h2>",
    "No evidence about the paper",
    "<details><summary>1 claim</summary>",
    "a part of Fashion-MNIST, resnet8, 20 % of the images (quick)",
    ">Pages</h2>",
    '<a href="by-hand.html">By hand</a>',
  );
  assertEquals(places, places.toSorted((a, b) => a - b));
  // Quick trials have no plot.
  assertEquals(html.split("<figure").length - 1, 2);
});

Deno.test("the headline says how the main claims were decided", () => {
  const decided = { isMain: true, isDecided: true, seeds: "10 of 10" };
  const html = indexOf(
    verdictOf("first", "holds", decided),
    verdictOf("second", "the opposite", decided),
    verdictOf("with fewer seeds", "1 of 5 seeds", { isMain: true, place: "all", seeds: "1 of 5" }),
  );
  assertStringIncludes(html, "2 of them have a verdict (holds: 1; the opposite: 1).");
  assertMatch(indexOf(verdictOf("first", "holds", decided)), /"headline">Yes\. On CIFAR-10/);
  assertMatch(
    html,
    /"headline">On CIFAR-10 .* first: holds, \+2\.07 .*; second: the opposite, .*</,
  );
  assert(!/"headline">[^<]*with fewer seeds/.test(html), html);
});

Deno.test("the index shows a claim once for each data set, with a line for each place", () => {
  const html = indexOf(
    verdictOf("twice", "holds", { isDecided: true }),
    verdictOf("once", "3 of 10 seeds", {}),
    verdictOf("twice", "1 of 5 seeds", { place: "all images", seeds: "1 of 5" }),
    verdictOf("twice", "1 of 3 seeds", { dataset: "tiny-imagenet" }),
  );
  assertEquals(html.match(/<th scope="rowgroup" rowspan="\d">twice</g), [
    '<th scope="rowgroup" rowspan="2">twice<',
    '<th scope="rowgroup" rowspan="1">twice<',
  ]);
  assertMatch(html, /<strong>waits for seeds<\/strong>.*>1 of 5</);
});

Deno.test("the index shows decided claims first", () => {
  const html = indexOf(
    verdictOf("open", "3 of 10 seeds", {}),
    verdictOf("decided", "the opposite", { isDecided: true }),
  );
  const places = [...html.matchAll(/<th scope="rowgroup" rowspan="1">(\w+)</g)];
  assertEquals(places.map(([, claim]) => claim), ["decided", "open"]);
});

Deno.test("the forest plot fills decided dots, marks the paper's value, and cuts wide intervals", () => {
  const html = indexOf(
    verdictOf("decided", "holds", { isDecided: true, difference: 2, interval: [1, 3], paper: 1.3 }),
    verdictOf("open", "2 of 5 seeds", { difference: -1, interval: [-34, 35] }),
    verdictOf("a cosine", "holds", { unit: "", difference: 0.04, interval: null }),
  );
  const strips = [...html.matchAll(/<svg role="img".*?(?=<\/li>)/g)].map(([strip]) => strip);
  assertEquals(strips.length, 3);
  const has = (text: string) => strips.map((strip) => strip.includes(text));
  assertEquals(has('class="decided"'), [true, false, false]);
  assertEquals(has('class="papers"'), [true, false, false]);
  assertStringIncludes(strips[0], "the paper has +1.3");
  // Both ends of the second are arrows at the edges of the axis.
  assertEquals(has('<svg x="0.00%"'), [false, true, false]);
  assertEquals(has('<svg x="100.00%"'), [false, true, false]);
  assertEquals(html.split('class="axis"').length - 1, 2);
  // The first's dot is in the middle of its interval.
  const at = (pattern: RegExp) => Number(pattern.exec(strips[0])![1]);
  const [low, high] = [/class="interval" x1="([\d.]+)%"/, /class="interval" x1="\S+ x2="([\d.]+)%"/]
    .map(at);
  assert(Math.abs(at(/cx="([\d.]+)%"/) - (low + high) / 2) < 0.01, strips[0]);
});

Deno.test("the index shows a page's question and its answer in bold", () => {
  const text = "# A\n\n**The question**: why?\n\n**In** part.\n\n**Not settled.** A caveat.";
  const html = indexHtml(
    [{ href: "a.html", summary: summaryOf("a", notebookOf(textCell(text))) }],
    () => null,
  );
  assertMatch(
    html,
    /<strong>The question<\/strong>: why\?.*<strong>The answer<\/strong>: Not settled\.</s,
  );
  assert(!html.includes("caveat") && !html.includes("In"), html);
});

Deno.test("the index shows whatever a notebook says as text", () => {
  const evil = "<script>alert(1)</script>";
  const html = indexOf(verdictOf(evil, evil, {
    dataset: evil,
    place: evil,
    seeds: evil,
    unit: evil,
    isMain: true,
    shown: { difference: evil, interval: evil },
  }));
  assert(!html.includes("<script"), html);
});
