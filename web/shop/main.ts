import { createApp } from "vue";
import "./shop.css";
import "./home.css";
import "./narrow.css";
import ShopApp from "./ShopApp.vue";

createApp(ShopApp, { path: decodeURIComponent(location.pathname) }).mount("#shop");
