import { createApp } from "vue";
import "./shop.css";
import "./home.css";
import "./narrow.css";
import ShopApp from "./ShopApp.vue";
import { introduce } from "./visitor";

introduce(document);

createApp(ShopApp, { path: decodeURIComponent(location.pathname) }).mount("#shop");
