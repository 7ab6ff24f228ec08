import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { applyTheme } from "./theme";
import "./style/base.css";
import "./style/controls.css";
import "./style/shell.css";
import "./style/table.css";
import "./style/overview.css";
import "./style/charts.css";
import "./style/timeline.css";
import "./style/trial.css";
import "./style/pages.css";

applyTheme();
const root = document.getElementById("root");
if (root === null) {
  throw new Error("index.html has no element #root");
}
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
