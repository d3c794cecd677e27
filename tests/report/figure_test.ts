import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { figureHtml, redrawnFigureHtml } from "../../lib/report/figure_html.ts";
import { learningCurves } from "../../lib/report/learning_curves.ts";
import { hoverText, plotlyForm } from "../../lib/report/figure.ts";

const CURVES = [
  { name: "bss, seed 1", group: "bss", epochs: [1, 2], accuracy: [70, 86.5] },
  { name: "hinton, seed 1", group: "hinton", epochs: [1, 2], accuracy: [69, 86] },
  { name: "bss, seed 2", group: "bss", epochs: [1, 2], accuracy: [NaN, 86.7] },
];

Deno.test("learningCurves() draws one line for each run and names each method once", () => {
  const bss = {
    type: "scatter",
    mode: "lines+markers",
    name: "bss",
    legendgroup: "bss",
    x: [1, 2],
    line: { color: "#d55e00", width: 1.5, dash: "solid" },
    marker: { color: "#d55e00", size: 7, symbol: "diamond" },
  };
  const hinton = {
    ...bss,
    name: "hinton",
    legendgroup: "hinton",
    line: { color: "#0072b2", width: 1.5, dash: "dash" },
    marker: { color: "#0072b2", size: 7, symbol: "square" },
  };
  const hover = (run: string) => `${run}<br>epoch %{x}: %{y:.2f} %<extra></extra>`;
  const expected: unknown[] = [
    { ...bss, showlegend: true, y: [70, 86.5], hovertemplate: hover("bss, seed 1") },
    { ...hinton, showlegend: true, y: [69, 86], hovertemplate: hover("hinton, seed 1") },
    { ...bss, showlegend: false, y: [null, 86.7], hovertemplate: hover("bss, seed 2") },
  ];
  assertEquals<unknown[]>([...learningCurves(CURVES).data], expected);
});

Deno.test("learningCurves() marks single epochs only if there are few", () => {
  const epochs = Array.from({ length: 80 }, (_, index) => index + 1);
  const long = learningCurves([{ name: "bss", epochs, accuracy: epochs }]);
  assertEquals([long.data[0].mode, long.data[0].marker], ["lines", undefined]);
  assertEquals(long.layout.xaxis.dtick, undefined);
  assertEquals(learningCurves(CURVES).layout.xaxis.dtick, 1);
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
  assertStringIncludes(html, 'alt="&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
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
