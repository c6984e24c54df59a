/** A table; the first `titles` columns are text, the others numbers. */
export function markdownTable(header, body, titles = 2) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, column) => (column < titles ? '---' : '---:'));
  return [line(header), line(rule), ...body.map(line)].join('\n');
}
