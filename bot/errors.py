"""The one tree of named situations. Each boundary maps it once: HTTP, WebSocket, command line."""

from __future__ import annotations

from collections.abc import Mapping


class BotError(Exception):
    """Base of every error that the product raises on purpose.

    `code` is stable and documented, `sentence` is the Chinese sentence for a customer, agent or
    maintainer, and the exception's own text is for the developer and says what to do.
    """

    code = "internal"
    status = 500
    sentence = "系统开小差了，请稍后再试。"

    @property
    def fields(self) -> Mapping[str, str]:
        """What is wrong with which field of a form, in Chinese; empty for most errors."""
        return {}


class ConfigurationError(BotError):
    """A setting, file or artefact is missing or unusable; the text says how to mend it."""

    code = "configuration"


class ArtefactMismatch(ConfigurationError):
    """An artefact was built with another encoder than the one that is configured."""

    code = "artefact_mismatch"


class InvalidInput(BotError):
    """What the client sent breaks a rule; the text names the field and the rule."""

    code = "invalid_input"
    status = 422
    sentence = "这条内容我没法处理，请检查后重新发送。"


class MessageEmpty(InvalidInput):
    """A message without any visible character."""

    code = "message_empty"
    sentence = "消息不能为空，请输入您的问题。"


class MessageTooLong(InvalidInput):
    """A message over the limit of `BOT_MESSAGE_LIMIT` characters."""

    code = "message_too_long"
    sentence = "消息太长了，请分成几条发送。"


class UnknownChoice(InvalidInput):
    """A click on a button that the server never offered in this conversation."""

    code = "unknown_choice"
    sentence = "这个选项已经失效，请直接输入您的问题。"


class ImportRefused(InvalidInput):
    """A file of FAQ entries that cannot be taken over; nothing of it was.

    `problems` holds one Chinese line for each thing that is wrong, with its row and column.
    """

    code = "import_refused"
    sentence = "文件没有导入，请按提示修改后再试。"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class PolicyRefused(InvalidInput):
    """Settings of the hand-off policy outside their ranges; nothing was changed.

    `problems` holds one Chinese sentence for each value that cannot be.
    """

    code = "policy_refused"
    sentence = "规则没有保存，请按提示修改后再试。"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.sentence = "".join(problems)


class EntryRefused(InvalidInput):
    """An FAQ entry or a golden question that cannot be saved as it is; nothing was changed."""

    code = "entry_refused"
    sentence = "没有保存，请按提示修改后再试。"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in fields.items()))
        self._fields = dict(fields)

    @property
    def fields(self) -> Mapping[str, str]:
        """One Chinese sentence a field, as in `similar[3]`."""
        return self._fields


class NotAuthenticated(BotError):
    """No valid session or token."""

    code = "not_authenticated"
    status = 401
    sentence = "登录已失效，请重新打开页面。"


class WrongPassword(NotAuthenticated):
    """Name or password is wrong; which of them is not told."""

    code = "wrong_password"
    sentence = "用户名或密码不正确。"


class WeakPassword(InvalidInput):
    """A new password that is too short, too long, or the old one."""

    code = "weak_password"
    sentence = "新密码需要10到200个字符，且不能与原密码相同。"


class Forbidden(BotError):
    """A valid session that may not do this."""

    code = "forbidden"
    status = 403
    sentence = "您没有权限进行此操作。"


class NotFound(BotError):
    """The named thing does not exist, or the caller may not know that it does."""

    code = "not_found"
    status = 404
    sentence = "没有找到对应的内容。"


class Conflict(BotError):
    """Somebody else changed the thing first."""

    code = "conflict"
    status = 409
    sentence = "状态已经变化，请刷新后再试。"


class ConversationTaken(Conflict):
    """Another agent owns the conversation."""

    code = "taken"
    sentence = "该会话已由其他客服接待。"


class ContentChanged(Conflict):
    """Somebody else saved the same FAQ entry, or the golden questions, after the editor read them."""

    code = "content_changed"
    sentence = "别人刚刚改过这里的内容，请载入最新内容后再改。"


class FaqFilesBroken(Conflict):
    """The FAQ's files cannot be read or written; the text says in Chinese which one and why."""

    code = "faq_files_broken"
    sentence = "FAQ 文件有问题，请先修好文件。"

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.sentence = f"FAQ 文件有问题，请先修好：{problem}"


class BuildFailed(BotError):
    """A candidate of the FAQ could not be built; the text says why."""

    code = "build_failed"
    sentence = "新版本没有构建成功，请按提示修改后再试。"


class PublishedMeanwhile(Conflict):
    """Another FAQ release was published after the publisher looked."""

    code = "published_meanwhile"
    sentence = "其他人刚刚发布了新版本，请核对后重新构建再发布。"


class GateRefused(Conflict):
    """An FAQ release that breaks golden questions, brings errors or exceeds the share of wrong answers."""

    code = "gate_refused"
    sentence = "发布前的检查没有通过，请按提示修改；确需发布时请写明原因。"


class TooManyRequests(BotError):
    """A client exceeded its rate."""

    code = "too_many_requests"
    status = 429
    sentence = "您发送得太快了，请稍等几秒再试。"


class PartUnavailable(BotError):
    """A part that the service depends on did not answer in time (Rasa, encoder, platform)."""

    code = "part_unavailable"
    status = 503
    sentence = "系统暂时繁忙，已为您转接人工客服。"


class AddressIncomplete(InvalidInput):
    """A delivery address lacks its province, city, district or house."""

    code = "address_incomplete"
    sentence = (
        "地址还不完整，请按“省、市、区（县）、街道门牌”写全，例如：浙江省杭州市西湖区文三路90号2幢301室。"
    )


class AddressNotServed(InvalidInput):
    """A delivery address outside mainland China."""

    code = "address_not_served"
    sentence = "目前只配送中国大陆，暂不寄港澳台和海外，您可以改填大陆亲友的地址代收。"


class IdentityRequired(NotAuthenticated):
    """Order data is asked for before the customer has shown who they are."""

    code = "identity_required"
    sentence = "为了保护您的信息，请先提供订单号和下单手机号的后四位。"


class IdentityTokenRefused(NotAuthenticated):
    """The host site's token is expired, not signed with `BOT_IDENTITY_SECRET` or of the wrong form."""

    code = "identity_token_refused"
    sentence = "登录状态已失效，请重新登录，或提供订单号和下单手机号的后四位。"


class OrderNotFound(NotFound):
    """This customer has no such order; whether somebody else has it is never told."""

    code = "order_not_found"
    sentence = "在您名下没有找到这个订单，请核对订单号。"


class NotAllowed(Conflict):
    """The state of the order does not allow what was asked.

    `reason` is a short code of docs/shop-api.md, `sentence` tells the customer why and what is possible
    instead. `agent_may`: a person may still be able to do it.
    """

    code = "not_allowed"
    sentence = "这个订单目前不能这样操作。"

    def __init__(self, reason: str, sentence: str, *, agent_may: bool = False) -> None:
        super().__init__(f"refused: {reason}")
        self.reason = reason
        self.sentence = sentence
        self.agent_may = agent_may


class SystemUnavailable(PartUnavailable):
    """The shop's systems did not answer in time, or said that they cannot."""

    code = "shop_unavailable"


class WrongAnswer(PartUnavailable):
    """The shop's systems answered something that breaks their contract; nothing of it is shown."""

    code = "shop_wrong_answer"
    status = 502
