/** Whole numbers where arithmetic goes wrong: around zero, around powers of two, at the ends of types. */
export const WHOLE_NUMBERS = [
  ...[0n, 1n, 2n, 3n, 4n, 7n, 8n, 11n, 13n, 17n, 22n, 64n, 255n, 256n, 1000n, 65_535n, 65_536n],
  ...[(1n << 20n) - 1n, 1n << 24n, (1n << 31n) - 1n, 1n << 31n, (1n << 32n) - 1n, 1n << 32n, 1n << 40n],
  ...[(1n << 53n) - 1n, 1n << 53n, (1n << 63n) - 1n],
  ...[-1n, -2n, -3n, -4n, -5n, -(1n << 31n), -(1n << 53n), -(1n << 63n)],
];

/** Real numbers that are easily forgotten. */
export const REAL_NUMBERS = [0, -0, 1, -1, 0.5, 1e-45, -1e-45, 3.4e38, -3.4e38, 1e300, NaN, Infinity, -Infinity];

/** Texts that mean something somewhere: to C, to a shell, to a file system, to JavaScript. */
export const TEXTS = [
  ...['', ' ', '.', '..', '/', '../../etc/passwd', '/dev/zero', 'a/b', 'x\0y', '\u0000', '\n', '\r\n', '"', "'", '\\'],
  ...['*/', '/*', '//', '??/', '#error', '%s%n', '$(id)', '`id`', '${x}', '{{x}}', '{% raw %}', '\u001b[31m', '\u2028'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'null',
    'NaN',
    '-1',
    '1e999',
    '0x10',
    '18446744073709551616',
  ],
  ...[
    'int',
    'main',
    'x'.repeat(300),
    'ä'.repeat(100),
    '\ud83d\ude00',
    'float32',
    'NOTSET',
    'SAME_UPPER',
    'SAME_LOWER',
    'VALID',
  ],
  ...['constant', 'reflect', 'edge', 'wrap', 'nearest', 'linear', 'cubic', 'half_pixel', 'align_corners', 'asymmetric'],
];
