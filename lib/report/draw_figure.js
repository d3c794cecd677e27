// Functions whose source runs in pages: notebooks' outputs, rendered pages, and static pictures.

/**
 * Fits a layout into a width in pixels. It breaks titles and tick labels into lines, which Plotly
 * does not do. On a narrow page, it makes a plane lower too. Leaves figures of other programs alone.
 *
 * @param {import("./figure_layout.ts").Layout} layout without a title if the page shows it above the figure
 * @param {number} width
 */
export function fitLayout(layout, width) {
  const axes = [layout.xaxis, layout.yaxis];
  const areOurs = axes.every((axis) =>
    typeof axis?.title?.text === "string" &&
    (axis.ticktext ?? []).every((label) => typeof label === "string")
  );
  if (width === 0 || !areOurs) return layout;
  const wrapped = (text, room, characterWidth) => {
    const lines = [""];
    for (const word of text.replaceAll(" = ", "\u00a0=\u00a0").split(" ")) {
      const longer = (lines.at(-1) + " " + word).trim();
      if (lines.at(-1) && longer.length * characterWidth > room) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines.join("<br>");
  };
  const wrappedTitle = (axis, room) => ({ ...axis.title, text: wrapped(axis.title.text, room, 9) });
  const isNarrow = width < 600;
  const { title, margin, height, xaxis, yaxis } = layout;
  const text = title ? wrapped(title.text, width - 20, 10.5) : "";
  const more = 22 * (text.split("<br>").length - 1);

  const rows = yaxis.ticktext?.map((label) => isNarrow ? wrapped(label, 0.38 * width, 8) : label);
  const lines = rows?.flatMap((label) => label.split("<br>")) ?? [];
  const left = Math.max(70, ...lines.map((line) => 8 * line.length));

  const { ticktext } = xaxis;
  const aTick = (width - 100) / ticktext?.length;
  // If a word is too long for its place, Plotly slopes the labels, and they must stay on one line.
  // On a narrow page, they stand upright, in lines.
  const isWide = ticktext?.every((label) =>
    label.split(" ").every((word) => word.length * 9 <= aTick)
  );
  const longest = Math.max(0, ...ticktext?.map((label) => label.length) ?? []);
  const length = Math.max(150, 8 * longest / Math.floor(aTick / 18) + 24);
  const columns = isWide
    ? { ticktext: ticktext.map((label) => wrapped(label, aTick, 9)) }
    : ticktext && isNarrow
    ? { ticktext: ticktext.map((label) => wrapped(label, length, 8)), tickangle: 90 }
    : {};
  return {
    ...layout,
    ...(title ? { title: { ...title, text } } : {}),
    xaxis: { ...xaxis, title: wrappedTitle(xaxis, width - left - margin.r), ...columns },
    yaxis: { ...yaxis, title: wrappedTitle(yaxis, 270), ...(rows ? { ticktext: rows } : {}) },
    margin: { ...margin, t: margin.t + more },
    height: (yaxis.scaleanchor ? Math.min(height, width + (title ? 200 : 100)) : height) + more,
  };
}

/**
 * Draws a figure in an element. On a narrow page, legend and labels take much of the height; the
 * figure then grows, so that its plotting area is at least 240 pixels high.
 *
 * @param text describes the figure to readers who cannot see it
 */
export async function drawFigure(Plotly, plot, { data, layout, config }, width, text) {
  if (text) {
    plot.setAttribute("role", "figure");
    plot.setAttribute("aria-label", text);
  }
  // A page that needs no network does not offer to upload its figures either.
  const local = { ...config, showSendToCloud: false };
  await Plotly.newPlot(plot, data, fitLayout(layout, width), local);
  if (width === 0 || width >= 600) return;
  // Growing may move labels, which takes height again.
  for (let tries = 0; tries < 3; tries++) {
    const lacking = 240 - plot._fullLayout._size.h;
    if (lacking <= 0) return;
    await Plotly.relayout(plot, { height: plot._fullLayout.height + lacking });
  }
}
