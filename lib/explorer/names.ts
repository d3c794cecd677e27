/** The networks that the page shows, the attacked teacher first. A student has its method's name. */
export const NETWORKS = ["teacher", "original", "bss"] as const;

/** The problems in the plane that the page has networks for. */
export const TOYS = ["moons", "spirals"] as const;
