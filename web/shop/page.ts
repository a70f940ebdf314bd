/** Names for the pages that the FAQ answers link to; the shop itself only shows a stand-in. */
const TITLES: Readonly<Record<string, string>> = {
  account: "账户设置",
  address: "收货地址",
  addresses: "收货地址",
  aftersales: "售后服务",
  "after-sales": "售后服务",
  complaint: "投诉与建议",
  contact: "联系我们",
  coupon: "优惠券使用",
  coupons: "我的优惠券",
  exchange: "换货服务",
  exchanges: "换货服务",
  freight: "运费说明",
  invoice: "发票说明",
  invoices: "我的发票",
  logistics: "物流查询",
  membership: "会员中心",
  member: "会员中心",
  order: "下单流程",
  orders: "我的订单",
  password: "修改密码",
  payment: "支付方式",
  points: "我的积分",
  privacy: "隐私政策",
  profile: "个人资料",
  refund: "退款说明",
  refunds: "退款进度",
  returns: "退换货",
  return: "退换货",
  security: "账号安全",
  settings: "账户设置",
  shipping: "发货与配送",
  tickets: "我的工单",
  vip: "会员中心",
  warranty: "保修与维修",
};

/** The page's name by the last known part of its path, else its section's. */
export function pageTitle(path: string): string {
  const parts = path.split("/").filter(Boolean);
  const known = parts
    .toReversed()
    .map((part) => TITLES[part])
    .find((title) => title !== undefined);
  return known ?? (parts[0] === "my" ? "我的云杉" : "帮助中心");
}
