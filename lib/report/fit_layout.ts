/**
 * A function that runs in the page: makes a layout fit a width in pixels. It breaks the title, that of
 * the x axis and its ticks into lines, which Plotly does not do, and takes from the height of a plane
 * what its width lacks.
 */
export const FIT_LAYOUT = `(layout, width) => {
  if (width === 0) return layout;
  const wrapped = (text, room, characterWidth) => {
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = (lines.at(-1) + " " + word).trim();
      if (lines.at(-1) && longer.length * characterWidth > room) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines.join("<br>");
  };
  const { title, margin, height, xaxis, yaxis } = layout;
  const text = wrapped(title.text, width - 20, 10.5);
  const more = 22 * (text.split("<br>").length - 1);
  const { ticktext } = xaxis;
  const aTick = (width - 100) / ticktext?.length;
  // Where a word is too long for its place, Plotly slopes the labels, which takes them in one line.
  const isWide = ticktext?.every((label) =>
    label.split(" ").every((word) => word.length * 9 <= aTick));
  return {
    ...layout,
    title: { ...title, text },
    xaxis: {
      ...xaxis,
      title: { ...xaxis.title, text: wrapped(xaxis.title.text, 0.65 * width, 9) },
      ...(isWide ? { ticktext: ticktext.map((label) => wrapped(label, aTick, 9)) } : {}),
    },
    margin: { ...margin, t: margin.t + more },
    height: (yaxis.scaleanchor ? Math.min(height, width + 200) : height) + more,
  };
}`;
