/** Absolute path of the folder that holds this package's C sources. */
export const root: string;
