"""An address that takes a press, opened as a page: after a reload, or a log-in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import Resolver404, resolve

GetResponse = Callable[[HttpRequest], HttpResponse]


class ExplainNotAllowed:
    """A reader in a browser is told that nothing was done, and where to go on.

    Programs are answered 405 as before; so is a browser, beside the words.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        if request.method != "GET" or not request.accepts("text/html"):
            return response
        context = {"place": place_above(request.path)}
        page = render(request, "405.html", context, status=405)
        page["Allow"] = response["Allow"]
        return page


def place_above(path: str) -> str:
    """The nearest page that this address stands below; the front door at last."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:length])}/"
        try:
            found = resolve(above)
        except Resolver404:
            continue
        if "GET" in methods_of(found.func):
            return above
    return "/"


def methods_of(view: Callable[..., HttpResponse]) -> tuple[str, ...]:
    """What a view's @require_... names, found below whatever else is wrapped around."""
    inner: Callable[..., HttpResponse] | None = view
    while inner is not None:
        code = getattr(inner, "__code__", None)
        names = code.co_freevars if code else ()
        if "request_method_list" in names:
            index = names.index("request_method_list")
            return tuple(inner.__closure__[index].cell_contents)
        inner = getattr(inner, "__wrapped__", None)
    return ("GET",)
