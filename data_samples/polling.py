"""The traffic that writes nothing: clients that poll, by the million if need be.

A line is made of a template of its proxy's, the second, and a request id; which ones follows from
the line's number alone. So any stretch of a log can be made again, in no memory to speak of.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from data_samples.model import Customer, Line
from data_samples.proxies import EDGE, PROXY_A, PROXY_B, render, stamp
from data_samples.timeline import ACCEPTED_SILENCE, LOG_END, LOG_START
from data_samples.world import BROWSER

_TEMPLATES = 1024
_SECONDS = int((LOG_END - LOG_START).total_seconds())
# Fewer lines than this would look like gaps.
_LEAST_LINES = _SECONDS // 20
_NO_ID = "0" * 32
_SPREAD = 0x9E3779B97F4A7C15F39CC0605CEDC835
_MASK = (1 << 128) - 1
_ODD = 40_503


@dataclass(frozen=True, slots=True)
class Polling:
    """One proxy's polling traffic over the whole of its log."""

    proxy: str
    lines: int
    templates: tuple[tuple[str, str, str], ...]

    def before(self, moment: datetime) -> int:
        """Count the lines up to a moment."""
        return int((moment - LOG_START).total_seconds()) * self.lines // _SECONDS

    def between(self, start: datetime, end: datetime) -> list[str]:
        """Make the lines of a stretch of whole seconds, in order."""
        lines: list[str] = []
        templates, mask = self.templates, len(self.templates) - 1
        for second in range(int((end - start).total_seconds())):
            moment = start + timedelta(seconds=second)
            if self.proxy == EDGE and ACCEPTED_SILENCE.holds(moment):
                continue
            spelled = _second(self.proxy, moment)
            numbers = range(self.before(moment), self.before(moment + timedelta(seconds=1)))
            for number in numbers:
                head, middle, tail = templates[number * _ODD & mask]
                identity = number * _SPREAD & _MASK if tail else 0
                lines.append(
                    f"{head}{spelled}{middle}{identity:032x}{tail}"
                    if tail
                    else f"{head}{spelled}{middle}"
                )
        return lines


def make_polling(customers: tuple[Customer, ...], lines: int, seed: int) -> dict[str, Polling]:
    """Make up what the clients of all customers ask for, all the time."""
    share = max(lines // 3, _LEAST_LINES)
    return {
        proxy: Polling(proxy, share, _templates(proxy, customers, Random(f"{seed} {proxy}")))
        for proxy in (PROXY_A, PROXY_B, EDGE)
    }


def _second(proxy: str, moment: datetime) -> str:
    # The fraction of a JSON time, and every offset, is part of the template.
    return stamp(proxy, moment)[:19] if proxy == EDGE else stamp(proxy, moment)


def _templates(
    proxy: str, customers: tuple[Customer, ...], rng: Random
) -> tuple[tuple[str, str, str], ...]:
    return tuple(_split(_line(proxy, rng.choice(customers), rng)) for _ in range(_TEMPLATES))


def _split(line: Line) -> tuple[str, str, str]:
    text = render(line).decode() + "\n"
    head, rest = text.split(_second(line.proxy, line.at), 1)
    middle, _, tail = rest.partition(_NO_ID)
    return head, middle, tail


def _line(proxy: str, customer: Customer, rng: Random) -> Line:
    method, target, status, agent = _request(customer, rng)
    milliseconds = timedelta(milliseconds=rng.randrange(1000))
    return Line(
        proxy=proxy,
        at=LOG_START + milliseconds,
        method=method,
        target=target,
        status=status,
        client_ip=f"203.0.113.{rng.randrange(1, 255)}",
        user_agent=agent,
        request_id=None if proxy == PROXY_B else _NO_ID,
        size=rng.randrange(2, 5_000),
    )


def _request(customer: Customer, rng: Random) -> tuple[str, str, int, str]:
    base = f"/api/v1/customers/{customer.id.replace(' ', '%20').replace('ä', '%C3%A4')}"
    fe2 = customer.server.agent
    app = "aPagerPRO/4.3.1 (Android 11; SM-A515F)"
    since = rng.randrange(10**6)
    return rng.choices(
        (
            ("GET", f"{base}/alarms?since={since}&token={since * 7:x}", 200, fe2),
            ("GET", f"{base}/persons?page={since % 9}", 200, fe2),
            ("GET", f"/app/v1/devices/and-{since:06x}/alarms", 304, app),
            ("GET", f"/app/v1/devices/ios-{since:06x}/ping", 204, app),
            ("GET", "/", 200, f'{BROWSER} "POST {base}/persons HTTP/1.1" 201'),
            ("HEAD", "/health", 200, "check/1.0"),
            ("GET", f"/wp-login.php?{since}", 404, BROWSER),
            ("POST", "/login", 200, BROWSER),
            ("POST", f"{base}/heartbeat", 204, fe2),
            ("OPTIONS", f"{base}/persons", 204, BROWSER),
        ),
        (40, 12, 20, 15, 2, 3, 3, 2, 2, 1),
    )[0]
