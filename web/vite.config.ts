import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const service = process.env["BOT_SERVICE"] ?? "http://127.0.0.1:8000";

/** The two pages: demo shop and agents' console. The widget has its own build, for it is one plain script. */
export default defineConfig({
  plugins: [vue()],
  server: {
    proxy: {
      "/api": { target: service, ws: true },
      "/widget.js": service,
    },
  },
  build: {
    target: "es2022",
    // An inlined asset would be a data: address, which the server's Content-Security-Policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { shop: "index.html", console: "console/index.html" },
    },
  },
});
