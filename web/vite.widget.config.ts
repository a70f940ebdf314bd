import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

/** widget.js: one self-contained classic script that any page can embed. */
export default defineConfig({
  plugins: [vue()],
  publicDir: false,
  define: {
    "process.env.NODE_ENV": JSON.stringify("production"),
    __VUE_OPTIONS_API__: "false",
    __VUE_PROD_DEVTOOLS__: "false",
  },
  build: {
    target: "es2022",
    emptyOutDir: false,
    cssCodeSplit: false,
    lib: {
      entry: "widget/main.ts",
      name: "botWidget",
      formats: ["iife"],
      fileName: () => "widget.js",
    },
  },
});
