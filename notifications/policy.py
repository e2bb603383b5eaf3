"""What a page may do: use the style and the script that it carries, and nothing else at all."""

from base64 import b64encode
from hashlib import sha256


def content_policy(style: str, script: str | None = None) -> str:
    """Write the Content-Security-Policy of a page with this text in its `<style>` and `<script>`.

    No request, no form, no frame, no other style or script, neither inline nor from elsewhere.
    """
    rules = ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]
    rules.append(f"style-src {_hash(style)}")
    if script is not None:
        rules.append(f"script-src {_hash(script)}")
    return "; ".join(rules)


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
