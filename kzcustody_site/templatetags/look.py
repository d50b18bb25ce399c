"""Parts of the one look, for all three wings."""

from django import template

register = template.Library()
