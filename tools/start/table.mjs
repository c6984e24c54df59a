/** Prints rows under a header, columns aligned. */
export function printTable(header, rows) {
  const cells = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ');
  const [head, ...body] = cells;
  console.log([line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)].join('\n'));
}
