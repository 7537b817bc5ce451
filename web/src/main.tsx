import "@fontsource-variable/inter/index.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/header.css";
import "./styles/sidebar.css";
import "./styles/cards.css";
import "./styles/charts.css";
import "./styles/media.css";
import "./styles/tables.css";
import "./styles/narrow.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { startLive } from "./state/live.ts";
import { startAsking } from "./state/needed.ts";

startLive();
startAsking();
render(<App />, document.getElementById("page")!);
