import { pathToFileURL } from 'node:url';

// Runs the program given as first argument in this process and prints the most memory it held, in kilobytes.
process.argv.splice(1, 1);
process.on('exit', () => console.log(process.resourceUsage().maxRSS));
await import(pathToFileURL(process.argv[1]).href);
