import { afterEach } from "bun:test";
import { GlobalRegistrator } from "@happy-dom/global-registrator";

GlobalRegistrator.register({ url: "http://logbook.test/" });

// Imported only now: it looks for the document as soon as it is loaded.
const { cleanup } = await import("@testing-library/react");
afterEach(cleanup);
