export { CacheError, type MeasurementCache } from './cache/cache.js';
export {
  keyText,
  parametersText,
  type DeviceFingerprint,
  type Measurement,
  type MeasurementKey,
} from './cache/measurement.js';
export { openCache } from './cache/open-cache.js';
export { choiceText, offeredChoices, type Choice } from './layers/candidates.js';
export { distinctLayers, layerId, layerOf, layersOf, sparsityName, type Layer } from './layers/layer.js';
export { measuredChoice, type ChooseObserver } from './search/choose.js';
export { formsOf, hasPitched, measuredForm, type Form } from './search/forms.js';
export { KnownResults, type Setting } from './search/known.js';
export { pickSetting, type Picked, type Wish } from './search/pick-setting.js';
export { planBatch, type Known, type Search } from './search/plan-batch.js';
export { LayerSearch } from './search/search-layer.js';
export {
  tuneLayers,
  type Budget,
  type TryChoices,
  type TuneOptions,
  type TuneOutcome,
  type TuneProgress,
} from './search/tune-layers.js';
export { compilerText } from './trial/compiler-text.js';
export type { TrialDevice, TrialRequest, TrialRun } from './trial/device.js';
export { devicePool } from './trial/device-pool.js';
export { machineDevice, type MachineDeviceOptions } from './trial/machine-device.js';
export { sampleLayer, scaledCost, type Sample } from './trial/sample.js';
export { simDevice } from './trial/sim-device.js';
export { tryChoices, type TrialContext, type TrialResult } from './trial/trial.js';
export { Workshop, type WorkshopOptions } from './trial/workshop.js';
export { breakEven, costAt, type BreakEven, type CostPoint } from './latency/interpolate.js';
export { measuredCostModel, MeasuredCosts } from './latency/measured-costs.js';
export { profileMarkdown } from './summary/markdown.js';
export { makeProfile, type Best, type PrunedNetwork, type ProfileInput } from './summary/profile.js';
export { profileJsonSchema, profileSchema, type Profile } from './summary/schema.js';
