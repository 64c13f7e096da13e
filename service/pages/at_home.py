"""The gate of a service that is tried out: it lists everybody's links, so it answers its own machine and nobody else."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from service.settings.loopback import asked_at_home


@dataclass(frozen=True, slots=True)
class AtHome:
    """Every request goes on to `app`, but one that was not asked at home gets what `otherwise` answers."""

    app: ASGIApp
    otherwise: Callable[[Request], Response]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope) if scope["type"] == "http" else None
        if request is None or asked_at_home(request.headers.getlist("host"), request.headers):
            await self.app(scope, receive, send)
        else:
            await self.otherwise(request)(scope, receive, send)
