import { useComputed } from "@preact/signals";
import { page } from "../state/address.ts";
import { lazy } from "./lazy.tsx";

const FullDialog = lazy(() => import("./full-dialog.tsx").then((file) => file.FullDialog), () => null);

/** The chart that fills the window, if any does. */
export function FullChart() {
  const metric = useComputed(() => page.value.full).value;
  return metric === null ? null : <FullDialog metric={metric} />;
}
