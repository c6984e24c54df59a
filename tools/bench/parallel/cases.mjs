/** How much faster so many cores must be than one: ResNet-50, one picture, dense and half pruned. */
export const FLOORS = { 4: 3.2, 8: 5.5 };
export const FLOOR_NETWORK = 'resnet50';
export const FLOOR_VARIANTS = ['dense', 'pruned-50'];

const ALL = ['dense', 'pruned-50', 'xnnpack'];

/** What is measured: one picture on 1, 4 and 8 cores, several pictures on one and on 8, always beside XNNPACK. */
export const CASES = ['resnet50', 'densenet121', 'mobilenet_v2'].flatMap((network) => [
  ...[1, 4, 8].map((threads) => ({ network, batch: 1, threads, variants: ALL })),
  ...[2, 4].flatMap((batch) => [1, 8].map((threads) => ({ network, batch, threads, variants: ALL }))),
]);

/** The cases that match what the command line has chosen; undefined matches everything. */
export function chosenCases({ network, batch, threads, variant }) {
  const takes = (list, value) => list === undefined || list.includes(String(value));
  return CASES.filter((one) => takes(network, one.network) && takes(batch, one.batch) && takes(threads, one.threads))
    .flatMap(({ variants, ...one }) => variants.map((id) => ({ ...one, variant: id })))
    .filter((one) => takes(variant, one.variant));
}
