import { describe, expect, it } from "vitest";
import { createSSRApp, h } from "vue";
import { renderToString } from "vue/server-renderer";
import { Markdown } from "../shared/Markdown";

const html = async (text: string): Promise<string> =>
  (await renderToString(createSSRApp({ render: () => h(Markdown, { text }) })))
    .replace(/^<div class="markdown">|<\/div>$/g, "")
    .replace(/<!--[[\]]-->/g, "");

describe("Markdown", () => {
  it("shows what the studio tells maintainers to write", async () => {
    expect(await html("**七天内**可退：\n下一行")).toBe("<p><strong>七天内</strong>可退：<br>下一行</p>");
    expect(await html("- 鞋\n- *衣服*")).toBe("<ul><li>鞋</li><li><em>衣服</em></li></ul>");
    expect(await html("# 标题\n\n`F5`")).toBe("<p><strong>标题</strong></p><p><code>F5</code></p>");
    expect(await html("[规则](/help/returns)")).toBe('<p><a href="/help/returns">规则</a></p>');
    expect(await html("[官网](https://a.example/x)")).toContain('rel="noopener noreferrer"');
    expect(await html("![入口](/a.png)")).toBe('<p><img src="/a.png" alt="入口" loading="lazy"></p>');
  });

  it("finds emphasis beside Chinese marks", async () => {
    expect(await html("**注意：**请先付款")).toBe("<p><strong>注意：</strong>请先付款</p>");
    expect(await html("请点**“申请售后”**，再填单")).toBe("<p>请点<strong>“申请售后”</strong>，再填单</p>");
    expect(await html("**甲**，**乙**。")).toBe("<p><strong>甲</strong>，<strong>乙</strong>。</p>");
  });

  it("runs nothing and leads nowhere unsafe", async () => {
    const script = await html("<script>alert(1)</script>好\n\n<b onclick=x>粗</b>");
    expect(script).toContain("&lt;script&gt;");
    expect(script).not.toMatch(/<script|<b /);
    expect(await html("[点我](javascript:alert(1))")).toBe("<p>点我</p>");
    expect(await html("![图](data:image/svg+xml;base64,AA)")).toBe("<p>图</p>");
  });

  it("shows escaped marks as they are", async () => {
    expect(await html("1\\*2 \\[不是链接\\]")).toBe("<p>1*2 [不是链接]</p>");
  });
});
