import { lazy } from "./lazy.tsx";

function Waiting() {
  return <section class="card histogram-card" aria-busy="true" />;
}

/** The histograms of one key, drawn by code that pages without any need not fetch. */
export const HistogramPanel = lazy(() => import("./histogram-panel.tsx").then((file) => file.HistogramPanel), Waiting);
