import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Only for `bun run dev`: where the API is.
const { API_URL = "http://127.0.0.1:8000" } = process.env;

export default defineConfig({
  plugins: [react()],
  build: {
    // Data URLs would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    host: "127.0.0.1",
    port: 8080,
    proxy: { "/api": API_URL },
  },
});
