import { render } from "preact";
import { App } from "./app";
import { listen } from "./router";
import { watchService } from "./state/service";
import "./styles/base.css";
import "./styles/library.css";

listen();
watchService();
render(<App />, document.getElementById("app")!);
