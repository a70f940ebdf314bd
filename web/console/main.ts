import { createApp } from "vue";
import "./console.css";
import "./gate.css";
import "./inbox.css";
import "../shared/message.css";
import "./talk.css";
import "./detail.css";
import "./policy.css";
import "./faq/faq.css";
// After the panels: its media queries rearrange them.
import "./desk.css";
import ConsoleApp from "./ConsoleApp.vue";

createApp(ConsoleApp).mount("#console");
