"""Why a finding got its verdict: what it rests on, and what would have changed it."""
