"""The certificate of a licence: its code, what it states, and its PDF."""
