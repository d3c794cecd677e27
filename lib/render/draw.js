// Draws the figures of a page with Plotly. If that fails, their pictures stay.
// deno-lint-ignore-file no-undef -- a script of a page, whose globals are the browser's
(() => {
  if (!globalThis.Plotly) {
    console.warn("The figures stay still pictures: plotly.js is not beside this page.");
    return;
  }
  /**
   * Removes the title, which is in the caption, and makes a plane no higher than the page is wide.
   */
  function fit({ title: _, ...layout }, width) {
    const height = layout.yaxis?.scaleanchor ? Math.min(layout.height, width + 100) : layout.height;
    return { ...layout, height, margin: { ...layout.margin, t: 20 } };
  }

  async function draw(figure) {
    const { data, layout, config } = JSON.parse(figure.querySelector("script").textContent);
    const still = figure.querySelector(".still");
    const plot = document.createElement("div");
    plot.className = "plot";
    still.before(plot);
    try {
      await Plotly.newPlot(plot, data, fit(layout, plot.clientWidth), config);
      still.hidden = true;
    } catch (error) {
      plot.remove();
      console.warn("This figure stays a still picture:", error);
    }
  }

  document.querySelectorAll(".figure").forEach(draw);
})();
