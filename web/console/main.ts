document.title = "客服工作台";
