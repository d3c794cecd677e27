/** Background and points of each class. Backgrounds get darker, so that grey prints show them. */
export const CLASS_COLOURS = [
  { ground: "#fdf6e6", colour: "#e69f00", symbol: "circle" },
  { ground: "#d3e7f4", colour: "#56b4e9", symbol: "square" },
  { ground: "#bfd8ca", colour: "#009e73", symbol: "triangle-up" },
  { ground: "#d3bccc", colour: "#cc79a7", symbol: "pentagon" },
] as const;
