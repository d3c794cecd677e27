import type { AnyTrace, Axis, Figure } from "./figure.ts";

/** Text that Plotly shows as it is: it would take tags and entities for markup. */
function plotlyText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Text as it may stand in the template of a hover text, where "%{" would begin a variable. */
export function hoverText(text: string): string {
  return plotlyText(text).replaceAll("%{", "%&#123;");
}

/**
 * A figure as Plotly takes it: titles, ticks and names show as they are. Templates of hover texts hold
 * markup; whoever builds one puts names into it with {@linkcode hoverText}.
 */
export function plotlyForm<T extends AnyTrace>({ data, layout }: Figure<T>): Figure<T> {
  const { title, xaxis, yaxis } = layout;
  return {
    data: data.map((trace) =>
      trace.type === "scatter" ? { ...trace, name: plotlyText(trace.name) } : trace
    ),
    layout: {
      ...layout,
      title: { ...title, text: plotlyText(title.text) },
      xaxis: axisForm(xaxis),
      yaxis: axisForm(yaxis),
    },
  };
}

function axisForm(axis: Axis): Axis {
  const title = { text: plotlyText(axis.title.text) };
  return axis.ticktext
    ? { ...axis, title, ticktext: axis.ticktext.map(plotlyText) }
    : { ...axis, title };
}
