"""How values look and are typed, the same in every room: imports no room (docs/decisions/0020)."""
