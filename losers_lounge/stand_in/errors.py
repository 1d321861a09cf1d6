"""Refusals in the shape Stripe gives them."""

from typing import Any


class ApiError(Exception):
    """A request refused; carries the status and the body of the answer."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.code = code
        self.param = param

    def body(self) -> dict[str, Any]:
        """The JSON object of the answer."""
        error = {"message": self.message, "type": self.kind}
        if self.code is not None:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code}"
        if self.param is not None:
            error["param"] = self.param
        return {"error": error}


class CardRefused(ApiError):
    """A card refused: unlike other refusals it happened, and stands in the books."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(402, error["message"], kind="card_error", code=error["code"])
        self._error = error

    def body(self) -> dict[str, Any]:
        """The error with its payment intent, as the client meets it."""
        return {"error": self._error}


def invalid(
    message: str, param: str | None = None, code: str | None = None
) -> ApiError:
    """A 400 about one parameter."""
    return ApiError(400, message, param=param, code=code)


def missing(kind: str, object_id: str, param: str, status: int = 404) -> ApiError:
    """An id that names nothing in this account."""
    return ApiError(
        status,
        f"No such {kind}: '{object_id}'",
        param=param,
        code="resource_missing",
    )


def not_offered(what: str, param: str) -> ApiError:
    """Something Stripe would do and the stand-in does not."""
    message = f"The stand-in does not offer {what}."
    return ApiError(400, message, param=param)
