/** The demo shop's shelves. Pictures are drawn: see ProductArt.vue. */

export type Art = "lamp" | "kettle" | "jacket" | "tea" | "towel" | "headphones" | "backpack" | "rice";

export interface Product {
  name: string;
  note: string;
  /** Yuan. */
  price: number;
  before: number | null;
  tag: string | null;
  sold: string;
  art: Art;
}

export const PRODUCTS: readonly Product[] = [
  {
    name: "松影护眼台灯",
    note: "全光谱 · 三档色温",
    price: 189,
    before: 239,
    tag: "满减",
    sold: "已售 1.2万+",
    art: "lamp",
  },
  {
    name: "山泉恒温电水壶 1.5L",
    note: "55℃ 恒温 · 304 不锈钢",
    price: 129,
    before: 159,
    tag: "热卖",
    sold: "已售 3.6万+",
    art: "kettle",
  },
  {
    name: "云杉轻量防风外套",
    note: "防泼水 · 可机洗",
    price: 329,
    before: 459,
    tag: "换季",
    sold: "已售 8600+",
    art: "jacket",
  },
  {
    name: "高山云雾绿茶 250g",
    note: "明前采摘 · 独立小罐",
    price: 98,
    before: null,
    tag: "新品",
    sold: "已售 4200+",
    art: "tea",
  },
  {
    name: "长绒棉毛巾三条装",
    note: "A 类标准 · 不掉毛",
    price: 49.9,
    before: 69,
    tag: null,
    sold: "已售 5.1万+",
    art: "towel",
  },
  {
    name: "林间降噪头戴耳机",
    note: "主动降噪 · 40 小时续航",
    price: 459,
    before: 599,
    tag: "会员价",
    sold: "已售 9800+",
    art: "headphones",
  },
  {
    name: "城野通勤双肩包 20L",
    note: "防水面料 · 电脑隔层",
    price: 219,
    before: 269,
    tag: null,
    sold: "已售 1.4万+",
    art: "backpack",
  },
  {
    name: "五常大米 5kg",
    note: "当季新米 · 真空锁鲜",
    price: 79,
    before: 89,
    tag: "包邮",
    sold: "已售 6.3万+",
    art: "rice",
  },
];

export const CATEGORIES: readonly string[] = [
  "家用电器",
  "数码影音",
  "服饰鞋包",
  "家居家纺",
  "食品生鲜",
  "母婴用品",
  "个护清洁",
  "运动户外",
];

export const PROMISES: readonly { title: string; text: string }[] = [
  { title: "七天无理由", text: "签收次日起 7 天内" },
  { title: "满 99 元免运费", text: "全国统一，不足收 8 元" },
  { title: "当天发货", text: "16:00 前付款，最迟 48 小时" },
  { title: "正品保障", text: "官方渠道，票证齐全" },
];

export const HELP_LINKS: readonly { title: string; links: readonly { title: string; url: string }[] }[] = [
  {
    title: "购物指南",
    links: [
      { title: "下单流程", url: "/help/order-place" },
      { title: "支付方式", url: "/help/payment" },
      { title: "优惠券使用", url: "/help/coupon-rules" },
    ],
  },
  {
    title: "配送服务",
    links: [
      { title: "配送时效", url: "/help/shipping-time" },
      { title: "运费说明", url: "/help/shipping-fee" },
      { title: "物流查询", url: "/my/orders" },
    ],
  },
  {
    title: "售后服务",
    links: [
      { title: "退换货规则", url: "/help/returns" },
      { title: "退款进度", url: "/my/refunds" },
      { title: "保修政策", url: "/help/warranty" },
    ],
  },
  {
    title: "关于我们",
    links: [
      { title: "联系我们", url: "/help/contact" },
      { title: "隐私政策", url: "/help/privacy" },
      { title: "发票说明", url: "/help/invoice" },
    ],
  },
];
