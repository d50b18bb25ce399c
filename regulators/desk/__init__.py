"""What an administrator does at the desk: pages in which a form calls a service."""
