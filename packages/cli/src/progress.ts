import { basename } from 'node:path';

/** Shows on one line of the terminal how far a file has got; undefined where standard error is none. */
export function uploadProgress(): ((path: string, sent: number, size: number) => void) | undefined {
  if (!process.stderr.isTTY) return undefined;
  let shown = '';
  return (path, sent, size) => {
    // Small files would only flicker.
    if (size < SMALL) return;
    const text = sent < size ? `sending ${basename(path)}: ${Math.floor((100 * sent) / size)}%` : '';
    if (text === shown) return;
    shown = text;
    process.stderr.write(`\r\u001b[K${text}`);
  };
}

const SMALL = 4_000_000;
