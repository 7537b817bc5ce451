import { lazy } from "./lazy.tsx";

function Waiting() {
  return <span class="media-pending" role="status" />;
}

/** The viewer of shapes, whose code is fetched with the first of them. */
export const ModelFrame = lazy(() => import("./model-view.tsx").then((file) => file.ModelView), Waiting);
