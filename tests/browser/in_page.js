// Functions that tests run inside a page.
// deno-lint-ignore-file no-undef -- their globals are the browser's

/**
 * Finds visible texts with too little contrast to their background. WCAG 2.1 requires 4.5:1 at
 * level AA, or 3:1 for large text. Source: https://www.w3.org/TR/WCAG21/#contrast-minimum
 *
 * @returns {string[]}
 */
export function faintTexts() {
  const colourOf = (css) => {
    const [red, green, blue, alpha = 1] = css.match(/[\d.]+/g).map(Number);
    return [red, green, blue, alpha];
  };
  const over = (front, back) =>
    [0, 1, 2].map((k) => front[3] * front[k] + (1 - front[3]) * back[k]).concat(1);
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element) => {
    if (!element) return [255, 255, 255, 1];
    const ground = colourOf(getComputedStyle(element).backgroundColor);
    return ground[3] === 1 ? ground : over(ground, groundOf(element.parentElement));
  };

  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const text = texts.currentNode.textContent.trim();
    if (
      text === "" || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    ) {
      continue;
    }
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    const ink = over(colourOf(element.closest("svg") ? style.fill : style.color), ground);
    const [dark, light] = [luminance(ink), luminance(ground)].sort((a, b) => a - b);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < (isLarge ? 3 : 4.5)) faint.push(`${text} (${ratio.toFixed(2)}:1)`);
  }
  return faint;
}

/**
 * Counts the marks that each figure of the page shows.
 *
 * @returns {{ points: number, lines: number, heatmaps: number, errorBars: number }[]}
 */
export function drawnMarks() {
  return [...document.querySelectorAll(".plot")].map((plot) => {
    const traces = [...plot.querySelectorAll(".scatterlayer > .trace")];
    const withPart = (part) => traces.filter((trace) => trace.querySelector(part)).length;
    return {
      points: plot.querySelectorAll(".scatterlayer path.point").length,
      lines: withPart("path.js-line"),
      heatmaps: plot.querySelectorAll(".heatmaplayer .hm").length,
      errorBars: withPart("path.xerror, path.yerror"),
    };
  });
}

/** Measures how much wider the page is than its window, in pixels; @returns {number} */
export function overhang() {
  return document.documentElement.scrollWidth - innerWidth;
}

/**
 * Finds boxes that are wider than the page shows, and do not say so.
 *
 * @returns {string[]} the beginning of each one's text
 */
export function silentlyWide() {
  return [...document.querySelectorAll(".output, .text .table")]
    .filter((box) => box.scrollWidth > box.clientWidth)
    .filter((box) => !box.previousElementSibling?.matches(".scrolls"))
    .map((box) => box.textContent.slice(0, 60));
}

/** Finds the smallest size of visible text in pixels; @returns {number} */
export function leastTextSize() {
  const texts = [
    ...document.querySelectorAll("p, li, dt, dd, td, th, pre, figcaption, .plot text"),
  ];
  return Math.min(
    ...texts.filter((element) => element.checkVisibility())
      .map((element) => parseFloat(getComputedStyle(element).fontSize)),
  );
}

/** Measures the height of each figure's plotting area in pixels; @returns {number[]} */
export function plotHeights() {
  return [...document.querySelectorAll(".nsewdrag")].map((area) =>
    area.getBoundingClientRect().height
  );
}

/** Finds titles and labels of figures that their figure cuts off; @returns {string[]} */
export function cutTexts() {
  return [...document.querySelectorAll(".js-plotly-plot")].flatMap((plot) => {
    const edge = plot.getBoundingClientRect();
    const isCut = (text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      return left < edge.left - 1 || right > edge.right + 1 || top < edge.top - 1 ||
        bottom > edge.bottom + 1;
    };
    return [...plot.querySelectorAll(".xtick text, .ytick text, .xtitle, .ytitle, .gtitle")]
      .filter(isCut).map((text) => text.textContent);
  });
}
