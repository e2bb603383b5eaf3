"""What strangers send, and what it must not do."""

import pytest

pytest.register_assert_rewrite("tests.hostile.checks")
