"""The one tree of named situations. Each boundary maps it once: HTTP, WebSocket, command line."""

from __future__ import annotations


class BotError(Exception):
    """Base of every error that the product raises on purpose.

    `code` is stable and documented, `sentence` is the Chinese sentence for a customer, agent or
    maintainer, and the exception's own text is for the developer and says what to do.
    """

    code = "internal"
    status = 500
    sentence = "系统开小差了，请稍后再试。"


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


class NotAuthenticated(BotError):
    """No valid session or token."""

    code = "not_authenticated"
    status = 401
    sentence = "登录已失效，请重新打开页面。"


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
