import "./styles/main.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { startLive } from "./state/live.ts";
import { startAsking } from "./state/needed.ts";

startLive();
startAsking();
render(<App />, document.getElementById("page")!);
