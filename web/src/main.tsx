import { render } from "preact";

render(<p>trackio</p>, document.getElementById("page")!);
