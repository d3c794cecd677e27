/** The figure as Plotly's own data. */
export const PLOTLY_MIME = "application/vnd.plotly.v1+json";

/** `[{ claim, verdict }, …]`: what a notebook says of the paper's claims. */
export const VERDICTS_MIME = "application/vnd.distillation.verdicts+json";

/** `{ folder, results: { name: SHA-256 } }`: which results a notebook's outputs were made from. */
export const INPUTS_MIME = "application/vnd.distillation.inputs+json";
