import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { figureHtml, figureText, redrawnFigureHtml } from "../../lib/report/figure_html.ts";
import { learningCurves } from "../../lib/report/learning_curves.ts";
import { bundleOf } from "../../lib/report/display.ts";
import { type AnyTrace, type Figure, hoverText, plotlyForm } from "../../lib/report/figure.ts";
import { figureDisplay } from "../../lib/report/figure_display.ts";
import { accuracyOver } from "../../lib/report/accuracy_over.ts";
import { PLOTLY_MIME } from "../../lib/notebook/notebook.ts";
import { UserError } from "../../lib/user_error.ts";
import { gainWithIntervals } from "../../lib/report/gain_intervals.ts";

const CURVES = [
  { name: "bss, seed 1", group: "bss", epochs: [1, 2], accuracy: [70, 86.5] },
  { name: "hinton, seed 1", group: "hinton", epochs: [1, 2], accuracy: [69, 86] },
  { name: "bss, seed 2", group: "bss", epochs: [1, 2], accuracy: [NaN, 86.75] },
];

Deno.test("learningCurves() draws each method's mean in a band of its seeds, and names it once", () => {
  const line = (name: string, color: string, dash: string, symbol: string) => ({
    type: "scatter",
    mode: "lines+markers",
    name,
    legendgroup: name,
    showlegend: true,
    x: [1, 2],
    line: { color, width: 1.5, dash },
    marker: { color, size: 7, symbol },
  });
  const hover = (run: string) => `${run}<br>epoch %{x}: %{y:.2f} %<extra></extra>`;
  const expected: unknown[] = [
    {
      type: "scatter",
      mode: "lines",
      name: "bss, from the lowest to the highest seed",
      legendgroup: "bss",
      showlegend: false,
      x: [1, 2, 2, 1],
      y: [70, 86.75, 86.5, 70],
      line: { color: "#d55e00", width: 0, dash: "solid" },
      fill: "toself",
      fillcolor: "#d55e0033",
      hoverinfo: "skip",
    },
    {
      ...line("bss", "#d55e00", "solid", "diamond"),
      y: [70, 86.625],
      hovertemplate: hover("bss, mean of 2 seeds"),
    },
    {
      ...line("hinton", "#0072b2", "dash", "square"),
      y: [69, 86],
      hovertemplate: hover("hinton, seed 1"),
    },
  ];
  assertEquals<unknown[]>([...learningCurves(CURVES).data], expected);
});

Deno.test("learningCurves() leaves a gap at an epoch that no seed has evaluated", () => {
  const [{ x, y }] = learningCurves([{ name: "a", epochs: [1, 2], accuracy: [NaN, 3] }]).data;
  assertEquals([x, y], [[1, 2], [null, 3]]);
});

Deno.test("learningCurves() does not average over students, and names the method once", () => {
  const run = (student: string, level: number) => ({
    name: `${student} bss, seed 1`,
    group: "bss",
    student,
    epochs: [1, 2],
    accuracy: [level, level],
  });
  const { data } = learningCurves([run("resnet8", 80), run("resnet14", 90)]);
  assertEquals(data.map(({ name, y, showlegend }) => [name, y, showlegend]), [
    ["bss", [80, 80], true],
    ["bss", [90, 90], false],
  ]);
});

Deno.test("learningCurves() begins where several methods come to differ, and shows all of one", () => {
  const epochs = [1, 2, 3, 4, 5, 6, 7, 8];
  const bss = { name: "bss", epochs, accuracy: [10, 20, 30, 60, 70, 78, 80, 81] };
  const hinton = { name: "hinton", epochs, accuracy: [10, 30, 40, 65, 72, 76, 77, 79] };
  const { xaxis, yaxis } = learningCurves([bss, hinton]).layout;
  // The last two epochs lie in 77…81, and half of that below it is shown, which hinton is first to reach.
  assertEquals(yaxis.range, [75, 81.4]);
  assertEquals(xaxis.range, [6 - 0.04, 8 + 0.04]);
  assertEquals(learningCurves([bss]).layout.yaxis.range, undefined);
  const short = [bss, hinton].map(({ name }) => ({ name, epochs: [1, 2], accuracy: [10, 20] }));
  assertEquals(learningCurves(short).layout.yaxis.range, undefined);
});

Deno.test("learningCurves() marks single epochs only if there are few", () => {
  const epochs = Array.from({ length: 80 }, (_, index) => index + 1);
  const long = learningCurves([{ name: "bss", epochs, accuracy: epochs }]);
  assertEquals([long.data[0].mode, long.data[0].marker], ["lines", undefined]);
  assertEquals(long.layout.xaxis.dtick, undefined);
  assertEquals(learningCurves(CURVES).layout.xaxis.dtick, 1);
  const sparse = [10, 20, 80];
  const { data, layout } = learningCurves([{ name: "bss", epochs: sparse, accuracy: sparse }]);
  assertEquals([data[0].mode, layout.xaxis.dtick], ["lines+markers", undefined]);
});

Deno.test("learningCurves() uses the names of runs without a method", () => {
  const { data } = learningCurves([{ name: "a", epochs: [1], accuracy: [1] }]);
  assertEquals(data.map(({ name, showlegend }) => [name, showlegend]), [["a", true]]);
});

Deno.test("learningCurves() has a title, axes with units, and a white background", () => {
  assertEquals(learningCurves(CURVES, "CIFAR-10, ResNet8").layout, {
    title: {
      text: "CIFAR-10, ResNet8",
      x: 0.02,
      xanchor: "left",
      y: 1,
      yref: "container",
      yanchor: "top",
      pad: { t: 28 },
    },
    xaxis: {
      gridcolor: "#e5e5e5",
      linecolor: "#333333",
      zeroline: false,
      automargin: true,
      title: { text: "Epoch" },
      dtick: 1,
    },
    yaxis: {
      gridcolor: "#e5e5e5",
      linecolor: "#333333",
      zeroline: false,
      automargin: true,
      title: { text: "Test accuracy (%)" },
    },
    font: { size: 14, color: "#222222" },
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    height: 450,
    legend: { orientation: "h", x: 0, xanchor: "left", y: 0, yref: "container", yanchor: "bottom" },
    margin: { l: 70, r: 30, t: 60, b: 60 },
  });
});

Deno.test("figureHtml() lets no text out of its title, its data or its picture", async () => {
  const attack = `</script><script>alert(1)</script>`;
  const figure = learningCurves([{ name: attack, epochs: [1], accuracy: [1] }], attack);
  const html = await figureHtml(figure, new Uint8Array([1, 2, 3]));
  assert(!html.includes("alert(1)</script>"));
  assertStringIncludes(html, 'alt="&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;. Test');
  assertEquals(html.match(/<script/g)?.length, 3);
});

Deno.test("figureHtml() is the same text each time and fetches nothing", async () => {
  const html = await figureHtml(learningCurves(CURVES), null);
  assertEquals(await figureHtml(learningCurves(CURVES), null), html);
  assertEquals(html.match(/\b(src|href)=|https?:|@import|url\(/g), null);
  assert(html.length < 700_000, `${html.length} characters`);
});

Deno.test("redrawnFigureHtml() is small, keeps its height, and lets no text out either", () => {
  const attack = `</script><script>alert(1)</script>`;
  const html = redrawnFigureHtml(learningCurves(CURVES, attack));
  assert(html.length < 10_000, `${html.length} characters`);
  assertStringIncludes(html, "min-height:450px");
  assert(!html.includes("alert(1)</script>"));
});

Deno.test("plotlyForm() escapes titles and names, so that they show unchanged", () => {
  const { data, layout } = plotlyForm(
    learningCurves([{ name: "<b>a</b> & b", epochs: [1], accuracy: [1] }], "η < 1"),
  );
  assertEquals(data[0].name, "&lt;b>a&lt;/b> &amp; b");
  assertEquals(layout.title.text, "η &lt; 1");
  assertEquals(layout.yaxis.title.text, "Test accuracy (%)");
});

Deno.test("plotlyForm() does not change a figure without special characters", () => {
  assertEquals(plotlyForm(learningCurves(CURVES)), learningCurves(CURVES));
});

Deno.test("hoverText() escapes variables and markup in names", () => {
  assertEquals(hoverText("%{x} <br>"), "%&#123;x} &lt;br>");
});

Deno.test("plotlyForm() packs the numbers of a heatmap", () => {
  const heatmap = { type: "heatmap", x: [0, 1], y: [0, 1, 2], z: [[0, 1], [2, 3], [4, 255]] };
  const figure = { data: [heatmap], layout: learningCurves([]).layout };
  const [{ z }] = plotlyForm(figure as unknown as Figure<AnyTrace>).data as unknown as [
    { z: unknown },
  ];
  assertEquals(z, { dtype: "u1", bdata: btoa("\x00\x01\x02\x03\x04\xff"), shape: "3, 2" });
});

Deno.test("figureText() names title, axes and what the legend names", () => {
  assertEquals(
    figureText(learningCurves(CURVES)),
    "Test accuracy over training. Test accuracy (%) over Epoch: bss; hinton",
  );
});

Deno.test("figureDisplay() says what is missing in the place of an empty figure", async () => {
  const over = accuracyOver([{ method: "bss", x: 1, values: [] }], {
    title: "Equal passes",
    xTitle: "Images",
  });
  const text =
    "There is no figure “Equal passes” yet: no result here has a value for “Images” and " +
    "“Test accuracy (%)”.";
  assertEquals(await bundleOf(figureDisplay(over)), {
    "text/html": `<p>${text}</p>`,
    "text/plain": text,
  });
  const gains = await bundleOf(figureDisplay(gainWithIntervals([], { reference: "original" })));
  assertStringIncludes(String(gains["text/plain"]), "a value for “Gain over original (percentage");
});

Deno.test("figureDisplay() gives a plain figure of Plotly the layout of ours", async () => {
  const plain = {
    data: [{ x: ["a", "b"], y: [1, 2], type: "bar", name: "<b>" }, { x: [1], y: [2] }],
    layout: { title: "Mine", xaxis: { title: { text: "seed" } }, yaxis: { title: "y" } },
  };
  const bundle = await bundleOf(figureDisplay(plain));
  const { data, layout } = bundle[PLOTLY_MIME] as unknown as Figure<AnyTrace>;
  const { title, xaxis, yaxis, margin, height } = layout;
  assertEquals([title.text, title.xanchor], ["Mine", "left"]);
  assertEquals([xaxis.title.text, yaxis.title.text], ["seed", "y"]);
  assertEquals([margin.l, height], [70, 450]);
  assertEquals(data[0], { ...plain.data[0], name: "&lt;b>" } as unknown as AnyTrace);
  assertEquals(data[1], { ...plain.data[1], type: "scatter" } as unknown as AnyTrace);
  assertStringIncludes(
    String((await bundleOf(figureDisplay({ data: plain.data })))["text/html"]),
    "<script",
  );
  const ticks = { title: { text: "x", standoff: 9 }, tickvals: [1], ticktext: [10] };
  const partial = figureDisplay({ data: plain.data, layout: { margin: { l: 40 }, xaxis: ticks } });
  const { layout: own } = (await bundleOf(partial))[PLOTLY_MIME] as unknown as Figure<AnyTrace>;
  assertEquals([own.margin.l, own.margin.t], [40, 60]);
  assertEquals(own.xaxis.title, ticks.title);
  assertEquals(own.xaxis.ticktext, ["10"]);
  const none = await bundleOf(figureDisplay({ data: [] }));
  assertEquals(none["text/plain"], "There is no figure yet: it has no data.");
  const wrong = { data: plain.data[0] } as unknown as typeof plain;
  assertThrows(() => figureDisplay(wrong), UserError, "a figure needs its traces as a list");
});

Deno.test("plotlyForm() packs a heatmap only if its numbers are bytes", () => {
  const { layout } = learningCurves(CURVES);
  const mapOf = (
    z: number[][],
  ) => ({ type: "heatmap", x: [0, 1], y: [0], z } as unknown as AnyTrace);
  for (const z of [[[0.5, 1]], [[-1, 2]], [[3, 256]]]) {
    assertEquals(plotlyForm({ data: [mapOf(z)], layout }).data, [mapOf(z)]);
  }
  const bytes = { type: "heatmap", z: [[1, 2, 3], [4, 5, 6]] } as unknown as AnyTrace;
  const [{ z }] = plotlyForm({ data: [bytes], layout }).data as unknown as [{ z: object }];
  assertEquals(z, { dtype: "u1", bdata: "AQIDBAUG", shape: "2, 3" });
});
