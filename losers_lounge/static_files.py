"""Static files where no collectstatic has compressed them: the embedded lounge's."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware

# What text is; pictures, typefaces and wasm's neighbours are compressed already.
TEXT = ("text/", "application/json", "application/wasm", "image/svg+xml")


class ServeStaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise, and what it finds uncompressed is compressed on its way.

    Pages never are: a secret and what a stranger typed may stand on one page.
    """

    @staticmethod
    def serve(static_file: object, request: HttpRequest) -> HttpResponseBase:
        """The file as this browser takes it; part of one, or none, as it is."""
        response = WhiteNoiseMiddleware.serve(static_file, request)
        is_text = response.get("Content-Type", "").startswith(TEXT)
        is_whole = request.method == "GET" and response.status_code == 200
        if settings.WHITENOISE_USE_FINDERS and is_text and is_whole:
            return GZipMiddleware(lambda _: response).process_response(
                request, response
            )
        return response
