"""The manager's pages. Whoever manages no regulator finds nothing here."""
