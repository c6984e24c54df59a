import { fileURLToPath } from 'node:url';

/** Absolute path of the folder that holds this package's C sources. */
export const root = fileURLToPath(new URL('.', import.meta.url));
