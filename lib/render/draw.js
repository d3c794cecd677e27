// Unpacks Plotly and draws the figures of a page. If that fails, their pictures stay.
// deno-lint-ignore-file no-undef -- a script of a page, whose globals are the browser's
(() => {
  const figures = document.querySelectorAll(".figure");
  if (figures.length === 0) return;
  if (!globalThis.packedPlotly) {
    console.warn("The figures stay still pictures: plotly.js is not beside this page.");
    return;
  }

  async function draw(figure) {
    const { data, layout, config } = JSON.parse(figure.querySelector("script").textContent);
    const still = figure.querySelector(".still");
    const plot = document.createElement("div");
    plot.className = "plot";
    still.before(plot);
    try {
      const { title: _, margin, ...rest } = layout; // The caption is the title.
      const drawn = { data, layout: { ...rest, margin: { ...margin, t: 20 } }, config };
      await drawFigure(Plotly, plot, drawn, plot.clientWidth, still.querySelector("img")?.alt);
      still.hidden = true;
    } catch (error) {
      plot.remove();
      console.warn("This figure stays a still picture:", error);
    }
  }

  runPacked(packedPlotly).then(() => figures.forEach(draw))
    .catch((error) => console.warn("The figures stay still pictures:", error));
})();
