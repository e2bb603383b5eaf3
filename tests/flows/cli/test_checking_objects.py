"""`check` looks at objects as it looks at files."""

from tests.flows.test_object_stores import stored
from tests.object_store import SECRET


def test_check_lists_objects_and_shows_what_is_in_them(bucket, tmp_path, cli):
    migration = stored(tmp_path / "stored", bucket)
    code, out, _ = cli("check", migration)
    assert code == 0, out
    assert "2 files, 0.0 MB" in out
    assert "/api/v1/customers/4711/alarms" in out
    assert "create" in out
    bucket.set(AWS_SECRET_ACCESS_KEY=None)
    code, out, _ = cli("check", migration)
    assert code == 2
    assert "has no credentials for object stores" in " ".join(out.split())
    assert SECRET not in out
