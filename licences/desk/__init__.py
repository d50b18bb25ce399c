"""The desk's side of licences."""
