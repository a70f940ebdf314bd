import { createApp } from "vue";
import "./console.css";
import "./panels.css";
import ConsoleApp from "./ConsoleApp.vue";

createApp(ConsoleApp).mount("#console");
