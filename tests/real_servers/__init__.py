"""Real servers, asked over raw sockets: what they log is compared with what was sent."""

import pytest

pytest.register_assert_rewrite("tests.real_servers.sent")
