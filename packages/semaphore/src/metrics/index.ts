/** Metrics for OpenTelemetry: what objects hold and who waits, and what becomes of the runs of limits. */

export { type Metrics, type MetricsOptions, startMetrics } from './start.js';
