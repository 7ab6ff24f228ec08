import { afterEach } from "bun:test";
import { GlobalRegistrator } from "@happy-dom/global-registrator";

GlobalRegistrator.register({ url: "http://logbook.test/" });

// Imported only now: they look for the document as soon as they are loaded.
const { cleanup, configure } = await import("@testing-library/react");
const { restore } = await import("../src/session");
// On a machine that does other things as well, the default second is short.
configure({ asyncUtilTimeout: 8_000, getElementError: (message) => new Error(message ?? "") });
afterEach(() => {
  cleanup();
  sessionStorage.clear();
  localStorage.clear();
  restore();
});
