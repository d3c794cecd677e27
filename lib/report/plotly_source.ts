/**
 * The text of Plotly's script, 1.3 MB, which only a browser can run. It is loaded when it is first
 * asked for, so that commands without figures do not pay for it.
 */
export async function plotlySource(): Promise<string> {
  const { default: source } = await import("plotly.js/plotly-cartesian.min.js", {
    with: { type: "text" },
  });
  return source;
}
